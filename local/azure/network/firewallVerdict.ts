import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { type FirewallRule, type FirewallRules, firewallRules, type RuleCollection } from "./firewallRules.ts";
import { fqdnTag, matchesFqdn } from "./fqdnTags.ts";
import { containsAddress, parseAddress, parseRange } from "./ipv4.ts";
import { sameText, textsAt } from "./jsonRead.ts";
import { maliciousTestName, resolvePublicName } from "./publicDns.ts";
import { isInServiceTag } from "./serviceTags.ts";

export interface FirewallPacket {
  readonly sourceAddress: string;
  readonly destinationAddress: string;
  /** The name in the SNI or Host header, where the client sent one. */
  readonly fqdn: string | undefined;
  readonly port: number;
  readonly protocol: "TCP" | "UDP" | "HTTP" | "HTTPS";
}

export interface FirewallVerdict {
  readonly action: "Allow" | "Deny";
  readonly table: "AZFWNetworkRule" | "AZFWApplicationRule" | "AZFWThreatIntel";
  readonly policy?: string;
  readonly ruleCollectionGroup?: string;
  readonly ruleCollection?: string;
  readonly rule?: string;
  readonly actionReason: string;
}

/** Texts of the default deny as the log shows them. Source: public log parsers and issues, checked 2026-11. */
const networkDefault = "Default Action";
const applicationDefault = "No rule matched. Proceeding with default action.";
const serverNameMissing = "SNI TLS extension was missing.";

/**
 * What the firewall does with a packet: threat intelligence, then network rules, then application rules.
 * Source: learn.microsoft.com/azure/firewall/rule-processing, checked 2026-11.
 */
export function firewallVerdict(world: AzureWorld, firewall: StoredResource, packet: FirewallPacket): FirewallVerdict {
  const rules = firewallRules(world, firewall);
  if (rules.threatIntelligenceMode === "Deny" && isKnownThreat(rules, packet.fqdn)) {
    return { action: "Deny", table: "AZFWThreatIntel", ...policyOf(rules), actionReason: "Threat Intelligence" };
  }
  const network = firstMatch(rules, "network", (rule) => networkRuleMatches(world, rules, rule, packet));
  if (network !== undefined) return decided("AZFWNetworkRule", network);
  if (!reachesApplicationRules(rules, packet)) {
    return { action: "Deny", table: "AZFWNetworkRule", ...policyOf(rules), actionReason: networkDefault };
  }
  if (packet.fqdn === undefined && packet.protocol !== "HTTP") {
    return { action: "Deny", table: "AZFWApplicationRule", ...policyOf(rules), actionReason: serverNameMissing };
  }
  const application = firstMatch(rules, "application", (rule) => applicationRuleMatches(world, rule, packet));
  if (application !== undefined) return decided("AZFWApplicationRule", application);
  return { action: "Deny", table: "AZFWApplicationRule", ...policyOf(rules), actionReason: applicationDefault };
}

/** Whether the name is on the threat list and has not been let off by the policy. */
export function isKnownThreat(rules: FirewallRules, fqdn: string | undefined): boolean {
  if (fqdn === undefined || !sameText(fqdn, maliciousTestName)) return false;
  return !rules.threatIntelligenceAllowedFqdns.some((pattern) => matchesFqdn(pattern, fqdn));
}

interface Match {
  readonly collection: RuleCollection;
  readonly rule: FirewallRule;
}

function firstMatch(
  rules: FirewallRules,
  kind: RuleCollection["kind"],
  matches: (rule: FirewallRule) => boolean,
): Match | undefined {
  for (const collection of rules.collections) {
    const rule = collection.kind === kind ? collection.rules.find(matches) : undefined;
    if (rule !== undefined) return { collection, rule };
  }
  return undefined;
}

function decided(table: FirewallVerdict["table"], { collection, rule }: Match): FirewallVerdict {
  return {
    action: collection.action,
    table,
    ...(collection.policy === undefined ? {} : { policy: collection.policy }),
    ...(collection.ruleCollectionGroup === undefined ? {} : { ruleCollectionGroup: collection.ruleCollectionGroup }),
    ruleCollection: collection.name,
    rule: rule.name,
    actionReason: "",
  };
}

function policyOf(rules: FirewallRules): { readonly policy?: string } {
  return rules.policy === undefined ? {} : { policy: rules.policy };
}

/** Application rules see the web's and SQL's own ports, and any other port that one of them names. */
function reachesApplicationRules(rules: FirewallRules, packet: FirewallPacket): boolean {
  if (packet.protocol === "UDP") return false;
  if ([80, 443, 1433].includes(packet.port)) return true;
  return rules.collections.some(
    (collection) =>
      collection.kind === "application" &&
      collection.rules.some((rule) => rule.protocols.some((entry) => entry.port === packet.port)),
  );
}

function networkRuleMatches(
  world: AzureWorld,
  rules: FirewallRules,
  rule: FirewallRule,
  packet: FirewallPacket,
): boolean {
  const transport = packet.protocol === "UDP" ? "UDP" : "TCP";
  return (
    rule.ipProtocols.some((protocol) => sameText(protocol, "Any") || sameText(protocol, transport)) &&
    matchesSource(world, rule, packet) &&
    rule.destinationPorts.some((ports) => matchesPort(ports, packet.port)) &&
    matchesDestination(world, rules, rule, packet)
  );
}

function matchesSource(world: AzureWorld, rule: FirewallRule, packet: FirewallPacket): boolean {
  return (
    rule.sourceAddresses.some((text) => matchesAddress(text, packet.sourceAddress)) ||
    rule.sourceIpGroups.some((id) => ipGroupHolds(world, id, packet.sourceAddress))
  );
}

/** Names in network rules work only through the firewall's own DNS proxy: without it they match nothing. */
function matchesDestination(
  world: AzureWorld,
  rules: FirewallRules,
  rule: FirewallRule,
  packet: FirewallPacket,
): boolean {
  const address = packet.destinationAddress;
  return (
    rule.destinationAddresses.some((text) => matchesAddress(text, address)) ||
    rule.destinationIpGroups.some((id) => ipGroupHolds(world, id, address)) ||
    (rules.dnsProxy && rule.destinationFqdns.some((fqdn) => resolvePublicName(world, fqdn) === address))
  );
}

function matchesAddress(text: string, address: string): boolean {
  if (text === "*") return true;
  const range = parseRange(text);
  const number = parseAddress(address);
  if (number === undefined) return false;
  return range === undefined ? isInServiceTag(text, number) : containsAddress(range, number);
}

function ipGroupHolds(world: AzureWorld, id: string, address: string): boolean {
  const group = world.store.get(id);
  return textsAt(group?.body, "properties.ipAddresses").some((text) => matchesAddress(text, address));
}

function matchesPort(text: string, port: number): boolean {
  if (text === "*") return true;
  const [from, to = from] = text.split("-").map(Number);
  return from !== undefined && to !== undefined && from <= port && port <= to;
}

function applicationRuleMatches(world: AzureWorld, rule: FirewallRule, packet: FirewallPacket): boolean {
  if (!matchesSource(world, rule, packet)) return false;
  const fqdn = packet.fqdn ?? packet.destinationAddress;
  const byName =
    rule.protocols.some((entry) => speaks(entry.protocol, entry.port, packet)) &&
    rule.targetFqdns.some((pattern) => matchesFqdn(pattern, fqdn));
  return byName || rule.fqdnTags.some((name) => fqdnTagMatches(name, fqdn, packet));
}

function fqdnTagMatches(name: string, fqdn: string, packet: FirewallPacket): boolean {
  const tag = fqdnTag(name);
  if (tag === undefined) return false;
  return (
    tag.protocols.some((entry) => speaks(entry.protocol, entry.port, packet)) &&
    tag.fqdns.some((pattern) => matchesFqdn(pattern, fqdn))
  );
}

function speaks(protocol: string, port: number, packet: FirewallPacket): boolean {
  if (port !== packet.port) return false;
  if (packet.protocol === "TCP") return sameText(protocol, "Mssql") || sameText(protocol, "Https");
  return sameText(protocol, packet.protocol);
}
