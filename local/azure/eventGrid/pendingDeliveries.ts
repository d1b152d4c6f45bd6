import { coreOf } from "../core/coreOf.ts";
import type { AzureWorld } from "../core/resourceType.ts";
import type { GridEvent } from "./gridEvent.ts";

/** An event on its way to one subscription. */
export interface PendingDelivery {
  readonly key: string;
  /** Resource id of the event subscription, in lower case. */
  readonly subscriptionId: string;
  readonly event: GridEvent;
  readonly publishedAtEpochMs: number;
  /** When it is to be sent; undefined while it is being sent. */
  readonly dueEpochMs: number | undefined;
  /** Attempts so far. */
  readonly attempts: number;
  /** It has arrived, and is sent once more. */
  readonly isRepeated?: true;
  readonly lastAttempt?: { readonly outcome: string; readonly atEpochMs: number };
}

/** Due times are full multiples of this many milliseconds, so that what is due together leaves together. */
const TICK_MS = 250;

export const DELIVER_TASK = "eventGrid.deliver";

export function pendingTable(world: AzureWorld) {
  return coreOf(world).state.table<PendingDelivery>("eventGridDeliveries");
}

/** Writes down when an event is to be sent, and sees to it that somebody looks then. */
export function sendLater(
  world: AzureWorld,
  delivery: Omit<PendingDelivery, "dueEpochMs">,
  delaySeconds: number,
): void {
  const dueEpochMs = Math.ceil((world.clock.now() + delaySeconds * 1000) / TICK_MS) * TICK_MS;
  const isAwaited = deliveriesOf(world, delivery.subscriptionId).some((other) => other.dueEpochMs === dueEpochMs);
  pendingTable(world).set(delivery.key, { ...delivery, dueEpochMs });
  if (isAwaited) return;
  const delay = (dueEpochMs - world.clock.now()) / 1000;
  world.schedule(DELIVER_TASK, delay, { subscriptionId: delivery.subscriptionId });
}

/** All that is on its way to a subscription, oldest first. */
export function deliveriesOf(world: AzureWorld, subscriptionId: string): readonly PendingDelivery[] {
  const own = subscriptionId.toLowerCase();
  return [...pendingTable(world).values()].filter((delivery) => delivery.subscriptionId === own);
}

export function forgetDeliveries(world: AzureWorld, subscriptionId: string): void {
  for (const { key } of deliveriesOf(world, subscriptionId)) pendingTable(world).delete(key);
}
