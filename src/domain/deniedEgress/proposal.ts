/** A narrow rule as texts that can be used: a rule collection in ARM's form, and the same as Bicep. */
import type { Json, JsonObject } from "../json.ts";
import type { EgressCase, RuleProposal } from "./egressCase.ts";
import { imageRegistry } from "./imageRegistries.ts";
import { applicationProtocols, type NarrowRule, type Replay, targetInWords } from "./narrowRule.ts";

/** Of what is allowed (100–65000), after the environment's own groups as they are by default. */
const PRIORITIES = { least: 1_000, count: 60_000 } as const;

/** API version of what the Bicep text declares. */
const RULE_GROUP_API_VERSION = "2024-05-01";

export type ProposedFor = Pick<
  EgressCase,
  "id" | "cluster" | "destination" | "port" | "protocol" | "reason" | "rule" | "class"
>;

/** The proposal for a case that has a narrow rule. */
export function proposalOf(
  each: ProposedFor,
  rule: NarrowRule,
  { seenCount, allowedCount, newlyOpened }: Replay,
): RuleProposal {
  const collection = collectionOf(each, rule);
  const cautions = cautionsOf(each, rule);
  const opens =
    newlyOpened.length === 0 ? "It opens nothing else that was refused" : `It also opens ${newlyOpened.join(", ")}`;
  return {
    summary: `Allow ${rule.sources.join(", ")} to reach ${targetInWords(each)}: it lets out ${shareInWords(allowedCount, seenCount)} of the last reading. ${opens}.`,
    json: JSON.stringify(collection, null, 2),
    bicep: bicepOf(each, collection, cautions),
    replay: { seenCount, allowedCount, newlyOpened },
    cautions,
  };
}

function shareInWords(allowedCount: number, seenCount: number): string {
  if (allowedCount < seenCount) return `${allowedCount} of the ${seenCount} refused connections`;
  return seenCount === 1 ? "the one refused connection" : `all ${seenCount} refused connections`;
}

/**
 * Groups of a policy, and collections of a group, need priorities of their own; the rules of several cases are to stand beside
 * each other. So it is made of the case's id (FNV-1a); should two be alike all the same, the template has a parameter.
 */
function priorityOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return PRIORITIES.least + (hash % PRIORITIES.count);
}

function collectionOf(each: ProposedFor, rule: NarrowRule): JsonObject {
  return {
    ruleCollectionType: "FirewallPolicyFilterRuleCollection",
    name: `allow-${each.id}`,
    priority: priorityOf(each.id),
    action: { type: "Allow" },
    rules: [ruleOf(each, rule)],
  };
}

function ruleOf({ id, cluster }: ProposedFor, { kind, sources, destination, protocol, port }: NarrowRule): JsonObject {
  const about = {
    name: ruleName(destination),
    description: `${cluster} to ${destination}, refused as ${id}`,
    sourceAddresses: sources,
  };
  if (kind === "application") {
    const protocols = [{ protocolType: applicationProtocols[protocol] ?? protocol, port: port ?? 443 }];
    return { ruleType: "ApplicationRule", ...about, protocols, targetFqdns: [destination] };
  }
  const to = kind === "network" ? { destinationAddresses: [`${destination}/32`] } : { destinationFqdns: [destination] };
  return {
    ruleType: "NetworkRule",
    ...about,
    ipProtocols: [protocol],
    ...to,
    destinationPorts: [port === undefined ? "*" : String(port)],
  };
}

/**
 * Names have 80 characters, and end with a letter, a digit or an underscore.
 * Source: learn.microsoft.com/azure/templates/microsoft.network/firewallpolicies/rulecollectiongroups (name), checked 2026-11.
 */
const NAME_CHARACTERS = 80;

function ruleName(destination: string): string {
  return `allow-${destination}`.slice(0, NAME_CHARACTERS).replace(/[.-]+$/, "");
}

function cautionsOf(
  { reason, rule: denying, destination, class: of }: ProposedFor,
  { kind }: NarrowRule,
): readonly string[] {
  return [
    "Put it into a rule collection group of your own: the environment's two groups are written as a whole, and a provision ticket takes everything else out of them.",
    ...(reason === "rule"
      ? [
          `The rule ${denying || "that denies it"} refuses it on purpose: an allow rule only counts where it is asked before that one.`,
        ]
      : []),
    ...(kind === "networkFqdn"
      ? ["Names in network rules need the firewall's DNS proxy, and the nodes must use it."]
      : []),
    ...(kind === "network"
      ? [
          "An address may belong to many services, and to others tomorrow; allow a name instead where the application uses one.",
        ]
      : []),
    ...(of === "imagePull" && imageRegistry(destination.name) !== undefined
      ? ["Registries often send layers from other names than their own: those are refused next, as cases of their own."]
      : []),
  ];
}

function bicepOf({ id }: ProposedFor, collection: JsonObject, cautions: readonly string[]): string {
  return [
    ...cautions.map((caution) => `// ${caution.replaceAll(/\s+/g, " ")}`),
    "@description('Name of the firewall policy')",
    "param firewallPolicyName string",
    "",
    "@description('Priority of the group, which no other group of the policy has')",
    `param priority int = ${priorityOf(id)}`,
    "",
    `resource firewallPolicy 'Microsoft.Network/firewallPolicies@${RULE_GROUP_API_VERSION}' existing = {`,
    "  name: firewallPolicyName",
    "}",
    "",
    `resource allow 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@${RULE_GROUP_API_VERSION}' = {`,
    "  parent: firewallPolicy",
    `  name: ${bicepText(`egress-${id}`)}`,
    "  properties: {",
    "    priority: priority",
    `    ruleCollections: ${bicepValue([collection], 2)}`,
    "  }",
    "}",
    "",
  ].join("\n");
}

/** A value in Bicep's syntax, members and elements on lines of their own. */
function bicepValue(value: Json | undefined, depth: number): string {
  const pad = "  ".repeat(depth + 1);
  const end = "  ".repeat(depth);
  if (typeof value === "string") return bicepText(value);
  if (Array.isArray(value)) {
    return `[\n${value.map((item: Json) => `${pad}${bicepValue(item, depth + 1)}\n`).join("")}${end}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([key, member]) => `${pad}${key}: ${bicepValue(member, depth + 1)}\n`);
    return `{\n${members.join("")}${end}}`;
  }
  return String(value);
}

/** Source of the escapes: learn.microsoft.com/azure/azure-resource-manager/bicep/data-types (strings), checked 2026-11. */
function bicepText(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("${", "\\${").replaceAll("\n", "\\n");
  return `'${escaped}'`;
}
