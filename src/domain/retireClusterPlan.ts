/**
 * The steps that take one cluster away from behind the gateway, and leave the others serving:
 *
 *   its controller uninstalled, which takes its hosts off the gateway → the others need not keep off them any more
 *     → cluster → its routes out of the gateway's table, its table off its subnet → table, roles, identities
 *
 * Nothing that the environment shares is deleted, and everything is decided anew at each resource, so that a retirement
 * that ended half-way is gone through again.
 */
import { stillAnswerSteps } from "./addClusterPlan.ts";
import { clusterDeletions, deletionsOf, everyStep, subnetRelease } from "./clusterDeletions.ts";
import { ofCluster, scopedId, sharedOutputs } from "./clusterScope.ts";
import { assertPlan } from "./criticalPath.ts";
import { type BuiltEnvironment, clusterNamed, remember, sameName, viewOf } from "./environmentMemory.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { eventDeletions } from "./eventSteps.ts";
import { pluginManners } from "./networkPlugin.ts";
import { inOrder, step } from "./planSteps.ts";
import { INGRESS_RELEASE } from "./resourceNames.ts";
import type { Outputs, Plan, Step } from "./step.ts";

export function retireClusterPlan(built: BuiltEnvironment, name: string): Plan {
  const view = viewOf(built, name);
  const others = othersAfter(built, name);
  const removed = scopedId(name, "ingressControllerRemoval");
  const informed = others.flatMap(({ cluster }) => {
    const title = `The host of ${name} is nothing to ${cluster.name} any more`;
    const own = step({
      id: "ingressController",
      title,
      lane: "workload",
      kind: "command",
      duration: "ingressControllerUpdate",
      needs: [removed],
    });
    return ofCluster(cluster.name, [own]);
  });
  const outputs = { ...sharedOutputs(built), ...clusterNamed(built, name)?.outputs };
  const proof = step({
    id: "verifyPartsGone",
    title: `Proof: nothing of ${name} is left in the gateway`,
    lane: "proof",
    kind: "verification",
    duration: "verifyAnswering",
    needs: informed.map(({ id }) => id),
  });
  const steps = [
    ...ofCluster(name, [...removalSteps(view, outputs), ...lastSubscriptions(view, others), proof]),
    ...informed,
    ...others.flatMap((other) =>
      stillAnswerSteps(other, [scopedId(name, "verifyPartsGone"), scopedId(name, "cluster")]),
    ),
  ];
  const plan: Plan = { steps: inOrder(steps), warnings: [] };
  assertPlan(plan);
  return plan;
}

/** The clusters that stay, as they are when this one is gone. */
export function othersAfter(built: BuiltEnvironment, name: string): readonly EnvironmentSpec[] {
  const after = remember(built, { kind: "retired", cluster: name }, built.ticketNumber) ?? built;
  return after.clusters.flatMap(({ cluster }) => (sameName(cluster.name, name) ? [] : [viewOf(after, cluster.name)]));
}

/** Events of the groups are of use as long as there is a cluster whose routes are followed. */
function lastSubscriptions(view: EnvironmentSpec, others: readonly EnvironmentSpec[]): readonly Step[] {
  const [isFollowed, ...areOthers] = [view, ...others].map(
    ({ cluster }) => pluginManners[cluster.networkPlugin].podRoutes,
  );
  if (isFollowed !== true || areOthers.includes(true)) return [];
  return eventDeletions(deletionsOf(everyStep(view)));
}

function removalSteps(view: EnvironmentSpec, outputs: Outputs): readonly Step[] {
  const { cluster, gateway } = view;
  const deletion = deletionsOf(everyStep(view));
  const unapplied = step({
    id: "applicationRemoval",
    title: `Delete ${view.application.name} from ${cluster.name}`,
    lane: "cluster",
    kind: "command",
    duration: "applicationRemoval",
    needs: [],
  });
  const uninstalled = step({
    id: "ingressControllerRemoval",
    title: `Uninstall ${INGRESS_RELEASE} from ${cluster.name}`,
    lane: "cluster",
    kind: "command",
    duration: "ingressControllerRemoval",
    needs: [],
  });
  const routes = step({
    id: "gatewayRoutesRemoval",
    title: `Pod routes of ${cluster.name} out of ${gateway.routeTableName}`,
    lane: "gateway routes",
    kind: "sync",
    duration: "syncRemoval",
    needs: ["cluster"],
  });
  const detached = subnetRelease(view, "network");
  const steps = [
    ...(view.application.enabled && outputs.gatewayPublicIpAddress !== undefined ? [unapplied] : []),
    uninstalled,
    ...clusterDeletions(deletion, outputs),
    ...(pluginManners[cluster.networkPlugin].podRoutes ? [routes] : []),
    detached,
    ...deletion("clusterRouteTable", "network", "shortDeletion", [
      "clusterRouteTableContributor",
      "agicRouteTableReader",
    ]),
  ];
  const known = new Set(steps.map(({ id }) => id));
  return steps.map((each) => ({ ...each, needs: each.needs.filter((need) => known.has(need)) }));
}
