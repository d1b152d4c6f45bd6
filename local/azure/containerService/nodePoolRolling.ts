/**
 * Making the nodes of a pool new, as an upgrade does: surge nodes join, then the old nodes are drained, made again and
 * joined under their names, as many at a time as there are surge nodes; at last the surge nodes go.
 * Source: learn.microsoft.com/azure/aks/upgrade-aks-cluster (node surge), node-image-upgrade, checked 2026-11.
 */
import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { ClusterObjects } from "../kubernetes/clusterObjects.ts";
import { numberField, objectField, textField, textsField } from "../kubernetes/jsonFields.ts";
import { removeWithDependents } from "../kubernetes/kubectlDelete.ts";
import { surgeCount } from "./agentPoolBody.ts";
import { durations } from "./durations.ts";
import { announceManagedClusterEvent, type ManagedClusterEvent } from "./managedClusterEvent.ts";
import { computerNameOf, joinMachine, leaveMachine, poolMachines, resizePool } from "./nodePool.ts";
import { nodesChanged } from "./nodesChanged.ts";

const KIND = "LocalRolling";

/** What the nodes are made of from now on. */
export interface RollingTarget {
  readonly orchestratorVersion?: string;
  readonly nodeImageVersion?: string;
}

/** Seconds that an operation takes which makes a pool's nodes new. */
export function upgradeSeconds(world: AzureWorld, pool: StoredResource, properties: JsonObject): number {
  const batches = Math.ceil(poolMachines(world, pool).length / surgeCount(properties));
  return durations.surgeJoin + batches * (durations.nodeDrain + durations.nodeReimage) + durations.upgradeEnd;
}

/** Starts to make the pool's nodes new. */
export function startRolling(
  world: AzureWorld,
  pool: StoredResource,
  properties: JsonObject,
  target: RollingTarget,
): void {
  const rollingId = world.newGuid();
  const machines = poolMachines(world, pool).map((machine) => machine.id);
  clusterOf(world, pool.id).putNote(KIND, "", pool.name, {
    rollingId,
    target: { ...target },
    machines,
    surge: surgeCount(properties),
    drained: [],
  });
  tell(world, pool.id, "Microsoft.ContainerService.NodePoolRollingStarted");
  world.schedule("aks.rollJoinSurge", durations.surgeJoin, { poolId: pool.id, rollingId });
}

/** Task: the surge nodes have started. */
export function joinSurge(data: JsonObject, world: AzureWorld): undefined {
  const rolling = rollingOf(data, world);
  if (rolling === undefined) return;
  const { pool, note } = rolling;
  setRolled(world, pool, objectField(note, "target"));
  resizePool(world, world.store.get(pool.id) ?? pool, textsField(note, "machines").length + surgeOf(note));
  nodesChanged(world, rolling.cluster.clusterId);
  drainNext(rolling, data);
}

/** Task: the drained nodes leave the cluster to be made again. */
export function leaveForReimage(data: JsonObject, world: AzureWorld): undefined {
  const rolling = rollingOf(data, world);
  if (rolling === undefined) return;
  for (const machine of machinesNamed(rolling, "drained")) leaveMachine(world, rolling.pool, machine);
  nodesChanged(world, rolling.cluster.clusterId);
  world.schedule("aks.rollRejoin", durations.nodeReimage, data);
}

/** Task: the nodes join again; the next ones are drained, or the surge nodes go. */
export function rejoinReimaged(data: JsonObject, world: AzureWorld): undefined {
  const rolling = rollingOf(data, world);
  if (rolling === undefined) return;
  for (const machine of machinesNamed(rolling, "drained")) joinMachine(world, rolling.pool, machine);
  nodesChanged(world, rolling.cluster.clusterId);
  drainNext(rolling, data);
}

/** Ends a rolling whose operation has failed; the nodes stay as they are. */
export function failRolling(world: AzureWorld, pool: StoredResource): void {
  const cluster = clusterOf(world, pool.id);
  if (cluster.note(KIND, "", pool.name) === undefined) return;
  cluster.removeNote(KIND, "", pool.name);
  tell(world, pool.id, "Microsoft.ContainerService.NodePoolRollingFailed");
}

interface Rolling {
  readonly world: AzureWorld;
  readonly cluster: ClusterObjects;
  readonly pool: StoredResource;
  readonly note: JsonObject;
}

function drainNext(rolling: Rolling, data: JsonObject): void {
  const { world, cluster, pool, note } = rolling;
  const left = textsField(note, "machines");
  const done = new Set([...textsField(note, "done"), ...textsField(note, "drained")]);
  const next = left.filter((id) => !done.has(id)).slice(0, surgeOf(note));
  if (next.length === 0) {
    finish(rolling);
    return;
  }
  cluster.putNote(KIND, "", pool.name, { ...note, done: [...done], drained: next });
  for (const id of next) drain(cluster, world.store.get(id));
  nodesChanged(world, cluster.clusterId);
  world.schedule("aks.rollLeave", durations.nodeDrain, data);
}

/** Cordons a node and evicts its pods, which their owners make again elsewhere. */
function drain(cluster: ClusterObjects, machine: StoredResource | undefined): void {
  const node = machine === undefined ? undefined : cluster.get("Node", "", computerNameOf(machine));
  if (node === undefined) return;
  cluster.put({ ...node, spec: { ...objectField(node, "spec"), unschedulable: true } });
  for (const pod of cluster.list("Pod")) {
    if (textField(pod, "spec", "nodeName") === node.metadata.name) removeWithDependents(cluster, pod);
  }
}

function finish({ world, cluster, pool }: Rolling): void {
  cluster.removeNote(KIND, "", pool.name);
  resizePool(world, pool);
  nodesChanged(world, cluster.clusterId);
  tell(world, pool.id, "Microsoft.ContainerService.NodePoolRollingSucceeded");
}

function rollingOf(data: JsonObject, world: AzureWorld): Rolling | undefined {
  const pool = world.store.get(textField(data, "poolId") ?? "");
  if (pool === undefined) return undefined;
  const cluster = clusterOf(world, pool.id);
  const note = cluster.note(KIND, "", pool.name);
  return note === undefined || note.rollingId !== data.rollingId ? undefined : { world, cluster, pool, note };
}

function machinesNamed({ world, note }: Rolling, field: string): StoredResource[] {
  return textsField(note, field).flatMap((id) => world.store.get(id) ?? []);
}

/** From now on nodes of the pool are made of the new version and image. */
function setRolled(world: AzureWorld, pool: StoredResource, target: JsonObject): void {
  const { orchestratorVersion, nodeImageVersion } = target;
  const properties = {
    ...objectField(pool.body, "properties"),
    ...(orchestratorVersion === undefined
      ? {}
      : { orchestratorVersion, currentOrchestratorVersion: orchestratorVersion }),
    ...(nodeImageVersion === undefined ? {} : { nodeImageVersion }),
  };
  world.store.put({ ...pool, body: { ...pool.body, properties } });
}

function surgeOf(note: JsonObject): number {
  return numberField(note, "surge") ?? 1;
}

function tell(world: AzureWorld, poolId: string, eventType: ManagedClusterEvent["eventType"]): void {
  const id = parseResourceId(poolId);
  announceManagedClusterEvent(world, {
    eventType,
    clusterId: id?.parentId ?? "",
    data: { nodePoolName: id?.name ?? "" },
  });
}

function clusterOf(world: AzureWorld, poolId: string): ClusterObjects {
  return new ClusterObjects(world, parseResourceId(poolId)?.parentId ?? "");
}
