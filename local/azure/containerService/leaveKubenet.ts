import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { containerServiceType } from "./containerServiceType.ts";
import { joinMachine, leaveMachine, poolMachines } from "./nodePool.ts";
import { nodesChanged } from "./nodesChanged.ts";
import { endRouteController, hasRouteController } from "./routeController.ts";

/**
 * A kubenet cluster that has become an overlay cluster: all its nodes are made again at once, and its routes are taken
 * out of the table. Source: learn.microsoft.com/azure/aks/update-azure-cni (kubenet to overlay), checked 2026-11.
 */
export function leaveKubenet(world: AzureWorld, cluster: StoredResource): void {
  if (!hasRouteController(world, cluster.id)) return;
  const machines = world.store
    .children(cluster.id, containerServiceType.agentPool)
    .flatMap((pool) => poolMachines(world, pool).map((machine) => ({ pool, machine })));
  for (const { pool, machine } of machines) leaveMachine(world, pool, machine);
  nodesChanged(world, cluster.id);
  for (const { pool, machine } of machines) joinMachine(world, pool, machine);
  endRouteController(world, cluster.id);
  nodesChanged(world, cluster.id);
}
