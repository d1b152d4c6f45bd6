import type { AzureModule } from "../core/resourceType.ts";
import { listenToClusters } from "./clusterEvent.ts";
import { DEAD_LETTER_TASK, writeDeadLetter } from "./deadLetter.ts";
import { DELIVERED_TASK, deliverDue, delivered } from "./deliver.ts";
import { eventSubscription, TAKE_BACK_TASK, takeBack } from "./eventSubscription.ts";
import { setFunctionApps } from "./functionApps.ts";
import { HANDSHAKE_TASK, handshakeAnswered, VALIDATION_PATH, validateByHand } from "./handshake.ts";
import { DELIVER_TASK } from "./pendingDeliveries.ts";
import { publishActivity } from "./resourceEvent.ts";
import { subscriptionOperations } from "./subscriptionOperations.ts";
import { systemTopic } from "./systemTopic.ts";

listenToClusters();

/** Microsoft.EventGrid: system topics, who wants their events, and the delivery. */
export const eventGridModule: AzureModule = {
  resourceTypes: [systemTopic, eventSubscription],
  operations: subscriptionOperations,
  tasks: {
    [HANDSHAKE_TASK]: handshakeAnswered,
    [TAKE_BACK_TASK]: takeBack,
    [DELIVER_TASK]: deliverDue,
    [DELIVERED_TASK]: delivered,
    [DEAD_LETTER_TASK]: writeDeadLetter,
  },
  onActivity: publishActivity,
  localDoors: { "PUT /_local/functionApps": ({ body }, world) => setFunctionApps(world, JSON.parse(body)) },
  publicPages: { [VALIDATION_PATH]: validateByHand },
};
