/**
 * What a managed cluster tells Event Grid besides the writes of its resources: that the nodes of a pool begin to be made
 * new, and how that ended. Scaling is told by nobody. Source: learn.microsoft.com/azure/event-grid/event-schema-aks, checked
 * 2026-11.
 */
import type { AzureWorld } from "../core/resourceType.ts";

export interface ManagedClusterEvent {
  readonly eventType:
    | "Microsoft.ContainerService.NodePoolRollingStarted"
    | "Microsoft.ContainerService.NodePoolRollingSucceeded"
    | "Microsoft.ContainerService.NodePoolRollingFailed";
  readonly clusterId: string;
  readonly data: { readonly nodePoolName: string };
}

type Listener = (event: ManagedClusterEvent, world: AzureWorld) => void;

const listeners = new Set<Listener>();

/** Adds a listener; it hears of every local Azure of this process. Returns the function that takes it away again. */
export function onManagedClusterEvent(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Tells all listeners. */
export function announceManagedClusterEvent(world: AzureWorld, event: ManagedClusterEvent): void {
  for (const listener of listeners) listener(event, world);
}
