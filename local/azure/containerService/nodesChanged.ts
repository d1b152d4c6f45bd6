import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, ResourceChange } from "../core/resourceType.ts";
import { cloudConfigOf } from "../kubernetes/cloudConfig.ts";
import { ClusterObjects } from "../kubernetes/clusterObjects.ts";
import { reconcileCluster } from "../kubernetes/reconcileCluster.ts";
import { networkType } from "../network/networkType.ts";
import { clusterPrincipal } from "./clusterIdentity.ts";
import { containerServiceType } from "./containerServiceType.ts";
import { tableWasChanged, wakeRouteController } from "./routeController.ts";

/** After nodes have come or gone: the route controller and the controllers inside the cluster look. */
export function nodesChanged(world: AzureWorld, clusterId: string): void {
  wakeRouteController(world, clusterId);
  reconcileCluster(new ClusterObjects(world, clusterId));
}

/** A change of a route table by anybody but the cluster's own route controller reaches that controller, late. */
export function routeTableChanged({ resource, caller, inline }: ResourceChange, world: AzureWorld): void {
  const isRoute = resource.type === networkType.route && inline !== true;
  if (!isRoute && resource.type !== networkType.routeTable) return;
  const tableId = isRoute ? parseResourceId(resource.id)?.parentId : resource.id;
  const clusters = world.store.list(containerServiceType.managedCluster, `/subscriptions/${world.subscriptionId}`);
  for (const cluster of clusters) {
    const own = cloudConfigOf(new ClusterObjects(world, cluster.id))?.routeTableId;
    const isItself = clusterPrincipal(world, cluster.body)?.objectId === caller.objectId;
    if (!isItself && own?.toLowerCase() === tableId?.toLowerCase()) tableWasChanged(world, cluster.id);
  }
}
