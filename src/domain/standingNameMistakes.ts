/**
 * Another name than what stands has: Azure renames nothing, so a second one would be built beside the first, which nobody
 * would know of any more.
 */
import { type BuiltEnvironment, clusterNamed, sameName } from "./environmentMemory.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";

type Section = "groups" | "hub" | "spoke" | "firewall" | "gateway" | "cluster";

/** Names that are settled once something has been made. */
type SettledNames = {
  readonly [Each in Section]: {
    /** Where the ticket says them. */
    readonly section: Each;
    /** In words, by field; names of others follow from the first of them, unless the ticket says them. */
    readonly fields: Readonly<Partial<Record<keyof EnvironmentSpec[Each] & string, string>>>;
  };
}[Section];

const afterFirewall: readonly SettledNames[] = [
  { section: "groups", fields: { network: "network group" } },
  { section: "hub", fields: { name: "hub" } },
  {
    section: "firewall",
    fields: { name: "firewall", publicIpName: "public address", policyName: "policy", workspaceName: "workspace" },
  },
];

const afterGateway: readonly SettledNames[] = [
  { section: "groups", fields: { gateway: "gateway group" } },
  { section: "spoke", fields: { name: "spoke" } },
  {
    section: "gateway",
    fields: {
      name: "gateway",
      publicIpName: "public address",
      securityGroupName: "security group",
      routeTableName: "route table",
      wafPolicyName: "WAF policy",
      subnet: "subnet",
    },
  },
];

const afterCluster: readonly SettledNames[] = [
  { section: "groups", fields: { cluster: "cluster group" } },
  {
    section: "cluster",
    fields: { identityName: "identity", routeTableName: "route table", workspaceName: "workspace" },
  },
];

/** What is adopted is named by its id, and whether that may change is another question. */
export function standingNameMistakes(asked: EnvironmentSpec, built: BuiltEnvironment): readonly Mistake[] {
  const { adopt } = asked;
  const known = clusterNamed(built, asked.cluster.name);
  const isMade = (output: "firewallId" | "gatewayId"): boolean =>
    built.clusters.some(({ outputs }) => outputs[output] !== undefined);
  const settled = [
    ...(adopt?.firewall === undefined && isMade("firewallId") ? afterFirewall : []),
    ...(adopt?.gateway === undefined && isMade("gatewayId") ? afterGateway : []),
    ...(known?.outputs.clusterId === undefined ? [] : afterCluster),
  ];
  const stands = { ...built.spec, cluster: known?.cluster ?? built.spec.cluster };
  return settled.flatMap((names) => renamed(names, asked, stands));
}

function renamed(
  { section, fields }: SettledNames,
  asked: EnvironmentSpec,
  stands: EnvironmentSpec,
): readonly Mistake[] {
  const nameIn = (spec: EnvironmentSpec, field: string): string =>
    String(Object.entries(spec[section]).find(([key]) => key === field)?.[1] ?? "");
  const others = Object.entries(fields).filter(([field]) => !sameName(nameIn(stands, field), nameIn(asked, field)));
  // With another first name the names that follow from it are others, too, and need not be said.
  const said = others[0]?.[0] === Object.keys(fields)[0] ? others.slice(0, 1) : others;
  return said.map(([field, words]) => {
    const has = nameIn(stands, field);
    const message = `The environment ${stands.name} stands with the ${words} "${has}", and "${nameIn(asked, field)}" is asked for; nothing of Azure is renamed, and a second one would stand beside it. Name the one that it has, or have another environment made.`;
    return { pointer: environmentPointer(section, field), message, example: has };
  });
}
