/**
 * The cluster autoscaler: it adds nodes to a pool between its bounds when pods find no place, by the scale set and not by
 * the agent pool's own write. It takes no nodes away by itself here; `aks.autoscale` does.
 * Source: learn.microsoft.com/azure/aks/cluster-autoscaler-overview (scan-interval 10 s), checked 2026-11. That it is the scale
 * set's write is not documented; it follows from the permissions in learn.microsoft.com/azure/aks/aks-service-permissions.
 */
import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { fitsSelector } from "../kubernetes/clusterNodes.ts";
import { ClusterObjects, type KubernetesObject } from "../kubernetes/clusterObjects.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { hasNetwork } from "../kubernetes/nodeNetwork.ts";
import { containerServiceType } from "./containerServiceType.ts";
import { durations } from "./durations.ts";
import { poolMachines, resizePool } from "./nodePool.ts";
import { nodesChanged } from "./nodesChanged.ts";

const SCAN_SECONDS = 10;
const KIND = "LocalAutoscaler";

/** Task `aks.autoscaleForPods` {clusterId}: one scan, after pods were found without a place. */
export function autoscaleForPods(data: JsonObject, world: AzureWorld): undefined {
  const cluster = new ClusterObjects(world, textField(data, "clusterId") ?? "");
  if (cluster.cluster === undefined) return;
  const waiting = cluster.list("Pod").filter((pod) => textField(pod, "spec", "nodeName") === undefined);
  for (const pool of world.store.children(cluster.clusterId, containerServiceType.agentPool)) {
    const properties = objectField(pool.body, "properties");
    const nodes = poolMachines(world, pool).length;
    if (properties.enableAutoScaling !== true || nodes >= (numberField(properties, "maxCount") ?? 0)) continue;
    const fitting = waiting.filter((pod) => fitsSelector(sampleNode(pool), pod));
    if (fitting.length === 0) continue;
    // What is on its way is waited for; its arrival is the next occasion to look.
    const missing =
      Math.ceil(fitting.length / (numberField(properties, "maxPods") ?? 1)) - unroutedNodes(cluster, pool);
    const isScaling = cluster.note(KIND, "", pool.name) !== undefined;
    if (missing > 0 && !isScaling) scaleTo(cluster, pool, nodes + missing);
    return;
  }
}

/** Task `aks.autoscale` {poolId, count}: the autoscaler brings a pool to a count within its bounds. */
export function autoscale(data: JsonObject, world: AzureWorld): undefined {
  const pool = world.store.get(textField(data, "poolId") ?? "");
  if (pool === undefined) throw new Error(`There is no agent pool ${data.poolId} to scale.`);
  if (objectField(pool.body, "properties").enableAutoScaling !== true)
    throw new Error(
      `Agent pool ${pool.name} has no autoscaler: send enableAutoScaling with minCount and maxCount first.`,
    );
  scaleTo(new ClusterObjects(world, parseResourceId(pool.id)?.parentId ?? ""), pool, numberField(data, "count") ?? 0);
}

function scaleTo(cluster: ClusterObjects, pool: StoredResource, wanted: number): void {
  const low = numberField(pool.body, "properties", "minCount") ?? 0;
  const high = numberField(pool.body, "properties", "maxCount") ?? 0;
  const count = Math.min(high, Math.max(low, wanted));
  if (count === poolMachines(cluster.world, pool).length) return;
  const scalingId = cluster.world.newGuid();
  cluster.putNote(KIND, "", pool.name, { count, scalingId });
  cluster.world.schedule("aks.autoscaled", durations.agentPoolScale, { poolId: pool.id, scalingId });
}

/** Task: the nodes have come, or go. */
export function autoscaled(data: JsonObject, world: AzureWorld): undefined {
  const pool = world.store.get(textField(data, "poolId") ?? "");
  if (pool === undefined) return;
  const cluster = new ClusterObjects(world, parseResourceId(pool.id)?.parentId ?? "");
  const note = cluster.note(KIND, "", pool.name);
  if (note === undefined || note.scalingId !== data.scalingId) return;
  // Somebody writes the pool: its own operation comes first.
  if (textField(pool.body, "properties", "provisioningState") !== "Succeeded") {
    world.schedule("aks.autoscaled", SCAN_SECONDS, data);
    return;
  }
  cluster.removeNote(KIND, "", pool.name);
  const count = numberField(note, "count") ?? 0;
  const body = { ...pool.body, properties: { ...objectField(pool.body, "properties"), count } };
  resizePool(world, world.store.put({ ...pool, body }));
  nodesChanged(world, cluster.clusterId);
}

/** Nodes that will take pods as soon as they have their route. */
function unroutedNodes(cluster: ClusterObjects, pool: StoredResource): number {
  return cluster
    .list("Node")
    .filter((node) => textField(node, "metadata", "labels", "agentpool") === pool.name && !hasNetwork(node)).length;
}

/** What a new node of the pool would look like to the scheduler. */
function sampleNode(pool: StoredResource): KubernetesObject {
  const properties = objectField(pool.body, "properties");
  const mode = String(properties.mode ?? "User").toLowerCase();
  const labels = {
    agentpool: pool.name,
    "kubernetes.azure.com/agentpool": pool.name,
    "kubernetes.azure.com/mode": mode,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    ...objectField(properties, "nodeLabels"),
  };
  return { kind: "Node", metadata: { name: pool.name, labels } };
}
