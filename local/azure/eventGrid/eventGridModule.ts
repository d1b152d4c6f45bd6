import type { AzureModule } from "../core/resourceType.ts";
import { eventSubscription } from "./eventSubscription.ts";
import { systemTopic } from "./systemTopic.ts";

/** Microsoft.EventGrid: system topics and who wants their events. */
export const eventGridModule: AzureModule = { resourceTypes: [systemTopic, eventSubscription] };
