/**
 * The steps that put one more cluster behind the gateway, beside those that serve traffic:
 *
 *   table → subnet → roles → default route → cluster → credential ─┐
 *   the new cluster's hosts are kept off by every other controller ─┴→ its controller → its application → proof of all
 *
 * - No step writes what carries traffic: hub, peerings, firewall, gateway and the other clusters stay as they are. The
 *   one thing of theirs that changes is what their ingress controllers keep off.
 * - That comes first: a controller that does not know of the new host would take it off the gateway again.
 * - With kubenet the gateway's subnet gets our route table, which is empty until the new cluster's routes are in it.
 */
import { ofCluster, scopedId } from "./clusterScope.ts";
import { assertPlan } from "./criticalPath.ts";
import { type BuiltEnvironment, sameName, viewOf } from "./environmentMemory.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { pluginManners } from "./networkPlugin.ts";
import { inOrder, step } from "./planSteps.ts";
import { planWarnings } from "./planWarnings.ts";
import { provisionPlan } from "./provisionPlan.ts";
import type { Plan, Step } from "./step.ts";

/** Made by the environment's provision ticket and not touched here. */
const sharedIds: ReadonlySet<string> = new Set([
  "networkGroup",
  "gatewayGroup",
  "clusterGroup",
  "hubNetwork",
  "spokeNetwork",
  "hubToSpokePeering",
  "spokeToHubPeering",
  "firewallPublicIp",
  "firewallWorkspace",
  "firewallPolicy",
  "firewallNetworkRules",
  "firewallApplicationRules",
  "firewall",
  "firewallDiagnostics",
  "gatewaySecurityGroup",
  "gatewayPublicIp",
  "wafPolicy",
  "gateway",
]);

/** The plan that makes the cluster of this name; `built` already counts it among the environment's clusters. */
export function addClusterPlan(built: BuiltEnvironment, name: string): Plan {
  const view = viewOf(built, name);
  const own = ofCluster(name, ownSteps(view));
  const others = built.clusters.flatMap(({ cluster }) =>
    sameName(cluster.name, name) ? [] : [viewOf(built, cluster.name)],
  );
  const announced = others.map((other) => keepOffStep(other, name));
  const controller = scopedId(name, "ingressController");
  const steps = [
    ...announced,
    ...own.map((each) =>
      each.id === controller ? { ...each, needs: [...each.needs, ...announced.map(({ id }) => id)] } : each,
    ),
    ...others.flatMap((other) => stillAnswerSteps(other, [lastOf(view)])),
  ];
  const plan: Plan = { steps: inOrder(steps), warnings: planWarnings(view) };
  assertPlan(plan);
  return plan;
}

/** What `provisionPlan` does for a cluster alone. */
function ownSteps(view: EnvironmentSpec): readonly Step[] {
  const { podRoutes } = pluginManners[view.cluster.networkPlugin];
  const kept = provisionPlan(view).steps.filter(
    ({ id }) => !sharedIds.has(id) && (podRoutes || id !== "gatewaySubnet"),
  );
  const known = new Set(kept.map(({ id }) => id));
  return kept.map((each) => ownProof({ ...each, needs: each.needs.filter((need) => known.has(need)) }, view));
}

/** The production host is not this cluster's: its own host is what proves it. */
function ownProof(each: Step, view: EnvironmentSpec): Step {
  if (each.id !== "verifyIngress") return each;
  return { ...clusterHostProof(view), lane: each.lane, needs: each.needs };
}

export function clusterHostProof({ cluster }: EnvironmentSpec): Step {
  const title = `Proof: ${cluster.name} answers under its own host`;
  return step({
    id: "verifyClusterHost",
    title,
    lane: "proof of ingress",
    kind: "verification",
    duration: "verifyIngress",
    needs: [],
  });
}

/** Other controllers learn what they may not touch. */
function keepOffStep(other: EnvironmentSpec, newcomer: string): Step {
  const title = `The host of ${newcomer} is kept off by the controller of ${other.cluster.name}`;
  return only(
    other,
    step({
      id: "ingressController",
      title,
      lane: "workload",
      kind: "command",
      duration: "ingressControllerUpdate",
      needs: [],
    }),
  );
}

/** Proof that clusters which had nothing to do with a change still serve. */
export function stillAnswerSteps(other: EnvironmentSpec, needs: readonly string[]): readonly Step[] {
  if (!other.application.enabled) return [];
  const { name } = other.cluster;
  const about = (id: string, host: string): Step =>
    only(
      other,
      step({
        id,
        title: `Proof: ${name} still answers under ${host}`,
        lane: "proof",
        kind: "verification",
        duration: "verifyAnswering",
        needs,
      }),
    );
  return [
    about("verifyClusterHost", "its own host"),
    ...(other.share.hasTraffic ? [about("verifyIngress", "the production host")] : []),
  ];
}

function only(view: EnvironmentSpec, own: Step): Step {
  const [scopedStep = own] = ofCluster(view.cluster.name, [own]);
  return scopedStep;
}

/** The step after which the new cluster's part of the gateway is written. */
function lastOf({ cluster, application }: EnvironmentSpec): string {
  return scopedId(cluster.name, application.enabled ? "verifyClusterHost" : "verifyIngressController");
}
