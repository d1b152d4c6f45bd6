import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { listField, numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { functionUrl } from "./functionApps.ts";

/** How the events of a subscription are delivered, as its body says. */
export interface DeliverySettings {
  readonly name: string;
  readonly destination: "webHook" | "azureFunction";
  /** Undefined for a function whose app nobody told of. */
  readonly url: string | undefined;
  readonly schema: "EventGridSchema" | "CloudEventSchemaV1_0";
  readonly maxAttempts: number;
  readonly timeToLiveMinutes: number;
  readonly maxEventsPerBatch: number;
  readonly preferredBatchBytes: number;
  /** Resource id of the container; undefined: what cannot be delivered is dropped. */
  readonly deadLetterContainer: string | undefined;
  readonly attributeMappings: readonly JsonObject[];
}

const BYTES_PER_KILOBYTE = 1024;

export function deliverySettings(world: AzureWorld, subscription: StoredResource): DeliverySettings {
  const properties = objectField(subscription.body, "properties");
  const destination = objectField(properties, "destination", "properties");
  const isFunction = textField(properties, "destination", "endpointType") === "AzureFunction";
  const schema = textField(properties, "eventDeliverySchema");
  return {
    name: subscription.name,
    destination: isFunction ? "azureFunction" : "webHook",
    url: isFunction
      ? functionUrl(world, textField(destination, "resourceId") ?? "")
      : textField(destination, "endpointUrl"),
    schema: schema === "CloudEventSchemaV1_0" ? schema : "EventGridSchema",
    maxAttempts: numberField(properties, "retryPolicy", "maxDeliveryAttempts") ?? 1,
    timeToLiveMinutes: numberField(properties, "retryPolicy", "eventTimeToLiveInMinutes") ?? 1,
    maxEventsPerBatch: numberField(destination, "maxEventsPerBatch") ?? 1,
    preferredBatchBytes: (numberField(destination, "preferredBatchSizeInKilobytes") ?? 1) * BYTES_PER_KILOBYTE,
    deadLetterContainer: deadLetterContainer(objectField(properties, "deadLetterDestination", "properties")),
    attributeMappings: listField(destination, "deliveryAttributeMappings"),
  };
}

/** The container that a dead-letter destination names. */
export function deadLetterContainer(properties: JsonObject): string | undefined {
  const account = textField(properties, "resourceId");
  const container = textField(properties, "blobContainerName");
  if (account === undefined || container === undefined) return undefined;
  return `${account}/blobServices/default/containers/${container}`;
}
