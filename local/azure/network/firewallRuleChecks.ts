import { ArmError } from "../core/armError.ts";
import type { JsonObject } from "../core/resourceType.ts";
import { notModelled } from "./bodyShape.ts";
import { fqdnTag, fqdnTagNames } from "./fqdnTags.ts";
import { parseRange } from "./ipv4.ts";
import { numberAt, objectsAt, sameText, textAt, textsAt } from "./jsonRead.ts";
import { serviceTagPrefixes } from "./serviceTags.ts";

/** Throws unless one rule of a rule collection group is one that Azure takes, and one that the packet model can judge. */
export function checkFirewallRule(where: string, rule: JsonObject): void {
  checkSources(where, rule);
  switch (textAt(rule, "ruleType")?.toLowerCase()) {
    case "networkrule":
      checkNetworkRule(where, rule, textsAt(rule, "ipProtocols"));
      break;
    case "applicationrule":
      checkApplicationRule(where, rule);
      break;
    default:
      checkNatRule(where, rule, textsAt(rule, "ipProtocols"));
  }
}

export function checkSources(where: string, rule: JsonObject): void {
  const sources = textsAt(rule, "sourceAddresses");
  if (sources.length === 0 && textsAt(rule, "sourceIpGroups").length === 0) {
    throw invalid("FirewallPolicyRuleInvalidSource", where, "needs sourceAddresses or sourceIpGroups");
  }
  const wrong = sources.find((source) => source !== "*" && parseRange(source) === undefined);
  if (wrong !== undefined)
    throw invalid("FirewallPolicyRuleInvalidSource", where, `has the invalid source address ${wrong}`);
}

export function checkNetworkRule(where: string, rule: JsonObject, protocols: readonly string[]): void {
  checkProtocols(where, protocols, ["TCP", "UDP", "ICMP", "Any"]);
  checkPorts(where, textsAt(rule, "destinationPorts"));
  const addresses = textsAt(rule, "destinationAddresses");
  const names = textsAt(rule, "destinationFqdns");
  if (addresses.length + names.length + textsAt(rule, "destinationIpGroups").length === 0) {
    throw invalid(
      "FirewallPolicyRuleInvalidDestination",
      where,
      "needs destinationAddresses, destinationFqdns or destinationIpGroups",
    );
  }
  const wrong = addresses.find((address) => !isDestination(address));
  if (wrong !== undefined)
    throw invalid("FirewallPolicyRuleInvalidDestination", where, `has the unknown destination ${wrong}`);
  const wildcard = names.find((name) => name.includes("*"));
  if (wildcard !== undefined) {
    throw invalid(
      "FirewallPolicyRuleInvalidDestinationFqdn",
      where,
      `has a wildcard in the destination FQDN ${wildcard}; only application rules take wildcards`,
    );
  }
}

function isDestination(text: string): boolean {
  return text === "*" || parseRange(text) !== undefined || serviceTagPrefixes(text) !== undefined;
}

function checkProtocols(where: string, protocols: readonly string[], allowed: readonly string[]): void {
  const wrong = protocols.find((protocol) => !allowed.some((word) => sameText(word, protocol)));
  if (protocols.length > 0 && wrong === undefined) return;
  throw invalid(
    "FirewallPolicyRuleInvalidProtocol",
    where,
    `needs protocols out of ${allowed.join(", ")}${wrong === undefined ? "" : `, not ${wrong}`}`,
  );
}

function checkPorts(where: string, ports: readonly string[]): void {
  const wrong = ports.find((port) => port !== "*" && !/^\d{1,5}(-\d{1,5})?$/.test(port));
  if (ports.length > 0 && wrong === undefined) return;
  throw invalid(
    "FirewallPolicyRuleInvalidPort",
    where,
    wrong === undefined ? "needs destinationPorts" : `has the invalid port ${wrong}`,
  );
}

export function checkApplicationRule(where: string, rule: JsonObject): void {
  for (const property of ["webCategories", "targetUrls"]) {
    if (textsAt(rule, property).length > 0)
      throw notModelled(`${property} in application rules`, `Use targetFqdns in ${where}.`);
  }
  const tags = textsAt(rule, "fqdnTags");
  const unknown = tags.find((tag) => fqdnTag(tag) === undefined);
  if (unknown !== undefined) throw notModelled(`the FQDN tag ${unknown}`, `Known tags: ${fqdnTagNames.join(", ")}.`);
  const names = textsAt(rule, "targetFqdns");
  if (names.length + tags.length === 0)
    throw invalid("FirewallPolicyApplicationRuleInvalidTarget", where, "needs targetFqdns or fqdnTags");
  const wrong = names.find((name) => !/^[A-Za-z0-9*._-]+$/.test(name));
  if (wrong !== undefined)
    throw invalid("FirewallPolicyApplicationRuleInvalidFqdn", where, `has the invalid FQDN ${wrong}`);
  const protocols = objectsAt(rule, "protocols");
  checkProtocols(
    where,
    protocols.map((entry) => textAt(entry, "protocolType") ?? ""),
    ["Http", "Https", "Mssql"],
  );
  const port = protocols
    .map((entry) => numberAt(entry, "port"))
    .find((value) => value !== undefined && (value < 1 || value > 64_000));
  if (port !== undefined) throw invalid("FirewallPolicyRuleInvalidPort", where, `has the port ${port} outside 1-64000`);
}

export function checkNatRule(where: string, rule: JsonObject, protocols: readonly string[]): void {
  checkProtocols(where, protocols, ["TCP", "UDP"]);
  checkPorts(where, textsAt(rule, "destinationPorts"));
  const destination = textsAt(rule, "destinationAddresses");
  if (destination.length !== 1 || parseRange(destination[0] ?? "") === undefined) {
    throw invalid("FirewallPolicyNatRuleInvalidDestination", where, "needs exactly one destination address");
  }
  if (
    parseRange(textAt(rule, "translatedAddress") ?? "") === undefined ||
    numberAt(rule, "translatedPort") === undefined
  ) {
    throw invalid(
      "FirewallPolicyNatRuleInvalidTranslation",
      where,
      "needs translatedAddress (an address) and translatedPort",
    );
  }
}

function invalid(code: string, where: string, what: string): ArmError {
  return new ArmError(400, code, `The rule at ${where} ${what}.`);
}
