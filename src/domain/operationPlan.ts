/** What a ticket asks for, and what carrying it out means on what stands. */
import { addClusterPlan } from "./addClusterPlan.ts";
import { addedCluster, type ClusterRequest } from "./addedCluster.ts";
import { knownOf, type ScopedOutputs } from "./clusterScope.ts";
import { decommissionPlan } from "./decommissionPlan.ts";
import {
  type BuiltEnvironment,
  clusterNamed,
  type MemoryChange,
  remember,
  viewOf,
  withRetired,
} from "./environmentMemory.ts";
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { provisionPlan } from "./provisionPlan.ts";
import { othersAfter, retireClusterPlan } from "./retireClusterPlan.ts";
import type { Outputs, Plan } from "./step.ts";
import { moveBackPlan, switchTrafficPlan } from "./switchTrafficPlan.ts";

/** What a ticket can ask for. */
export const actions = ["provision", "addCluster", "switchTraffic", "retireCluster", "decommission"] as const;

/** A ticket's wish in the words of the domain. All but a provision are about an environment that stands. */
export type Order =
  | { readonly action: "provision"; readonly spec: EnvironmentSpec }
  | { readonly action: "addCluster"; readonly request: ClusterRequest }
  | { readonly action: "switchTraffic"; readonly to: string }
  | { readonly action: "retireCluster"; readonly cluster: string }
  | { readonly action: "decommission" };

/** Steps, and what they work on. */
export interface Work {
  readonly plan: Plan;
  /** The environment as the steps see it that name no cluster, … */
  readonly spec: EnvironmentSpec;
  /** … and as those do that name one. */
  readonly views: Readonly<Record<string, EnvironmentSpec>>;
  readonly known: ScopedOutputs;
}

export interface Undertaking extends Work {
  /** What is remembered before the first write, so that what a failed operation leaves behind is known, and nobody puts back what it takes away. */
  readonly before?: MemoryChange;
  /** What undoes it when it did not succeed. */
  readonly moveBack?: Work;
}

/** What is looked at before the first write. */
export interface FirstLook {
  readonly spec: EnvironmentSpec;
  /** Definitions of the plan's steps. */
  readonly steps: readonly string[];
  /** The environment has never had this cluster, as far as it remembers. */
  readonly isNew: boolean;
}

/** Only what is made can meet something in the way; what is taken down or moved is looked at by its steps. */
export function firstLookOf(
  { action }: Order,
  built: BuiltEnvironment | undefined,
  { spec, plan }: Undertaking,
): FirstLook | undefined {
  if (action !== "provision" && action !== "addCluster") return undefined;
  const known = built === undefined ? undefined : clusterNamed(built, spec.cluster.name);
  const steps = plan.steps.map(({ id, definition }) => definition ?? id);
  return { spec, steps, isNew: known?.outputs.clusterId === undefined };
}

/** Expects an order in which `orderMistakes` finds nothing; an environment that stands is only left out of a provision. */
export function undertakingOf(order: Order, built: BuiltEnvironment | undefined): Undertaking {
  if (order.action === "provision") return provisioning(order.spec, built);
  if (built === undefined) throw new Error(`There is no environment for the action ${order.action}; refuse it.`);
  switch (order.action) {
    case "decommission":
      return decommissioning(built);
    case "addCluster":
      return adding(built, order.request);
    case "retireCluster":
      return retiring(built, order.cluster);
    case "switchTraffic":
      return switching(built, order.to);
  }
}

function provisioning(asked: EnvironmentSpec, built: BuiltEnvironment | undefined): Undertaking {
  const before = { kind: "provisioned", spec: asked, outputs: {} } as const;
  const after = remembered(built, before);
  const spec = viewOf(after, asked.cluster.name);
  // Of its own cluster everything is asked anew; the outputs of others are none of its business.
  return { plan: provisionPlan(spec), spec, views: {}, known: {}, before };
}

function decommissioning(built: BuiltEnvironment): Undertaking {
  const [only] = built.clusters;
  const known = built.clusters.length === 1 && only !== undefined ? only.outputs : knownOf(built);
  const views = viewsOf(built.clusters.map(({ cluster }) => viewOf(built, cluster.name)));
  const before = { kind: "leaving", clusters: built.clusters.map(({ cluster }) => cluster.name) } as const;
  return {
    plan: decommissionPlan(built),
    spec: viewOf(built, only?.cluster.name ?? built.traffic),
    views,
    known,
    before,
  };
}

function adding(built: BuiltEnvironment, request: ClusterRequest): Undertaking {
  const cluster = addedCluster(built, request);
  const before = { kind: "added", cluster } as const;
  const after = remembered(built, before);
  const { name } = cluster.cluster;
  const views = viewsOf(after.clusters.map((each) => viewOf(after, each.cluster.name)));
  return { plan: addClusterPlan(after, name), spec: viewOf(after, name), views, known: knownOf(built), before };
}

function retiring(standing: BuiltEnvironment, asked: string): Undertaking {
  const built = withRetired(standing, asked);
  const name = clusterNamed(built, asked)?.cluster.name ?? asked;
  const spec = viewOf(built, name);
  const views = viewsOf([spec, ...othersAfter(built, name)]);
  const before = { kind: "leaving", clusters: [name] } as const;
  return { plan: retireClusterPlan(built, name), spec, views, known: knownOf(built), before };
}

function switching(built: BuiltEnvironment, to: string): Undertaking {
  const green = clusterNamed(built, to)?.cluster.name ?? to;
  const blue = built.traffic;
  const after = remembered(built, { kind: "switched", to: green });
  const known = knownOf(built);
  const there = { to: viewOf(after, green), from: viewOf(after, blue) };
  const back = { to: viewOf(built, blue), from: viewOf(built, green) };
  return {
    plan: switchTrafficPlan(there),
    spec: there.to,
    views: viewsOf([there.to, there.from]),
    known,
    moveBack: { plan: moveBackPlan(back), spec: back.to, views: viewsOf([back.to, back.from]), known },
  };
}

/** What is remembered when the operation has ended; nothing when that changes nothing. */
export function memoryAfter(
  order: Order,
  built: BuiltEnvironment | undefined,
  hasSucceeded: boolean,
  learnt: (cluster?: string) => Outputs,
): MemoryChange | undefined {
  switch (order.action) {
    case "provision":
      return { kind: "provisioned", spec: order.spec, outputs: learnt() };
    case "addCluster": {
      if (built === undefined) return undefined;
      const cluster = addedCluster(built, order.request);
      return { kind: "added", cluster: { ...cluster, outputs: learnt(cluster.cluster.name) } };
    }
    case "switchTraffic": {
      const to = built === undefined ? order.to : (clusterNamed(built, order.to)?.cluster.name ?? order.to);
      return hasSucceeded ? { kind: "switched", to } : undefined;
    }
    case "retireCluster":
      return hasSucceeded ? { kind: "retired", cluster: order.cluster } : { kind: "stayed" };
    case "decommission":
      return hasSucceeded ? { kind: "gone" } : { kind: "stayed" };
  }
}

function remembered(built: BuiltEnvironment | undefined, change: MemoryChange): BuiltEnvironment {
  const after = remember(built, change, built?.ticketNumber ?? "");
  if (after === undefined) throw new Error(`Nothing would be left to work on after "${change.kind}".`);
  return after;
}

function viewsOf(views: readonly EnvironmentSpec[]): Readonly<Record<string, EnvironmentSpec>> {
  return Object.fromEntries(views.map((view) => [view.cluster.name, view]));
}
