/** What of an environment a look at its gateway's routes is about. */
import type { BuiltCluster, BuiltEnvironment } from "./environmentMemory.ts";
import { sameName, viewOf } from "./environmentMemory.ts";
import type { PodPlace } from "./gatewayRoutes.ts";
import { pluginManners, podCidrOf } from "./networkPlugin.ts";
import { groupId, ids } from "./resourceNames.ts";

export interface RouteScope {
  readonly gatewayId: string;
  readonly gatewayTableId: string;
  readonly gatewaySubnetId: string;
  readonly clusters: readonly RoutedCluster[];
}

/** A cluster whose routes the gateway's table must hold. */
export interface RoutedCluster {
  readonly name: string;
  readonly clusterId: string;
  /** The table that AKS writes. */
  readonly tableId: string;
  /** The group with its machines. */
  readonly nodeGroupId: string;
  readonly place: PodPlace;
}

/**
 * The clusters with kubenet that stand. One that an operation is still building has no id yet, one that is being taken
 * away is marked: their routes are that operation's business alone, and what it takes out nobody puts back.
 */
export function routeScope(built: BuiltEnvironment): RouteScope {
  const { spec } = built;
  return {
    gatewayId: ids.gateway(spec),
    gatewayTableId: ids.gatewayRouteTable(spec),
    gatewaySubnetId: ids.gatewaySubnet(spec),
    clusters: built.clusters.flatMap((each) => routedCluster(built, each)),
  };
}

function routedCluster(built: BuiltEnvironment, { cluster, outputs }: BuiltCluster): readonly RoutedCluster[] {
  const isLeaving = built.leaving?.some((name) => sameName(name, cluster.name)) ?? false;
  if (!pluginManners[cluster.networkPlugin].podRoutes || outputs.clusterId === undefined || isLeaving) return [];
  const view = viewOf(built, cluster.name);
  const subnet = view.spoke.subnets.find(({ name }) => name === cluster.subnet);
  return [
    {
      name: cluster.name,
      clusterId: outputs.clusterId,
      tableId: ids.routeTable(view),
      nodeGroupId: groupId(view, cluster.nodeGroupName),
      place: { podCidr: podCidrOf(cluster), nodePrefix: subnet?.addressPrefix ?? "" },
    },
  ];
}
