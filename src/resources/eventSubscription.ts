/**
 * What the app is told of: writes and deletes of route tables (AKS writes the cluster's when nodes have come or gone), and
 * of node pools (what an operator's scaling raises, minutes before the routes are written). Deliveries only hint where to
 * look, so an event too many does no harm. Source of the operations: learn.microsoft.com/azure/role-based-access-control/resource-provider-operations, checked 2026-11.
 */
import type { EnvironmentSpec, GroupsSpec } from "../domain/environmentSpec.ts";
import { ROUTE_EVENTS_FUNCTION } from "../domain/eventReceiver.ts";
import type { JsonObject } from "../domain/json.ts";
import { eventSubscriptionName, groupId } from "../domain/resourceNames.ts";
import type { OutputName, Outputs } from "../domain/step.ts";
import { apiVersions } from "./apiVersions.ts";
import { mustKnow } from "./mustHave.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/** Event Grid's own limits, which are its defaults, too: a day of attempts. Source: learn.microsoft.com/azure/event-grid/delivery-and-retry, checked 2026-11. */
const MAX_DELIVERY_ATTEMPTS = 30;
const EVENT_TIME_TO_LIVE_MINUTES = 1440;

export const routeTableEvents = subscription({
  about: "routes",
  group: "network",
  topicId: "networkTopicId",
  subjectsIn: "Microsoft.Network/routeTables",
  operations: [
    "Microsoft.Network/routeTables/write",
    "Microsoft.Network/routeTables/delete",
    "Microsoft.Network/routeTables/routes/write",
    "Microsoft.Network/routeTables/routes/delete",
  ],
});

export const agentPoolEvents = subscription({
  about: "pools",
  group: "cluster",
  topicId: "clusterTopicId",
  subjectsIn: "Microsoft.ContainerService/managedClusters",
  operations: [
    "Microsoft.ContainerService/managedClusters/agentPools/write",
    "Microsoft.ContainerService/managedClusters/agentPools/delete",
    "Microsoft.ContainerService/managedClusters/write",
  ],
});

interface Subscribed {
  /** Ends the subscription's name. */
  readonly about: string;
  readonly group: keyof GroupsSpec;
  readonly topicId: OutputName;
  /** Type of the resources that events are about. */
  readonly subjectsIn: string;
  readonly operations: readonly string[];
}

function subscription(subscribed: Subscribed): ResourceDefinition {
  return {
    apiVersion: apiVersions.eventGrid,
    createdWith: "name",
    id: (spec, outputs) =>
      `${mustKnow(outputs, subscribed.topicId)}/eventSubscriptions/${eventSubscriptionName(spec, subscribed.about)}`,
    desired: (spec, outputs) => ({
      properties: {
        destination: {
          endpointType: "AzureFunction",
          properties: {
            resourceId: `${mustKnow(outputs, "functionAppId")}/functions/${ROUTE_EVENTS_FUNCTION}`,
            maxEventsPerBatch: 1,
            preferredBatchSizeInKilobytes: 64,
          },
        },
        eventDeliverySchema: "CloudEventSchemaV1_0",
        filter: filterOf(subscribed, spec, outputs),
        retryPolicy: {
          maxDeliveryAttempts: MAX_DELIVERY_ATTEMPTS,
          eventTimeToLiveInMinutes: EVENT_TIME_TO_LIVE_MINUTES,
        },
        deadLetterDestination: deadLetters(mustKnow(outputs, "deadLetterContainerId")),
      },
    }),
  };
}

/** The app's own writes are left out; were they not, a look would find nothing to do. */
function filterOf({ group, subjectsIn, operations }: Subscribed, spec: EnvironmentSpec, outputs: Outputs): JsonObject {
  return {
    includedEventTypes: ["Microsoft.Resources.ResourceWriteSuccess", "Microsoft.Resources.ResourceDeleteSuccess"],
    subjectBeginsWith: `${groupId(spec, spec.groups[group])}/providers/${subjectsIn}/`,
    isSubjectCaseSensitive: false,
    enableAdvancedFilteringOnArrays: false,
    advancedFilters: [
      { operatorType: "StringIn", key: "data.operationName", values: [...operations] },
      { operatorType: "StringNotIn", key: "data.claims.appid", values: [mustKnow(outputs, "appClientId")] },
    ],
  };
}

/** The container's id is the storage account's and its own name, and Azure wants the two apart. */
function deadLetters(containerId: string): JsonObject {
  const [resourceId = "", blobContainerName = ""] = containerId.split(/\/blobServices\/default\/containers\//i);
  return { endpointType: "StorageBlob", properties: { resourceId, blobContainerName } };
}
