import { coreOf } from "../core/coreOf.ts";
import type { AzureWorld, JsonObject } from "../core/resourceType.ts";

/** Events kept of a topic, for whoever wants to see what was published; the oldest are forgotten first. */
const MOST_KEPT = 1_000;

export interface PublishedEvent {
  readonly publishedAtEpochMs: number;
  readonly event: JsonObject;
}

function tableOf(world: AzureWorld) {
  return coreOf(world).state.table<readonly PublishedEvent[]>("publishedEvents");
}

export function keepPublished(world: AzureWorld, topicId: string, events: readonly JsonObject[]): void {
  const published = events.map((event) => ({ publishedAtEpochMs: world.clock.now(), event }));
  const kept = [...publishedEvents(world, topicId), ...published].slice(-MOST_KEPT);
  tableOf(world).set(topicId.toLowerCase(), kept);
}

/** What was published at a topic, oldest first. */
export function publishedEvents(world: AzureWorld, topicId: string): readonly PublishedEvent[] {
  return tableOf(world).get(topicId.toLowerCase()) ?? [];
}

export function forgetPublished(world: AzureWorld, topicId: string): void {
  tableOf(world).delete(topicId.toLowerCase());
}
