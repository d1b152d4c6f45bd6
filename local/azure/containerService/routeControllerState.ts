import type { JsonObject } from "../core/resourceType.ts";
import type { ClusterObjects } from "../kubernetes/clusterObjects.ts";
import type { RouteOperation } from "./routeOperations.ts";

/** A table as it was read, and when. */
export interface CachedTable {
  readonly fetchedEpochMs: number;
  readonly body: JsonObject;
}

/** What the route controller of a cluster remembers between two tasks. */
export interface RouteControllerState {
  readonly startedEpochMs: number;
  readonly tableId: string;
  readonly podCidr: string;
  /** "waiting": between two looks. "queued": operations wait for the next batch. "writing": a PUT runs. "settling": after one. */
  readonly phase: "waiting" | "queued" | "writing" | "settling";
  /** The cluster has left kubenet: its routes go, and then the controller. */
  readonly isEnding: boolean;
  readonly lastResyncEpochMs: number;
  /** When the next look is due; none is when nothing is to be done. */
  readonly resyncDueEpochMs?: number;
  readonly cache?: CachedTable;
  /** The cache is known to differ from the table: somebody else wrote it, or a write of one's own failed. */
  readonly cacheIsStale: boolean;
  readonly operations: readonly RouteOperation[];
}

const KIND = "LocalRouteController";

export function routeControllerState(cluster: ClusterObjects): RouteControllerState | undefined {
  const note = cluster.note(KIND, "", "state");
  return note === undefined ? undefined : (note as unknown as RouteControllerState);
}

export function putRouteControllerState(cluster: ClusterObjects, state: RouteControllerState): void {
  cluster.putNote(KIND, "", "state", state as unknown as JsonObject);
}

export function removeRouteControllerState(cluster: ClusterObjects): void {
  cluster.removeNote(KIND, "", "state");
}
