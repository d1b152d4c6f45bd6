/**
 * Events that could not be delivered, as blobs.
 * Source: learn.microsoft.com/azure/event-grid/delivery-and-retry ("Dead-letter event") and manage-event-delivery (names of
 * the blobs: the subscription's in capitals, then year, month, day and hour without leading zeros), checked 2026-11.
 */
import { coreOf } from "../core/coreOf.ts";
import type { AzureWorld, JsonObject } from "../core/resourceType.ts";
import { writeBlob } from "../storage/blobs.ts";
import { deliverySettings } from "./deliverySettings.ts";
import { asCloudEvent, asGridSchema, eventTimeOf, type GridEvent } from "./gridEvent.ts";

export const DEAD_LETTER_TASK = "eventGrid.deadLetter";

export interface DeadLetter {
  readonly subscriptionId: string;
  readonly event: GridEvent;
  readonly reason: string;
  readonly attempts: number;
  readonly publishedAtEpochMs: number;
  /** Of the last attempt; an event that expired unsent has none. */
  readonly outcome?: string;
  readonly atEpochMs?: number;
}

/** Writes the event into the subscription's container. Without a container, or when it is gone, the event is dropped. */
export function writeDeadLetter(data: JsonObject, world: AzureWorld): undefined {
  const letter = data.letter as unknown as DeadLetter;
  const subscription = world.store.get(letter.subscriptionId);
  if (subscription === undefined) return;
  const { deadLetterContainer, schema, name } = deliverySettings(world, subscription);
  if (deadLetterContainer === undefined) return;
  const now = new Date(world.clock.now());
  const path = [now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate(), now.getUTCHours()].join("/");
  const content = schema === "EventGridSchema" ? gridLetter(letter) : cloudLetter(letter);
  const file = `${name.toUpperCase()}/${path}/${coreOf(world).eventRandom.guid()}.json`;
  writeBlob(world, deadLetterContainer, file, JSON.stringify([content]));
}

function gridLetter(letter: DeadLetter): JsonObject {
  return {
    ...asGridSchema(letter.event),
    deadLetterReason: letter.reason,
    deliveryAttempts: letter.attempts,
    lastDeliveryOutcome: letter.outcome ?? "",
    publishTime: eventTimeOf(letter.publishedAtEpochMs),
    ...(letter.atEpochMs === undefined ? {} : { lastDeliveryAttemptTime: eventTimeOf(letter.atEpochMs) }),
  };
}

/** The same, as extension attributes, whose names have lower-case letters only. */
function cloudLetter(letter: DeadLetter): JsonObject {
  return {
    ...asCloudEvent(letter.event),
    deadletterreason: letter.reason,
    deliveryattempts: letter.attempts,
    lastdeliveryoutcome: letter.outcome ?? "",
    publishtime: eventTimeOf(letter.publishedAtEpochMs),
    ...(letter.atEpochMs === undefined ? {} : { lastdeliveryattempttime: eventTimeOf(letter.atEpochMs) }),
  };
}
