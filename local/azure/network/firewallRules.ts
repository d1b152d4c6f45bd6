import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { flagAt, idAt, isObject, numberAt, objectsAt, sameText, textAt, textsAt, valueAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";

/** The rules of a firewall in one form, whether they come from a policy (and its parent) or stand in the firewall itself. */
export interface FirewallRules {
  readonly threatIntelligenceMode: "Off" | "Alert" | "Deny";
  readonly threatIntelligenceAllowedFqdns: readonly string[];
  readonly dnsProxy: boolean;
  /** Name of the policy; undefined for classic rules. */
  readonly policy: string | undefined;
  /** In the order of evaluation. */
  readonly collections: readonly RuleCollection[];
}

export interface RuleCollection {
  readonly kind: "nat" | "network" | "application";
  readonly policy?: string;
  readonly ruleCollectionGroup?: string;
  readonly name: string;
  readonly action: "Allow" | "Deny";
  readonly rules: readonly FirewallRule[];
}

export interface FirewallRule {
  readonly name: string;
  readonly sourceAddresses: readonly string[];
  readonly sourceIpGroups: readonly string[];
  readonly destinationAddresses: readonly string[];
  readonly destinationIpGroups: readonly string[];
  readonly destinationFqdns: readonly string[];
  readonly destinationPorts: readonly string[];
  /** Of network and NAT rules: TCP, UDP, ICMP, Any. */
  readonly ipProtocols: readonly string[];
  /** Of application rules. */
  readonly protocols: readonly { readonly protocol: string; readonly port: number }[];
  readonly targetFqdns: readonly string[];
  readonly fqdnTags: readonly string[];
  readonly translatedAddress?: string;
  readonly translatedPort?: number;
}

/** Reads what a firewall enforces now. A parent policy's groups come before those of its child. */
export function firewallRules(world: AzureWorld, firewall: StoredResource): FirewallRules {
  const policyId = idAt(firewall.body, "properties.firewallPolicy");
  const policy = policyId === undefined ? undefined : world.store.get(policyId);
  if (policy === undefined) return classicRules(firewall);
  const parentId = idAt(policy.body, "properties.basePolicy");
  const parent = parentId === undefined ? undefined : world.store.get(parentId);
  const chain = parent === undefined ? [policy] : [parent, policy];
  return {
    threatIntelligenceMode: threatMode(policy),
    threatIntelligenceAllowedFqdns: textsAt(policy.body, "properties.threatIntelWhitelist.fqdns"),
    dnsProxy: flagAt(policy.body, "properties.dnsSettings.enableProxy"),
    policy: policy.name,
    collections: chain.flatMap((member) => policyCollections(world, member)),
  };
}

function threatMode(resource: StoredResource): FirewallRules["threatIntelligenceMode"] {
  const mode = textAt(resource.body, "properties.threatIntelMode");
  if (sameText(mode, "Deny")) return "Deny";
  return sameText(mode, "Off") ? "Off" : "Alert";
}

function byPriority(left: JsonObject, right: JsonObject): number {
  return (numberAt(left, "priority") ?? 0) - (numberAt(right, "priority") ?? 0);
}

function policyCollections(world: AzureWorld, policy: StoredResource): RuleCollection[] {
  const groups = world.store
    .children(policy.id, networkType.ruleCollectionGroup)
    .sort((left, right) => byPriority(left.body.properties ?? {}, right.body.properties ?? {}));
  return groups.flatMap((group) =>
    objectsAt(group.body, "properties.ruleCollections")
      .sort(byPriority)
      .map((collection) => policyCollection(policy.name, group.name, collection)),
  );
}

function policyCollection(policy: string, ruleCollectionGroup: string, collection: JsonObject): RuleCollection {
  const rules = objectsAt(collection, "rules");
  const isNat = sameText(textAt(collection, "ruleCollectionType"), "FirewallPolicyNatRuleCollection");
  const isApplication = sameText(textAt(rules[0], "ruleType"), "ApplicationRule");
  return {
    kind: isNat ? "nat" : isApplication ? "application" : "network",
    policy,
    ruleCollectionGroup,
    name: textAt(collection, "name") ?? "",
    action: sameText(textAt(collection, "action.type"), "Deny") ? "Deny" : "Allow",
    rules: rules.map(policyRule),
  };
}

function policyRule(rule: JsonObject): FirewallRule {
  return {
    ...commonParts(rule),
    ipProtocols: textsAt(rule, "ipProtocols"),
    destinationIpGroups: textsAt(rule, "destinationIpGroups"),
    destinationPorts: textsAt(rule, "destinationPorts"),
  };
}

function commonParts(rule: JsonObject): FirewallRule {
  const translatedAddress = textAt(rule, "translatedAddress");
  const translatedPort = numberAt(rule, "translatedPort");
  return {
    name: textAt(rule, "name") ?? "",
    sourceAddresses: textsAt(rule, "sourceAddresses"),
    sourceIpGroups: textsAt(rule, "sourceIpGroups"),
    destinationAddresses: textsAt(rule, "destinationAddresses"),
    destinationIpGroups: textsAt(rule, "destinationIpGroups"),
    destinationFqdns: textsAt(rule, "destinationFqdns"),
    destinationPorts: textsAt(rule, "destinationPorts"),
    ipProtocols: [],
    protocols: objectsAt(rule, "protocols").map((entry) => ({
      protocol: textAt(entry, "protocolType") ?? "",
      port: numberAt(entry, "port") ?? defaultPort(textAt(entry, "protocolType")),
    })),
    targetFqdns: textsAt(rule, "targetFqdns"),
    fqdnTags: textsAt(rule, "fqdnTags"),
    ...(translatedAddress === undefined ? {} : { translatedAddress }),
    ...(translatedPort === undefined ? {} : { translatedPort }),
  };
}

function defaultPort(protocol: string | undefined): number {
  if (sameText(protocol, "Http")) return 80;
  return sameText(protocol, "Mssql") ? 1433 : 443;
}

function numberOf(classicCollection: JsonObject): number {
  return numberAt(classicCollection, "properties.priority") ?? 0;
}

const classicKinds = [
  ["natRuleCollections", "nat"],
  ["networkRuleCollections", "network"],
  ["applicationRuleCollections", "application"],
] as const;

function classicRules(firewall: StoredResource): FirewallRules {
  return {
    threatIntelligenceMode: threatMode(firewall),
    threatIntelligenceAllowedFqdns: [],
    dnsProxy: classicProxy(firewall),
    policy: undefined,
    collections: classicKinds.flatMap(([property, kind]) =>
      objectsAt(firewall.body, `properties.${property}`)
        .sort((left, right) => numberOf(left) - numberOf(right))
        .map((collection) => classicCollection(kind, collection)),
    ),
  };
}

/** Classic firewalls keep the switch under a key that itself has dots. */
function classicProxy(firewall: StoredResource): boolean {
  const settings = valueAt(firewall.body, "properties.additionalProperties");
  return isObject(settings) && String(settings["Network.DNS.EnableProxy"]).toLowerCase() === "true";
}

function classicCollection(kind: RuleCollection["kind"], collection: JsonObject): RuleCollection {
  return {
    kind,
    name: textAt(collection, "name") ?? "",
    action: sameText(textAt(collection, "properties.action.type"), "Deny") ? "Deny" : "Allow",
    rules: objectsAt(collection, "properties.rules").map((rule) => ({
      ...commonParts(rule),
      // In classic network rules `protocols` is a list of words, in application rules a list of objects.
      ipProtocols: textsAt(rule, "protocols"),
    })),
  };
}

/** The id of the policy a firewall enforces and of that policy's parent: what a write of either must wait for. */
export function policyChainOf(world: AzureWorld, policyId: string): string[] {
  const policy = world.store.get(policyId);
  const parentId = policy === undefined ? undefined : idAt(policy.body, "properties.basePolicy");
  return parentId === undefined ? [policyId] : [policyId, parentId];
}

/** The firewalls that enforce a policy, directly or as the parent of theirs. */
export function firewallsOfPolicy(world: AzureWorld, policyId: string): StoredResource[] {
  const subscription = parseResourceId(policyId)?.subscriptionId ?? world.subscriptionId;
  return world.store.list(networkType.firewall, `/subscriptions/${subscription}`).filter((firewall) => {
    const own = idAt(firewall.body, "properties.firewallPolicy");
    return own !== undefined && policyChainOf(world, own).some((id) => sameText(id, policyId));
  });
}
