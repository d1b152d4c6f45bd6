/**
 * What Event Grid refuses of an event subscription at once.
 * Sources: learn.microsoft.com/azure/event-grid/delivery-and-retry (retry policy, batches); wording of the URL's refusal:
 * github.com/MicrosoftDocs/azure-docs/issues/45625; names:
 * learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (eventSubscriptions: 3–64); checked 2026-11.
 */
import { ArmError } from "../core/armError.ts";
import type { AzureWorld, JsonObject, WriteContext } from "../core/resourceType.ts";
import { field, listField, numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { notModelled } from "../network/bodyShape.ts";
import { deadLetterContainer } from "./deliverySettings.ts";
import { checkEventFilter } from "./eventFilter.ts";
import { parseFunctionId } from "./functionApps.ts";

const SUBSCRIPTION_NAME = /^[A-Za-z0-9-]{3,64}$/;
/** A system topic cannot turn its events into a schema of the customer's. */
const SCHEMAS = ["EventGridSchema", "CloudEventSchemaV1_0"];
export const MOST_ATTEMPTS = 30;
export const MOST_MINUTES_TO_LIVE = 1440;
const MOST_EVENTS_PER_BATCH = 5000;
const MOST_BATCH_KILOBYTES = 1024;
/** Source: learn.microsoft.com/azure/event-grid/delivery-properties (10 headers), checked 2026-11. */
const MOST_ATTRIBUTES = 10;

const NOT_MODELLED = ["deliveryWithResourceIdentity", "deadLetterWithResourceIdentity", "expirationTimeUtc"];

export function checkSubscription({ world, id, body }: WriteContext, eventTypes: readonly string[]): void {
  if (!SUBSCRIPTION_NAME.test(id.name))
    throw invalid(
      `The specified event subscription name is invalid: ${id.name}. It must be 3 to 64 letters, digits or '-'.`,
    );
  const properties = objectField(body, "properties");
  const unknown = NOT_MODELLED.find(
    (name) => field(properties, name) !== undefined && field(properties, name) !== null,
  );
  if (unknown !== undefined) throw notModelled(`event subscriptions with ${unknown}`, "Leave it out.");
  checkDestination(objectField(properties, "destination"));
  const schema = textField(properties, "eventDeliverySchema") ?? "EventGridSchema";
  if (!SCHEMAS.includes(schema))
    throw invalid(`The eventDeliverySchema '${schema}' is unknown. Known are: ${SCHEMAS.join(", ")}.`);
  checkRange(properties, ["retryPolicy", "maxDeliveryAttempts"], MOST_ATTEMPTS);
  checkRange(properties, ["retryPolicy", "eventTimeToLiveInMinutes"], MOST_MINUTES_TO_LIVE);
  checkDeadLetter(world, objectField(properties, "deadLetterDestination"));
  checkEventFilter(objectField(properties, "filter"), eventTypes);
}

function checkDestination(destination: JsonObject): void {
  const type = textField(destination, "endpointType");
  const properties = objectField(destination, "properties");
  if (type === undefined) throw invalid("The event subscription has no destination with an endpointType.");
  if (type === "AzureFunction") {
    const target = textField(properties, "resourceId") ?? "";
    if (parseFunctionId(target) === undefined) {
      throw invalid(
        `The destination's resourceId '${target}' is no function: …/Microsoft.Web/sites/<app>/functions/<function>.`,
      );
    }
  } else if (type === "WebHook") checkWebHook(properties);
  else throw notModelled(`event subscriptions with destination ${type}`, "Send AzureFunction or WebHook.");
  checkRange(destination, ["properties", "maxEventsPerBatch"], MOST_EVENTS_PER_BATCH);
  checkRange(destination, ["properties", "preferredBatchSizeInKilobytes"], MOST_BATCH_KILOBYTES);
  checkAttributes(listField(properties, "deliveryAttributeMappings"));
}

function checkWebHook(properties: JsonObject): void {
  const url = textField(properties, "endpointUrl") ?? "";
  if (URL.canParse(url) && new URL(url).protocol === "https:") return;
  throw invalid(
    "Supplied URL is invalid. It cannot be null or empty and should be a proper HTTPS URL like https://www.example.com.",
  );
}

function checkAttributes(mappings: readonly JsonObject[]): void {
  if (mappings.length > MOST_ATTRIBUTES)
    throw invalid(`There are ${mappings.length} delivery attribute mappings. The limit is ${MOST_ATTRIBUTES}.`);
  for (const mapping of mappings) {
    const name = textField(mapping, "name") ?? "";
    const type = textField(mapping, "type");
    const property = type === "Static" ? "value" : type === "Dynamic" ? "sourceField" : undefined;
    if (!/^[A-Za-z0-9-]+$/.test(name) || name.toLowerCase().startsWith("aeg-"))
      throw invalid(`The delivery attribute name '${name}' is no name of a header that may be set.`);
    if (property === undefined || textField(mapping, "properties", property) === undefined)
      throw invalid(`The delivery attribute '${name}' is neither Static with a value nor Dynamic with a sourceField.`);
  }
}

function checkDeadLetter(world: AzureWorld, destination: JsonObject): void {
  const type = textField(destination, "endpointType");
  if (type === undefined) return;
  if (type !== "StorageBlob")
    throw invalid(`The dead-letter destination '${type}' is not supported; it must be StorageBlob.`);
  const container = deadLetterContainer(objectField(destination, "properties"));
  if (container === undefined || world.store.get(container) === undefined)
    throw invalid(`The dead-letter container '${container ?? ""}' does not exist. Make it first.`);
  // Without an identity of the topic's, Event Grid writes with the account's key; that it looks for it at once is inferred.
  const account = world.store.get(textField(destination, "properties", "resourceId") ?? "");
  if (field(account?.body, "properties", "allowSharedKeyAccess") === false)
    throw invalid(
      `Key based authentication is not permitted on the storage account ${account?.id} of the dead letters.`,
    );
}

function checkRange(properties: JsonObject, path: readonly string[], most: number): void {
  const value = numberField(properties, ...path);
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw invalid(`The value ${value} of ${path.join(".")} is not between 1 and ${most}.`);
}

function invalid(message: string): ArmError {
  return new ArmError(400, "InvalidRequest", `Invalid event subscription request: ${message}`);
}
