/**
 * What a managed cluster tells Event Grid besides the writes of its resources: that the nodes of a pool begin to be made
 * new, and how that ended. Scaling is told by nobody. Source: facts/azure.md §4.1.
 */
import type { AzureWorld } from "../core/resourceType.ts";

export interface ClusterEvent {
  readonly eventType:
    | "Microsoft.ContainerService.NodePoolRollingStarted"
    | "Microsoft.ContainerService.NodePoolRollingSucceeded"
    | "Microsoft.ContainerService.NodePoolRollingFailed";
  readonly clusterId: string;
  readonly data: { readonly nodePoolName: string };
}

type ClusterEventListener = (event: ClusterEvent, world: AzureWorld) => void;

const listeners = new Set<ClusterEventListener>();

/** Adds a listener; it hears of every local Azure of this process. Returns the function that takes it away again. */
export function onClusterEvent(listener: ClusterEventListener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Tells all listeners. */
export function announceClusterEvent(world: AzureWorld, event: ClusterEvent): void {
  for (const listener of listeners) listener(event, world);
}
