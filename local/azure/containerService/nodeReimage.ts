import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { textField } from "../kubernetes/jsonFields.ts";
import { containerServiceType } from "./containerServiceType.ts";
import { durations } from "./durations.ts";
import { computerNameOf, joinMachine, leaveMachine, moveMachine, poolMachines } from "./nodePool.ts";
import { nodesChanged } from "./nodesChanged.ts";

/**
 * Task `aks.reimageNode` {clusterId, node}: AKS repairs a node by making it again, on another host. It keeps its name and
 * gets other addresses. Source: learn.microsoft.com/azure/aks/node-auto-repair, checked 2026-11; what becomes of its name and
 * addresses is not documented.
 */
export function reimageNode(data: JsonObject, world: AzureWorld): undefined {
  const found = machineOf(data, world);
  leaveMachine(world, found.pool, found.machine);
  nodesChanged(world, textField(data, "clusterId") ?? "");
  world.schedule("aks.nodeReimaged", durations.nodeReimage, { ...data, machineId: found.machine.id });
}

/** Task: the node is there again. */
export function nodeReimaged(data: JsonObject, world: AzureWorld): undefined {
  const machineId = textField(data, "machineId") ?? "";
  const clusterId = textField(data, "clusterId") ?? "";
  const machine = world.store.get(machineId);
  const pool = machine === undefined ? undefined : poolHolding(world, clusterId, machine.id);
  // The pool was scaled in or deleted meanwhile.
  if (machine === undefined || pool === undefined) return;
  moveMachine(world, pool, machine);
  joinMachine(world, pool, world.store.get(machineId) ?? machine);
  nodesChanged(world, clusterId);
}

function machineOf(data: JsonObject, world: AzureWorld) {
  const clusterId = textField(data, "clusterId") ?? "";
  for (const pool of world.store.children(clusterId, containerServiceType.agentPool)) {
    const machine = poolMachines(world, pool).find((candidate) => computerNameOf(candidate) === data.node);
    if (machine !== undefined) return { pool, machine };
  }
  throw new Error(`Managed cluster ${parseResourceId(clusterId)?.name} has no node ${data.node} to make again.`);
}

function poolHolding(world: AzureWorld, clusterId: string, machineId: string): StoredResource | undefined {
  return world.store
    .children(clusterId, containerServiceType.agentPool)
    .find((pool) => poolMachines(world, pool).some((machine) => machine.id === machineId));
}
