/** Mistakes in names: what Azure refuses, and two things of one kind under one name. */
import type { Environment } from "./environmentSpec.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";
import { nameProblem, nameRules } from "./nameRules.ts";
import { pluginManners } from "./networkPlugin.ts";

/** A name in the ticket, and where its resource lives: two with the same kind and home must differ. */
interface NamedThing {
  readonly rule: keyof typeof nameRules;
  readonly name: string;
  readonly path: readonly (string | number)[];
  readonly home: string;
}

export function nameMistakes(environment: Environment): readonly Mistake[] {
  const things = namedThings(environment);
  const refused = things.filter(({ rule, name }) => nameProblem(nameRules[rule], name) !== undefined);
  return [
    ...refused.filter((thing) => !isConsequence(thing, refused)).map(refusedMistake),
    ...doubleMistakes(things),
    ...nodeGroupMistakes(environment),
  ];
}

function namedThings({
  groups,
  hub,
  spoke,
  firewall,
  gateway,
  cluster,
  application,
}: Environment): readonly NamedThing[] {
  const thing = (
    rule: keyof typeof nameRules,
    home: string,
    name: string,
    ...path: (string | number)[]
  ): NamedThing => ({ rule, name, path, home });
  return [
    thing("resourceGroup", "group 1", groups.network, "groups", "network"),
    thing("resourceGroup", "group 2", groups.gateway, "groups", "gateway"),
    thing("resourceGroup", "group 3", groups.cluster, "groups", "cluster"),
    thing("nodeGroup", "node group", cluster.nodeGroupName, "cluster", "nodeGroupName"),
    thing("virtualNetwork", groups.network, hub.name, "hub", "name"),
    thing("virtualNetwork", groups.network, spoke.name, "spoke", "name"),
    ...hub.subnets.map((subnet, index) => thing("subnet", "hub", subnet.name, "hub", "subnets", index, "name")),
    ...spoke.subnets.map((subnet, index) => thing("subnet", "spoke", subnet.name, "spoke", "subnets", index, "name")),
    thing("peering", "hub", hub.peeringName, "hub", "peeringName"),
    thing("peering", "spoke", spoke.peeringName, "spoke", "peeringName"),
    thing("firewall", groups.network, firewall.name, "firewall", "name"),
    thing("publicIpAddress", groups.network, firewall.publicIpName, "firewall", "publicIpName"),
    thing("firewallPolicy", groups.network, firewall.policyName, "firewall", "policyName"),
    thing("workspace", groups.network, firewall.workspaceName, "firewall", "workspaceName"),
    thing("routeTable", groups.network, cluster.routeTableName, "cluster", "routeTableName"),
    thing("gateway", groups.gateway, gateway.name, "gateway", "name"),
    thing("publicIpAddress", groups.gateway, gateway.publicIpName, "gateway", "publicIpName"),
    ...(gateway.domainNameLabel === undefined
      ? []
      : [thing("domainNameLabel", "location", gateway.domainNameLabel, "gateway", "domainNameLabel")]),
    thing("securityGroup", groups.gateway, gateway.securityGroupName, "gateway", "securityGroupName"),
    ...(pluginManners[cluster.networkPlugin].podRoutes
      ? [thing("routeTable", groups.gateway, gateway.routeTableName, "gateway", "routeTableName")]
      : []),
    thing("wafPolicy", groups.gateway, gateway.wafPolicyName, "gateway", "wafPolicyName"),
    thing("identity", groups.gateway, gateway.identityName, "gateway", "identityName"),
    thing("cluster", groups.cluster, cluster.name, "cluster", "name"),
    thing("identity", groups.cluster, cluster.identityName, "cluster", "identityName"),
    thing("workspace", groups.cluster, cluster.workspaceName, "cluster", "workspaceName"),
    thing("nodePool", "cluster", cluster.poolName, "cluster", "poolName"),
    thing("application", "cluster", application.name, "application", "name"),
  ];
}

function refusedMistake({ rule, name, path }: NamedThing): Mistake {
  return { pointer: environmentPointer(...path), message: nameProblem(nameRules[rule], name) ?? "" };
}

/** A name that was made from a refused one ("<firewall>-policy") is no second mistake. */
function isConsequence(thing: NamedThing, refused: readonly NamedThing[]): boolean {
  return refused.some(
    (other) =>
      other !== thing &&
      other.path[0] === thing.path[0] &&
      other.path[1] === "name" &&
      thing.name.startsWith(other.name),
  );
}

function doubleMistakes(things: readonly NamedThing[]): readonly Mistake[] {
  const key = ({ rule, home, name }: NamedThing): string => `${rule}|${home}|${name}`.toLowerCase();
  return things.flatMap((thing, index) => {
    const first = things.slice(0, index).find((other) => key(other) === key(thing));
    if (first === undefined) return [];
    const kind = nameRules[thing.rule].kind.replace(/^An? /, "");
    const message = `There are two of the kind ${kind} named "${thing.name}" in one place; the first is at ${environmentPointer(...first.path)}. Give this one another name.`;
    return [{ pointer: environmentPointer(...thing.path), message, concerns: [environmentPointer(...first.path)] }];
  });
}

/** AKS makes and deletes the group of its nodes; it must be nobody else's. */
function nodeGroupMistakes({ groups, cluster }: Environment): readonly Mistake[] {
  const taken = Object.entries(groups).find(([, name]) => name.toLowerCase() === cluster.nodeGroupName.toLowerCase());
  if (taken === undefined) return [];
  const message = `AKS makes the resource group of its nodes itself and deletes it with the cluster; "${cluster.nodeGroupName}" is the environment's own ${taken[0]} group.`;
  return [
    {
      pointer: environmentPointer("cluster", "nodeGroupName"),
      message,
      concerns: [environmentPointer("groups", taken[0])],
    },
  ];
}
