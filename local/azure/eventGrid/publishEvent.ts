import { coreOf } from "../core/coreOf.ts";
import { sameId } from "../core/resourceId.ts";
import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { objectField, textField } from "../kubernetes/jsonFields.ts";
import { filterMatches } from "./filterMatch.ts";
import type { GridEvent } from "./gridEvent.ts";
import { sendLater } from "./pendingDeliveries.ts";
import { listensSince } from "./subscriptionHealth.ts";
import { SYSTEM_TOPIC_TYPE } from "./systemTopic.ts";

/** Azure seconds from an event to its first attempt: this much, and up to that much more. Source: "within seconds", learn.microsoft.com/azure/event-grid/overview; no order is promised. */
const LEAST_DELAY_SECONDS = 0.5;
const RANDOM_DELAY_SECONDS = 2.5;
/** What a random fault adds: overtaken by later events, or minutes late, as when Azure has a bad day. */
const OVERTAKEN_SECONDS = 60;
const LATE_SECONDS = 600;

/** Where an event can be heard: the topic type, and the id of the source. */
export interface EventSource {
  readonly topicType: string;
  readonly source: string;
}

/** Gives the event to every subscription that wants it. It is made only where somebody listens at all. */
export function publishEvent(
  world: AzureWorld,
  sources: readonly EventSource[],
  make: () => Omit<GridEvent, "topic">,
): void {
  for (const topic of world.store.list(SYSTEM_TOPIC_TYPE, "/")) {
    const properties = objectField(topic.body, "properties");
    const source = textField(properties, "source") ?? "";
    const isHeard = sources.some(
      (one) => one.topicType === textField(properties, "topicType") && sameId(one.source, source),
    );
    if (!isHeard || textField(properties, "provisioningState") !== "Succeeded") continue;
    const subscriptions = world.store.children(topic.id).filter((one) => isListening(world, one));
    if (subscriptions.length === 0) continue;
    const event = { ...make(), topic: source };
    for (const subscription of subscriptions) offer(world, subscription, event);
  }
}

/** A subscription that is being changed goes on listening; a new one begins a while after it says that it is ready. */
function isListening(world: AzureWorld, subscription: StoredResource): boolean {
  const since = listensSince(world, subscription.id);
  return since !== undefined && since <= world.clock.now();
}

function offer(world: AzureWorld, subscription: StoredResource, event: GridEvent): void {
  if (!filterMatches(objectField(subscription.body, "properties", "filter"), event)) return;
  const { eventRandom, faults } = coreOf(world);
  const late = faults.takeEvent("eventLate")
    ? LATE_SECONDS
    : faults.takeEvent("eventOvertaken")
      ? OVERTAKEN_SECONDS
      : 0;
  const delaySeconds =
    LEAST_DELAY_SECONDS +
    (RANDOM_DELAY_SECONDS + late) * (late > 0 ? (1 + eventRandom.next()) / 2 : eventRandom.next());
  const delivery = {
    key: eventRandom.guid(),
    subscriptionId: subscription.id.toLowerCase(),
    event,
    publishedAtEpochMs: world.clock.now(),
    attempts: 0,
  };
  sendLater(world, delivery, delaySeconds);
}
