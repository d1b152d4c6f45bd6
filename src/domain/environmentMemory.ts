/** What is remembered of an environment: the parts that its clusters share, each cluster, and which one has the traffic. */
import { sharedOutputs } from "./clusterScope.ts";
import type { ApplicationSpec, ClusterSpec, EnvironmentSpec } from "./environmentSpec.ts";
import type { Outputs } from "./step.ts";

export interface BuiltCluster {
  readonly cluster: ClusterSpec;
  readonly application: ApplicationSpec;
  /** Name of its ingress controller's identity. */
  readonly ingressIdentityName: string;
  readonly outputs: Outputs;
}

export interface BuiltEnvironment {
  /** The environment of the last provision ticket: all but its cluster holds for every cluster. */
  readonly spec: EnvironmentSpec;
  /** In the order in which they came. */
  readonly clusters: readonly BuiltCluster[];
  /** Those that were retired and not added again: asked for once more, a retirement finds all of it gone. */
  readonly retired?: readonly BuiltCluster[];
  /** Name of the cluster that the production host leads to. */
  readonly traffic: string;
  /** The ticket that changed it last. */
  readonly ticketNumber: string;
  /** Names of the clusters that an operation is taking away: nobody else keeps up what belongs to them. */
  readonly leaving?: readonly string[];
}

/** One thing that an operation has made true, or is about to. */
export type MemoryChange =
  /** An environment is being built, or was: its cluster's outputs are learnt. */
  | { readonly kind: "provisioned"; readonly spec: EnvironmentSpec; readonly outputs: Outputs }
  | { readonly kind: "added"; readonly cluster: BuiltCluster }
  | { readonly kind: "switched"; readonly to: string }
  /** An operation begins to take these clusters away; every change that comes after it ends that, whoever makes it. */
  | { readonly kind: "leaving"; readonly clusters: readonly string[] }
  /** It has ended without having taken them all away. */
  | { readonly kind: "stayed" }
  | { readonly kind: "retired"; readonly cluster: string }
  | { readonly kind: "gone" };

/** What is known after a change. What was learnt of a cluster before stays; clusters that are not named stay as they are. */
export function remember(
  before: BuiltEnvironment | undefined,
  change: MemoryChange,
  ticketNumber: string,
): BuiltEnvironment | undefined {
  if (change.kind === "gone") return undefined;
  if (change.kind === "provisioned") return provisioned(before, change, ticketNumber);
  if (before === undefined) return undefined;
  const { leaving: _, ...built } = before;
  switch (change.kind) {
    case "leaving":
      return { ...built, ticketNumber, leaving: change.clusters };
    case "stayed":
      return { ...built, ticketNumber };
    case "added":
      return {
        ...built,
        ticketNumber,
        clusters: withCluster(built.clusters, change.cluster),
        retired: without(built.retired ?? [], change.cluster.cluster.name),
      };
    case "switched":
      return { ...built, ticketNumber, traffic: change.to };
    case "retired":
      return {
        ...built,
        ticketNumber,
        // What the one that goes has learnt of the environment holds for those that stay.
        clusters: without(built.clusters, change.cluster).map((each) => ({
          ...each,
          outputs: { ...sharedOutputs(built), ...each.outputs },
        })),
        retired: [
          ...without(built.retired ?? [], change.cluster),
          ...withRetired(built, change.cluster).clusters.filter(({ cluster }) =>
            sameName(cluster.name, change.cluster),
          ),
        ],
      };
  }
}

function provisioned(
  built: BuiltEnvironment | undefined,
  { spec, outputs }: Extract<MemoryChange, { readonly kind: "provisioned" }>,
  ticketNumber: string,
): BuiltEnvironment {
  const { cluster, application, gateway } = spec;
  const known = built === undefined ? undefined : clusterNamed(built, cluster.name);
  const ingressIdentityName = known?.ingressIdentityName ?? gateway.identityName;
  const clusters = withCluster(standingClusters(built, cluster.name), {
    cluster,
    application,
    ingressIdentityName,
    outputs,
  });
  const traffic = clusters.find((each) => sameName(each.cluster.name, built?.traffic ?? ""))?.cluster.name;
  const retired = without(built?.retired ?? [], cluster.name);
  return { spec, clusters, retired, traffic: traffic ?? cluster.name, ticketNumber };
}

/** A cluster that was asked for and never made gives way to the next ticket's. */
function standingClusters(built: BuiltEnvironment | undefined, next: string): readonly BuiltCluster[] {
  const clusters = built?.clusters ?? [];
  return clusters.filter(({ cluster, outputs }) => sameName(cluster.name, next) || outputs.clusterId !== undefined);
}

function withCluster(clusters: readonly BuiltCluster[], next: BuiltCluster): readonly BuiltCluster[] {
  const index = clusters.findIndex(({ cluster }) => sameName(cluster.name, next.cluster.name));
  if (index < 0) return [...clusters, next];
  return clusters.map((each, at) => (at === index ? { ...next, outputs: { ...each.outputs, ...next.outputs } } : each));
}

function without(clusters: readonly BuiltCluster[], name: string): readonly BuiltCluster[] {
  return clusters.filter(({ cluster }) => !sameName(cluster.name, name));
}

/** The environment with a retired cluster in it as before, to go through its retirement again; unchanged when there is none of that name. */
export function withRetired(built: BuiltEnvironment, name: string): BuiltEnvironment {
  if (clusterNamed(built, name) !== undefined) return built;
  const again = (built.retired ?? []).filter(({ cluster }) => sameName(cluster.name, name));
  return { ...built, clusters: [...built.clusters, ...again] };
}

export function clusterNamed({ clusters }: BuiltEnvironment, name: string): BuiltCluster | undefined {
  return clusters.find(({ cluster }) => sameName(cluster.name, name));
}

/** The environment as one of its clusters sees it. Throws a sentence for a cluster that is not there. */
export function viewOf(built: BuiltEnvironment, name: string): EnvironmentSpec {
  const own = clusterNamed(built, name);
  if (own === undefined) throw new Error(`The environment ${built.spec.name} has no cluster ${name}.`);
  const { spec, clusters, traffic } = built;
  const { host: _, ...application } = own.application;
  const { host } = spec.application;
  return {
    ...spec,
    cluster: own.cluster,
    // The production host is the environment's, whichever cluster has it.
    application: { ...application, ...(host === undefined ? {} : { host }) },
    gateway: { ...spec.gateway, identityName: own.ingressIdentityName },
    share: {
      others: clusters.flatMap(({ cluster }) => (sameName(cluster.name, name) ? [] : [cluster.name])),
      hasTraffic: sameName(traffic, name),
    },
  };
}

/** ARM's names differ only in more than case. */
export function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
