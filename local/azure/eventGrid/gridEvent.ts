import type { JsonObject } from "../core/resourceType.ts";

/** An event as its source publishes it; both delivery schemas are made of it. */
export interface GridEvent {
  readonly id: string;
  /** The source: a subscription, a resource group or a cluster. */
  readonly topic: string;
  readonly subject: string;
  readonly eventType: string;
  /** ISO 8601 with seven decimals, as Azure writes it. */
  readonly eventTime: string;
  readonly dataVersion: string;
  readonly metadataVersion: string;
  readonly data: JsonObject;
}

export function eventTimeOf(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "0000Z");
}

/** The event in the Event Grid schema. */
export function asGridSchema(event: GridEvent): JsonObject {
  return { ...event };
}

/** The event as a CloudEvent 1.0. Source: learn.microsoft.com/azure/event-grid/cloud-event-schema, checked 2026-11. */
export function asCloudEvent({ id, topic, subject, eventType, eventTime, data }: GridEvent): JsonObject {
  return { specversion: "1.0", id, source: topic, type: eventType, subject, time: eventTime, data };
}
