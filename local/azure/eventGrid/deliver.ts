import { coreOf } from "../core/coreOf.ts";
import type { OutboundAnswer } from "../core/outboundRequest.ts";
import type { AzureWorld, JsonObject } from "../core/resourceType.ts";
import { textsField } from "../kubernetes/jsonFields.ts";
import { DEAD_LETTER_TASK, type DeadLetter } from "./deadLetter.ts";
import { afterAttempt, hasExpired, outcomeOf } from "./deliveryOutcome.ts";
import { deliveryRequest } from "./deliveryRequest.ts";
import { type DeliverySettings, deliverySettings } from "./deliverySettings.ts";
import { deliveriesOf, type PendingDelivery, pendingTable, sendLater } from "./pendingDeliveries.ts";
import { noteAttempt, pauseSeconds } from "./subscriptionHealth.ts";

export const DELIVERED_TASK = "eventGrid.delivered";

/** Azure seconds after which a lost request counts as not answered. */
const LOST_SECONDS = 30;

/** Azure seconds within which an event that was delivered may come again. Source: learn.microsoft.com/azure/event-grid/delivery-and-retry ("within 3 minutes … duplicates may still be received"). */
const DUPLICATE_SECONDS = 180;

/** Sends what is due for one subscription, in batches. */
export function deliverDue(data: JsonObject, world: AzureWorld): undefined {
  const subscription = world.store.get(String(data.subscriptionId));
  if (subscription === undefined) return;
  const now = world.clock.now();
  const due = deliveriesOf(world, subscription.id).filter(
    ({ dueEpochMs }) => dueEpochMs !== undefined && dueEpochMs <= now,
  );
  const settings = deliverySettings(world, subscription);
  const isExpired = (delivery: PendingDelivery): boolean =>
    hasExpired(delivery.publishedAtEpochMs, settings.timeToLiveMinutes, now);
  for (const delivery of due.filter(isExpired)) giveUp(world, delivery, "TimeToLiveExceeded", 0);
  const living = due.filter((delivery) => !isExpired(delivery));
  const pause = pauseSeconds(world, subscription.id);
  if (pause > 0) for (const delivery of living) sendLater(world, delivery, pause);
  else for (const batch of batchesOf(living, settings)) send(world, settings, batch);
}

function batchesOf(due: readonly PendingDelivery[], settings: DeliverySettings): readonly PendingDelivery[][] {
  const batches: PendingDelivery[][] = [];
  let bytes = 0;
  for (const delivery of due) {
    const size = JSON.stringify(delivery.event).length;
    const last = batches.at(-1);
    if (
      last !== undefined &&
      last.length < settings.maxEventsPerBatch &&
      bytes + size <= settings.preferredBatchBytes
    ) {
      last.push(delivery);
      bytes += size;
    } else {
      batches.push([delivery]);
      bytes = size;
    }
  }
  return batches;
}

function send(world: AzureWorld, settings: DeliverySettings, batch: readonly PendingDelivery[]): void {
  for (const delivery of batch) pendingTable(world).set(delivery.key, { ...delivery, dueEpochMs: undefined });
  const data = { keys: batch.map(({ key }) => key) };
  const { outbox, faults } = coreOf(world);
  if (faults.takeEvent("eventLost")) {
    world.schedule(DELIVERED_TASK, LOST_SECONDS, { ...data, answer: { kind: "timedOut" } });
  } else if (settings.url === undefined) {
    world.schedule(DELIVERED_TASK, 0, { ...data, answer: { kind: "unresolved" } });
  } else {
    outbox.add(deliveryRequest(settings, settings.url, batch), DELIVERED_TASK, data);
  }
}

/** Decides what becomes of each event of a batch, now that its answer is there. */
export function delivered(data: JsonObject, world: AzureWorld): undefined {
  const answer = data.answer as unknown as OutboundAnswer;
  const batch = textsField(data, "keys").flatMap((key) => pendingTable(world).get(key) ?? []);
  const [first] = batch;
  const subscription = first === undefined ? undefined : world.store.get(first.subscriptionId);
  if (subscription === undefined) return;
  const settings = deliverySettings(world, subscription);
  for (const [index, delivery] of batch.entries()) {
    const hasFailed = settle(world, settings, delivery, answer);
    if (index === 0) noteAttempt(world, subscription.id, hasFailed);
  }
}

/** Returns whether the attempt failed. */
function settle(
  world: AzureWorld,
  settings: DeliverySettings,
  before: PendingDelivery,
  answer: OutboundAnswer,
): boolean {
  const { eventRandom, faults } = coreOf(world);
  const attempts = before.attempts + 1;
  const delivery = { ...before, attempts, lastAttempt: { outcome: outcomeOf(answer), atEpochMs: world.clock.now() } };
  const { destination, maxAttempts } = settings;
  const next = afterAttempt({ answer, attempts, maxAttempts, destination, random: eventRandom.next() });
  switch (next.kind) {
    case "delivered":
      if (before.isRepeated !== true && faults.takeEvent("eventDuplicated")) {
        sendLater(world, { ...delivery, isRepeated: true }, eventRandom.next() * DUPLICATE_SECONDS);
      } else pendingTable(world).delete(delivery.key);
      return false;
    case "retry":
      sendLater(world, delivery, next.delaySeconds);
      return true;
    case "undeliverable":
      giveUp(world, delivery, next.reason, next.delaySeconds);
      return true;
  }
}

function giveUp(world: AzureWorld, delivery: PendingDelivery, reason: string, delaySeconds: number): void {
  pendingTable(world).delete(delivery.key);
  const { subscriptionId, event, attempts, publishedAtEpochMs, lastAttempt } = delivery;
  const letter: DeadLetter = { subscriptionId, event, reason, attempts, publishedAtEpochMs, ...lastAttempt };
  world.schedule(DEAD_LETTER_TASK, delaySeconds, { letter: JSON.parse(JSON.stringify(letter)) as JsonObject });
}
