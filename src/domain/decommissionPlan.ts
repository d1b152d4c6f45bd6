/**
 * The steps that take an environment down, in the order in which Azure lets go of things:
 *
 *   clusters → gateway and firewall → networks → route tables and security group → groups
 *
 * - The clusters go first: their ingress controllers write the gateway, their nodes leave through the firewall.
 * - What lives inside another resource goes with it: subnets, peerings' other ends, routes, rule collection groups,
 *   federated credentials.
 * - A group is deleted only when nothing is left in it.
 * - What is adopted is left and named; what the environment has put inside goes one by one.
 */
import { clusterDeletions, type Deletion, deletionsOf, everyStep, subnetRelease } from "./clusterDeletions.ts";
import { ofCluster, scopedId } from "./clusterScope.ts";
import { assertPlan } from "./criticalPath.ts";
import { type BuiltEnvironment, viewOf } from "./environmentMemory.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { eventDeletions } from "./eventSteps.ts";
import { inOrder, step } from "./planSteps.ts";
import type { Plan, Step } from "./step.ts";

/** The plan that takes down what was built; the ids of a single cluster's steps bear no name. */
export function decommissionPlan(built: BuiltEnvironment): Plan {
  const own = built.clusters.map(({ cluster, outputs }) => {
    const view = viewOf(built, cluster.name);
    const deletion = deletionsOf(everyStep(view));
    const lane = "route table";
    const release = view.adopt?.gateway === undefined ? [] : [subnetRelease(view, lane)];
    const table = deletion("clusterRouteTable", lane, "shortDeletion", [
      "spokeNetwork",
      "clusterRouteTableContributor",
      "agicRouteTableReader",
    ]);
    return { name: cluster.name, steps: [...clusterDeletions(deletion, outputs), ...release, ...table] };
  });
  const made = built.clusters.flatMap(({ cluster }) => everyStep(viewOf(built, cluster.name)));
  const shared = sharedDeletions(deletionsOf(made), built.spec);
  const steps =
    own.length === 1
      ? [...own.flatMap((each) => each.steps), ...shared]
      : [
          ...own.flatMap(({ name, steps: each }) => ofCluster(name, each)),
          ...shared.map((each) => ({ ...each, needs: each.needs.flatMap((need) => needsOfAll(own, need)) })),
        ];
  const known = new Set(steps.map(({ id }) => id));
  const plan: Plan = {
    warnings: [],
    steps: inOrder(steps.map((each) => ({ ...each, needs: each.needs.filter((need) => known.has(need)) }))),
  };
  assertPlan(plan);
  return plan;
}

/** What waits for a cluster's step waits for that of every cluster. */
function needsOfAll(
  own: readonly { readonly name: string; readonly steps: readonly Step[] }[],
  need: string,
): readonly string[] {
  const owners = own.filter(({ steps }) => steps.some(({ id }) => id === need));
  return owners.length === 0 ? [need] : owners.map(({ name }) => scopedId(name, need));
}

function sharedDeletions(deletion: Deletion, spec: EnvironmentSpec): readonly Step[] {
  return [
    ...edgeDeletions(deletion, spec),
    ...networkDeletions(deletion),
    ...eventDeletions(deletion),
    ...deletion("clusterGroup", "groups", "groupDeletion", [
      "clusterIdentity",
      "clusterWorkspace",
      "dataCollectionRule",
      "clusterTopic",
    ]),
    ...deletion("gatewayGroup", "groups", "groupDeletion", [
      "agicIdentity",
      "gatewayPublicIp",
      "gatewaySecurityGroup",
      "gatewayRouteTable",
    ]),
    ...deletion("networkGroup", "groups", "groupDeletion", [
      "firewallPublicIp",
      "firewallWorkspace",
      "hubNetwork",
      "clusterRouteTable",
      "networkTopic",
    ]),
  ];
}

function edgeDeletions(deletion: Deletion, { adopt, gateway }: EnvironmentSpec): readonly Step[] {
  const release = step({
    id: "gatewayRelease",
    title: `Parts of the ingress controllers off ${gateway.name}`,
    lane: "gateway",
    kind: "sync",
    duration: "gatewayRelease",
    needs: ["cluster", "agicGatewayContributor"],
  });
  const rules = ["firewallNetworkRules", "firewallApplicationRules"];
  return [
    ...(adopt?.gateway === undefined ? [] : [release]),
    ...deletion("gateway", "gateway", "longDeletion", ["cluster", "agicGatewayContributor"]),
    ...deletion("wafPolicy", "gateway", "shortDeletion"),
    ...deletion("gatewayPublicIp", "gateway", "shortDeletion"),
    ...deletion("firewallDiagnostics", "firewall", "shortDeletion", ["cluster"]),
    ...(adopt?.firewall === undefined
      ? []
      : rules.flatMap((id) => deletion(id, "firewall", "attachedRuleCollectionGroup", ["cluster"]))),
    ...deletion("firewall", "firewall", "longDeletion"),
    ...deletion("firewallPolicy", "firewall", "shortDeletion"),
    ...deletion("firewallPublicIp", "firewall", "shortDeletion"),
    ...deletion("firewallWorkspace", "firewall log", "shortDeletion", ["firewallDiagnostics"]),
  ];
}

function networkDeletions(deletion: Deletion): readonly Step[] {
  const users = ["gateway", "firewall", "cluster", "clusterSubnetContributor", "agicSubnetContributor"];
  return [
    ...deletion("hubToSpokePeering", "network", "shortDeletion", users),
    ...deletion("spokeToHubPeering", "network", "shortDeletion"),
    ...deletion("spokeNetwork", "network", "shortDeletion"),
    ...deletion("hubNetwork", "network", "shortDeletion"),
    ...deletion("gatewaySecurityGroup", "network", "shortDeletion"),
    ...deletion("gatewayRouteTable", "network", "shortDeletion"),
  ];
}
