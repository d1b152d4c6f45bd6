import type { ArmError } from "../core/armError.ts";
import type {
  AzureWorld,
  JsonObject,
  Reference,
  ResourceType,
  StoredResource,
  WriteContext,
} from "../core/resourceType.ts";
import { field, listField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { durations, RETRY_AFTER_SECONDS } from "./durations.ts";
import { completedFilter } from "./eventFilter.ts";
import { baseUrl, DESTINATION_NOT_FOUND, handshakeSeconds, takeHandshakeError } from "./handshake.ts";
import { forgetDeliveries } from "./pendingDeliveries.ts";
import { forgetHealth, listensSince, startListening } from "./subscriptionHealth.ts";
import { checkSubscription, MOST_ATTEMPTS, MOST_MINUTES_TO_LIVE } from "./subscriptionRules.ts";
import { topicTypeNamed } from "./topicTypes.ts";

/** Microsoft.EventGrid/systemTopics/eventSubscriptions. It is ready when its endpoint has agreed. */
export const eventSubscription: ResourceType = {
  type: "Microsoft.EventGrid/systemTopics/eventSubscriptions",
  kind: "child",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
  validate: (context) => checkSubscription(context, eventTypesOf(context)),
  references,
  prepare,
  putSeconds: () => durations.eventSubscription,
  remainingSeconds: handshakeSeconds,
  finishPut,
  deleteSeconds: () => durations.delete,
  finishDelete(resource, world) {
    forgetDeliveries(world, resource.id);
    forgetHealth(world, resource.id);
  },
  render,
};

export const TAKE_BACK_TASK = "eventGrid.takeBack";

function eventTypesOf({ world, id }: WriteContext): readonly string[] {
  const topic = world.store.get(id.parentId ?? "");
  return topicTypeNamed(textField(topic?.body, "properties", "topicType") ?? "")?.eventTypes ?? [];
}

/**
 * Who subscribes needs the right to do so on the source, and write access to what is no webhook. Which action "write access"
 * means is inferred. Source: learn.microsoft.com/azure/event-grid/security-authorization ("Permissions required"), checked 2026-11.
 */
function references({ world, id, body }: WriteContext): readonly Reference[] {
  const topic = world.store.get(id.parentId ?? "");
  const properties = objectField(body, "properties");
  const source = textField(topic?.body, "properties", "source") ?? "";
  const target = textField(properties, "destination", "properties", "resourceId");
  const account = textField(properties, "deadLetterDestination", "properties", "resourceId");
  const wanted: readonly (readonly [string | undefined, string, string])[] = [
    [source, "properties.topic", "Microsoft.EventGrid/eventSubscriptions/write"],
    [target, "properties.destination.properties.resourceId", "Microsoft.Web/sites/functions/write"],
    [account, "properties.deadLetterDestination.properties.resourceId", "Microsoft.Storage/storageAccounts/write"],
  ];
  return wanted.flatMap(([to, path, action]) => (to === undefined ? [] : [{ id: to, path, action, mustExist: false }]));
}

function prepare(context: WriteContext): JsonObject {
  const { world, id, body, existing } = context;
  const { provisioningState: _, ...sent } = objectField(body, "properties");
  const topic = world.store.get(id.parentId ?? "");
  const destination = objectField(sent, "destination");
  return {
    properties: {
      eventDeliverySchema: field(existing?.body, "properties", "eventDeliverySchema") ?? "EventGridSchema",
      labels: [],
      ...sent,
      topic: textField(topic?.body, "properties", "source") ?? "",
      destination: {
        ...destination,
        properties: {
          maxEventsPerBatch: 1,
          preferredBatchSizeInKilobytes: 64,
          ...objectField(destination, "properties"),
        },
      },
      retryPolicy: {
        maxDeliveryAttempts: MOST_ATTEMPTS,
        eventTimeToLiveInMinutes: MOST_MINUTES_TO_LIVE,
        ...objectField(sent, "retryPolicy"),
      },
      filter: completedFilter(objectField(sent, "filter"), eventTypesOf(context)),
    },
  };
}

function finishPut(resource: StoredResource, world: AzureWorld): { readonly error: ArmError } | undefined {
  const error = takeHandshakeError(resource, world);
  if (error === undefined) {
    startListening(world, resource.id);
    return undefined;
  }
  // Of a new subscription whose destination does not exist nothing stays. Source: github.com/pulumi/examples/issues/1672.
  const isNew = listensSince(world, resource.id) === undefined;
  if (isNew && error.code === DESTINATION_NOT_FOUND) world.schedule(TAKE_BACK_TASK, 0, { subscriptionId: resource.id });
  return { error };
}

/** Removes a subscription that could not be made. */
export function takeBack(data: JsonObject, world: AzureWorld): undefined {
  const resource = world.store.get(String(data.subscriptionId));
  if (textField(resource?.body, "properties", "provisioningState") === "Failed") world.store.remove(resource?.id ?? "");
}

/** The URL's query and the values of secret attributes are shown by POSTs of their own only. */
function render(resource: StoredResource): JsonObject {
  const properties = objectField(resource.body, "properties");
  const destination = objectField(properties, "destination");
  const { endpointUrl, deliveryAttributeMappings: _, ...rest } = objectField(destination, "properties");
  const mappings = listField(destination, "properties", "deliveryAttributeMappings").map(withoutSecret);
  const shown = {
    ...rest,
    ...(typeof endpointUrl === "string" ? { endpointBaseUrl: baseUrl(endpointUrl) } : {}),
    ...(mappings.length === 0 ? {} : { deliveryAttributeMappings: mappings }),
  };
  return { ...resource.body, properties: { ...properties, destination: { ...destination, properties: shown } } };
}

function withoutSecret(mapping: JsonObject): JsonObject {
  const properties = objectField(mapping, "properties");
  return properties.isSecret === true ? { ...mapping, properties: { ...properties, value: null } } : mapping;
}
