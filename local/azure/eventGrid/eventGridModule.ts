import type { AzureModule } from "../core/resourceType.ts";
import { listenToClusters } from "./clusterEvent.ts";
import { customTopic, TOPICS_SEGMENT } from "./customTopic.ts";
import { DEAD_LETTER_TASK, writeDeadLetter } from "./deadLetter.ts";
import { DELIVERED_TASK, deliverDue, delivered } from "./deliver.ts";
import { eventSubscription, TAKE_BACK_TASK, takeBack } from "./eventSubscription.ts";
import { setFunctionApps } from "./functionApps.ts";
import { HANDSHAKE_TASK, handshakeAnswered, VALIDATION_PATH, validateByHand } from "./handshake.ts";
import { DELIVER_TASK } from "./pendingDeliveries.ts";
import { publishedEvents } from "./publishedEvents.ts";
import { publishActivity } from "./resourceEvent.ts";
import { subscriptionOperations } from "./subscriptionOperations.ts";
import { systemTopic } from "./systemTopic.ts";
import { publishAtTopic } from "./topicDoor.ts";

listenToClusters();

/** Microsoft.EventGrid: system topics, who wants their events, and the delivery; and topics that others publish at. */
export const eventGridModule: AzureModule = {
  resourceTypes: [systemTopic, eventSubscription, customTopic],
  operations: subscriptionOperations,
  tasks: {
    [HANDSHAKE_TASK]: handshakeAnswered,
    [TAKE_BACK_TASK]: takeBack,
    [DELIVER_TASK]: deliverDue,
    [DELIVERED_TASK]: delivered,
    [DEAD_LETTER_TASK]: writeDeadLetter,
  },
  onActivity: publishActivity,
  localDoors: {
    "PUT /_local/functionApps": ({ body }, world) => setFunctionApps(world, JSON.parse(body)),
    "GET /_local/publishedEvents": ({ query }, world) => {
      const topic = query.get("topic");
      if (topic === null) throw new Error("Say ?topic=RESOURCE_ID.");
      return { events: publishedEvents(world, topic) };
    },
  },
  services: { [TOPICS_SEGMENT]: publishAtTopic },
  publicPages: { [VALIDATION_PATH]: validateByHand },
};
