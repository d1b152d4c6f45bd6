/**
 * The route controller of a kubenet cluster, as kubernetes-sigs/cloud-provider-azure has it (pkg/provider/azure_routes.go at
 * 7b31c76, 2026-08): it looks at nodes and table every 10 s, collects what is missing or too much, writes the whole table
 * at the next 30 s tick with If-Match, and then waits 30 s before it believes in it. While a batch is under way nobody looks.
 *
 * One thing differs from the real one: while nothing changes it does not look, because nothing would come of it. What
 * it would have read in that time is worked out when something does change (see `tableWasChanged`).
 */
import type { AzureWorld, JsonObject } from "../core/resourceType.ts";
import { cloudConfigOf, putCloudConfig } from "../kubernetes/cloudConfig.ts";
import { recordEvent } from "../kubernetes/clusterEvents.ts";
import { nodeAddress } from "../kubernetes/clusterNodes.ts";
import { ClusterObjects } from "../kubernetes/clusterObjects.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { networkStates, setNetworkState } from "../kubernetes/nodeNetwork.ts";
import { reconcileCluster } from "../kubernetes/reconcileCluster.ts";
import { DEFAULT_POD_CIDR, podNetworkOfCluster } from "./podNetwork.ts";
import {
  type CachedTable,
  putRouteControllerState,
  type RouteControllerState,
  removeRouteControllerState,
  routeControllerState,
} from "./routeControllerState.ts";
import { applyOperations, isCarriedOut, planRoutes, type RoutedNode } from "./routeOperations.ts";
import { readTable, refusalOf, routesOf, withRoutes, writeTable } from "./routeTableAccess.ts";

/**
 * Times of cloud-provider-azure and the upstream route controller. Sources: in that repository
 * vendor/k8s.io/cloud-provider/config/v1alpha1/defaults.go (10 s), pkg/consts/consts.go and pkg/provider/azure.go (30 s each),
 * pkg/provider/routetable/cache.go (120 s).
 */
const RESYNC_MS = 10_000;
const BATCH_MS = 30_000;
const WAIT_AFTER_WRITE_SECONDS = 30;
const CACHE_MS = 120_000;
/** Seconds between looks at a write that is under way. */
const POLL_SECONDS = 1;

/** Makes the controller look at its next turn; starts it for a kubenet cluster that has none yet. */
export function wakeRouteController(world: AzureWorld, clusterId: string): void {
  const cluster = new ClusterObjects(world, clusterId);
  const state = routeControllerState(cluster) ?? newController(cluster);
  if (state === undefined || state.phase !== "waiting") return;
  lookAt(cluster, state, nextResync(state, world.clock.now()));
}

/** The cluster leaves kubenet: its routes are taken out of the table, and the controller ends. */
export function endRouteController(world: AzureWorld, clusterId: string): void {
  const cluster = new ClusterObjects(world, clusterId);
  const state = routeControllerState(cluster);
  if (state === undefined) return;
  putRouteControllerState(cluster, { ...state, isEnding: true });
  putCloudConfig(cluster, undefined);
  wakeRouteController(world, clusterId);
}

/** Whether the nodes of the cluster still have routes of their own, whatever the cluster's body says by now. */
export function hasRouteController(world: AzureWorld, clusterId: string): boolean {
  const state = routeControllerState(new ClusterObjects(world, clusterId));
  return state !== undefined && !state.isEnding;
}

/**
 * Somebody else has written the table. The controller goes on with what it has read until that is 120 s old, and it
 * would have read it again every 120 s: the last of these reads was before the change.
 */
export function tableWasChanged(world: AzureWorld, clusterId: string): void {
  const cluster = new ClusterObjects(world, clusterId);
  const state = routeControllerState(cluster);
  if (state === undefined) return;
  const { cache } = state;
  if (cache === undefined) {
    wakeRouteController(world, clusterId);
    return;
  }
  const isFirst = !state.cacheIsStale;
  const read = isFirst ? { ...cache, fetchedEpochMs: lastRead(cache, world.clock.now()) } : cache;
  const stale: RouteControllerState = { ...state, cache: read, cacheIsStale: true };
  putRouteControllerState(cluster, stale);
  if (stale.phase === "waiting") lookAt(cluster, stale, nextResync(stale, read.fetchedEpochMs + CACHE_MS));
}

/** Task: one look at nodes and routes. */
export function resyncRoutes(data: JsonObject, world: AzureWorld): undefined {
  const cluster = clusterOf(data, world);
  const state = routeControllerState(cluster);
  if (state?.phase !== "waiting" || state.resyncDueEpochMs !== numberField(data, "dueEpochMs")) return;
  const { resyncDueEpochMs: _, ...rest } = state;
  const looked = withFreshCache(cluster, { ...rest, lastResyncEpochMs: world.clock.now() });
  if (looked.cache === undefined) return lookAt(cluster, looked, looked.lastResyncEpochMs + RESYNC_MS);
  const plan = planRoutes(looked.isEnding ? [] : routedNodes(cluster), routesOf(looked.cache.body), looked.podCidr);
  markRouted(cluster, plan.routed);
  if (plan.operations.length > 0) {
    putRouteControllerState(cluster, { ...looked, phase: "queued", operations: plan.operations });
    schedule(cluster, "aks.routeBatch", nextTick(looked, world.clock.now()));
  } else if (looked.isEnding && !looked.cacheIsStale) removeRouteControllerState(cluster);
  else if (looked.cacheIsStale) lookAt(cluster, looked, nextResync(looked, looked.cache.fetchedEpochMs + CACHE_MS));
  else putRouteControllerState(cluster, looked);
}

/** Task: the tick at which everything queued goes into the table at once. */
export function writeRouteBatch(data: JsonObject, world: AzureWorld): undefined {
  const cluster = clusterOf(data, world);
  const queued = routeControllerState(cluster);
  if (queued?.phase !== "queued") return;
  const state = withFreshCache(cluster, queued);
  if (state.cache === undefined) return endBatch(cluster, state, "the route table could not be read");
  const { body } = state.cache;
  const { routes, isDirty } = applyOperations(routesOf(body), state.operations);
  if (!isDirty) return endBatch(cluster, state, undefined);
  const fault = world.takeFault("aks.routeTableWrite", state.tableId);
  // The known fault: the PUT's error is lost, the cache has the routes, and the caller is told that all is well.
  if (fault !== undefined) {
    const believed = { ...state.cache, body: withRoutes(body, routes) };
    return endBatch(cluster, { ...state, cache: believed, cacheIsStale: true }, undefined);
  }
  const answer = writeTable(world, cluster.clusterId, body, routes);
  if (answer.status !== 200 && answer.status !== 201)
    return endBatch(cluster, { ...state, cacheIsStale: true }, refusalOf(answer));
  putRouteControllerState(cluster, { ...state, phase: "writing" });
  schedule(cluster, "aks.routeWritten", world.clock.now() + POLL_SECONDS * 1000);
}

/** Task: looks whether the write has ended, and how. */
export function pollRouteWrite(data: JsonObject, world: AzureWorld): undefined {
  const cluster = clusterOf(data, world);
  const state = routeControllerState(cluster);
  if (state?.phase !== "writing") return;
  const table = readTable(world, cluster.clusterId, state.tableId);
  const ended = textField(table.body, "properties", "provisioningState");
  if (ended === "Updating") {
    schedule(cluster, "aks.routeWritten", world.clock.now() + POLL_SECONDS * 1000);
    return;
  }
  if (ended !== "Succeeded" || !isCarriedOut(routesOf(table.body ?? {}), state.operations)) {
    const why = table.status === 200 ? `the write of the route table ended as ${ended}` : refusalOf(table);
    return endBatch(cluster, { ...state, cacheIsStale: true }, why);
  }
  const { cache: _, ...written } = state;
  putRouteControllerState(cluster, { ...written, phase: "settling", cacheIsStale: false });
  schedule(cluster, "aks.routesSettled", world.clock.now() + WAIT_AFTER_WRITE_SECONDS * 1000);
}

/** Task: the routes are taken to be in effect. */
export function routesSettled(data: JsonObject, world: AzureWorld): undefined {
  const cluster = clusterOf(data, world);
  const state = routeControllerState(cluster);
  if (state?.phase === "settling") endBatch(cluster, state, undefined);
}

/** Tells every node that waited for the batch how it ended, and looks again as soon as a look is due. */
function endBatch(cluster: ClusterObjects, state: RouteControllerState, error: string | undefined): undefined {
  const added = state.operations.flatMap((operation) => (operation.kind === "add" ? [operation.name] : []));
  if (error === undefined) markRouted(cluster, added);
  else for (const name of added) markFailed(cluster, name, error);
  const next = Math.max(cluster.world.clock.now(), state.lastResyncEpochMs + RESYNC_MS);
  lookAt(cluster, { ...state, phase: "waiting", operations: [] }, next);
}

function markRouted(cluster: ClusterObjects, names: readonly string[]): void {
  const changed = names.filter((name) => setNetworkState(cluster, name, networkStates.routeCreated));
  if (changed.length > 0) reconcileCluster(cluster);
}

function markFailed(cluster: ClusterObjects, name: string, error: string): void {
  const node = cluster.get("Node", "", name);
  if (node === undefined) return;
  const message = `Could not create route ${name} ${textField(node, "spec", "podCIDR")} for node ${name}: ${error}`;
  recordEvent(cluster, node, {
    type: "Warning",
    reason: "FailedToCreateRoute",
    message,
    component: "route_controller",
  });
  setNetworkState(cluster, name, networkStates.routeFailed);
}

/** With what was read less than 120 s ago, or else what is read now; without a cache when the table cannot be read. */
function withFreshCache(cluster: ClusterObjects, state: RouteControllerState): RouteControllerState {
  const { world } = cluster;
  const now = world.clock.now();
  const { cache, ...rest } = state;
  if (cache !== undefined && now - cache.fetchedEpochMs < CACHE_MS) return state;
  const answer = readTable(world, cluster.clusterId, state.tableId);
  if (answer.status !== 200 || answer.body === undefined) return rest;
  // As long as nobody wrote it, the table was the same at the read that the real controller would have made last.
  const fetchedEpochMs = cache === undefined || state.cacheIsStale ? now : lastRead(cache, now);
  return { ...rest, cache: { fetchedEpochMs, body: answer.body }, cacheIsStale: false };
}

function lastRead(cache: CachedTable, now: number): number {
  return cache.fetchedEpochMs + Math.floor((now - cache.fetchedEpochMs) / CACHE_MS) * CACHE_MS;
}

function routedNodes(cluster: ClusterObjects): RoutedNode[] {
  return cluster.list("Node").flatMap((node) => {
    const podCidr = textField(node, "spec", "podCIDR");
    return podCidr === undefined ? [] : [{ name: node.metadata.name, podCidr, address: nodeAddress(node) }];
  });
}

function newController(cluster: ClusterObjects): RouteControllerState | undefined {
  const tableId = cloudConfigOf(cluster)?.routeTableId;
  if (tableId === undefined || podNetworkOfCluster(cluster.cluster?.body) !== "kubenet") return undefined;
  const now = cluster.world.clock.now();
  return {
    startedEpochMs: now,
    tableId,
    podCidr:
      textField(objectField(cluster.cluster?.body, "properties", "networkProfile"), "podCidr") ?? DEFAULT_POD_CIDR,
    phase: "waiting",
    isEnding: false,
    lastResyncEpochMs: now - RESYNC_MS,
    cacheIsStale: false,
    operations: [],
  };
}

/** Looks go on every 10 s from the last one. */
function nextResync(state: RouteControllerState, earliestEpochMs: number): number {
  const turns = Math.ceil((earliestEpochMs - state.lastResyncEpochMs) / RESYNC_MS);
  return state.lastResyncEpochMs + Math.max(1, turns) * RESYNC_MS;
}

/** Batches go every 30 s from the start; a tick that falls into a running batch is lost. */
function nextTick(state: RouteControllerState, now: number): number {
  return state.startedEpochMs + Math.ceil((now - state.startedEpochMs) / BATCH_MS) * BATCH_MS;
}

/** Keeps the state and has the next look made then, unless an earlier one is due. */
function lookAt(cluster: ClusterObjects, state: RouteControllerState, dueEpochMs: number): undefined {
  const due = state.resyncDueEpochMs;
  const isDueBefore = due !== undefined && due <= dueEpochMs;
  putRouteControllerState(cluster, isDueBefore ? state : { ...state, resyncDueEpochMs: dueEpochMs });
  if (isDueBefore) return;
  schedule(cluster, "aks.routeResync", dueEpochMs, { dueEpochMs });
}

function schedule(cluster: ClusterObjects, task: string, atEpochMs: number, more: JsonObject = {}): void {
  const { world, clusterId } = cluster;
  world.schedule(task, (atEpochMs - world.clock.now()) / 1000, { clusterId, ...more });
}

function clusterOf(data: JsonObject, world: AzureWorld): ClusterObjects {
  return new ClusterObjects(world, textField(data, "clusterId") ?? "");
}
