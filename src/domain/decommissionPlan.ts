/**
 * The steps that take an environment down, in the order in which Azure lets go of things:
 *
 *   cluster → gateway and firewall → networks → route table and security group → groups
 *
 * - The cluster goes first: its ingress controller writes the gateway, its nodes leave through the firewall.
 * - Role assignments go before the identities they are for, which would leave them behind as "identity not found".
 * - What lives inside another resource goes with it: subnets, peerings' other ends, routes, rule collection groups,
 *   federated credentials.
 * - A group is deleted only when nothing is left in it.
 * Whether a resource is deleted or left is decided at each one by its creation tag.
 */
import { assertPlan } from "./criticalPath.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { inOrder, step } from "./planSteps.ts";
import { provisionPlan } from "./provisionPlan.ts";
import type { Outputs, Plan, Step } from "./step.ts";

type Duration = "longDeletion" | "shortDeletion" | "groupDeletion";

/** The plan that takes down what `provisionPlan(spec)` builds. Role assignments are found by the principals that the outputs name. */
export function decommissionPlan(spec: EnvironmentSpec, outputs: Outputs): Plan {
  // Kubenet has all that any plug-in has, and what stands there may come from an earlier ticket than the last.
  const largest: EnvironmentSpec = { ...spec, cluster: { ...spec.cluster, networkPlugin: "kubenet" } };
  const titles = new Map(provisionPlan(largest).steps.map(({ id, title }) => [id, title]));
  const deletion = (id: string, lane: string, duration: Duration, needs: readonly string[] = []): readonly Step[] => {
    const title = titles.get(id);
    return title === undefined ? [] : [step(id, `Delete ${title}`, lane, "deletion", duration, needs)];
  };
  const steps = [
    ...clusterDeletions(deletion, outputs),
    ...ingressDeletions(deletion, outputs),
    ...edgeDeletions(deletion),
    ...networkDeletions(deletion),
    ...deletion("clusterGroup", "groups", "groupDeletion", [
      "clusterIdentity",
      "clusterWorkspace",
      "dataCollectionRule",
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
      "clusterRouteTable",
    ]),
  ];
  const known = new Set(steps.map(({ id }) => id));
  const plan: Plan = {
    warnings: [],
    steps: inOrder(steps.map((each) => ({ ...each, needs: each.needs.filter((need) => known.has(need)) }))),
  };
  assertPlan(plan);
  return plan;
}

type Deletion = (id: string, lane: string, duration: Duration, needs?: readonly string[]) => readonly Step[];

function clusterDeletions(deletion: Deletion, { clusterIdentityPrincipalId }: Outputs): readonly Step[] {
  const roles =
    clusterIdentityPrincipalId === undefined ? [] : ["clusterSubnetContributor", "clusterRouteTableContributor"];
  return [
    ...deletion("dataCollectionAssociation", "cluster", "shortDeletion"),
    ...deletion("cluster", "cluster", "longDeletion"),
    ...roles.flatMap((role) => deletion(role, "cluster", "shortDeletion")),
    ...deletion("clusterIdentity", "cluster", "shortDeletion"),
    ...deletion("dataCollectionRule", "monitoring", "shortDeletion", ["dataCollectionAssociation"]),
    ...deletion("clusterWorkspace", "monitoring", "shortDeletion", ["cluster"]),
  ];
}

function ingressDeletions(deletion: Deletion, { agicIdentityPrincipalId }: Outputs): readonly Step[] {
  const roles =
    agicIdentityPrincipalId === undefined
      ? []
      : ["agicGatewayContributor", "agicSubnetContributor", "agicRouteTableReader", "agicGroupReader"];
  return [
    ...roles.flatMap((role) => deletion(role, "ingress identity", "shortDeletion", ["cluster"])),
    ...deletion("agicIdentity", "ingress identity", "shortDeletion", ["cluster"]),
  ];
}

function edgeDeletions(deletion: Deletion): readonly Step[] {
  return [
    ...deletion("gateway", "gateway", "longDeletion", ["cluster", "agicGatewayContributor"]),
    ...deletion("wafPolicy", "gateway", "shortDeletion"),
    ...deletion("gatewayPublicIp", "gateway", "shortDeletion"),
    ...deletion("firewallDiagnostics", "firewall", "shortDeletion", ["cluster"]),
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
    ...deletion("clusterRouteTable", "network", "shortDeletion", [
      "clusterRouteTableContributor",
      "agicRouteTableReader",
    ]),
    ...deletion("gatewaySecurityGroup", "network", "shortDeletion"),
    ...deletion("gatewayRouteTable", "network", "shortDeletion"),
  ];
}
