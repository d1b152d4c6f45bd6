/** Which tables and clusters belong to which environment of a subscription: what an event is looked up in. */
import { type BuiltEnvironment, sameName, viewOf } from "./environmentMemory.ts";
import { pluginManners } from "./networkPlugin.ts";
import { ids } from "./resourceNames.ts";

export interface IndexedCluster {
  readonly name: string;
  readonly clusterId: string;
  /** The table that AKS writes the cluster's pod routes into; absent where pods are reached without. */
  readonly sourceTableId?: string;
}

export interface IndexedEnvironment {
  readonly name: string;
  readonly gatewayTableId: string;
  readonly clusters: readonly IndexedCluster[];
}

/** The state of the durable entity `environmentIndex`; its key is the subscription's id. */
export interface EnvironmentIndex {
  /** By name. */
  readonly environments: readonly IndexedEnvironment[];
}

export const emptyEnvironmentIndex: EnvironmentIndex = { environments: [] };

/** What is looked up of an environment that stands, is being built or taken down. */
export function indexedEnvironment(built: BuiltEnvironment): IndexedEnvironment {
  return {
    name: built.spec.name,
    gatewayTableId: ids.gatewayRouteTable(built.spec),
    clusters: built.clusters.map(({ cluster }) => {
      const view = viewOf(built, cluster.name);
      const hasRoutes = pluginManners[cluster.networkPlugin].podRoutes;
      return {
        name: cluster.name,
        clusterId: ids.cluster(view),
        ...(hasRoutes ? { sourceTableId: ids.routeTable(view) } : {}),
      };
    }),
  };
}

/** Whether its gateway's routes have to follow a cluster. */
export function followsRoutes({ clusters }: IndexedEnvironment): boolean {
  return clusters.some(({ sourceTableId }) => sourceTableId !== undefined);
}

/** The index with what stands of an environment now: nothing, when it is gone. */
export function reindexed(
  index: EnvironmentIndex,
  name: string,
  environment: IndexedEnvironment | undefined,
): EnvironmentIndex {
  const others = index.environments.filter((other) => !sameName(other.name, name));
  const environments = [...others, ...(environment === undefined ? [] : [environment])];
  return { environments: environments.sort((left, right) => (left.name < right.name ? -1 : 1)) };
}
