import { ArmError } from "../core/armError.ts";
import type { JsonObject, ResourceType, WriteContext } from "../core/resourceType.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { notModelled } from "../network/bodyShape.ts";
import { durations, RETRY_AFTER_SECONDS } from "./durations.ts";
import { checkEventFilter, completedFilter } from "./eventFilter.ts";
import { topicTypeNamed } from "./topicTypes.ts";

/** Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (eventSubscriptions: 3–64). */
const SUBSCRIPTION_NAME = /^[A-Za-z0-9-]{3,64}$/;
const SCHEMAS = ["EventGridSchema", "CloudEventSchemaV1_0", "CustomInputSchema"];
/** Limits of delivery. Source: facts/azure.md §4.4 (learn.microsoft.com/azure/event-grid/delivery-and-retry). */
const MOST_ATTEMPTS = 30;
const MOST_MINUTES_TO_LIVE = 1440;
const MOST_EVENTS_PER_BATCH = 5000;
const MOST_BATCH_KILOBYTES = 1024;

/** Microsoft.EventGrid/systemTopics/eventSubscriptions. Kept and checked; nothing is delivered yet. */
export const eventSubscription: ResourceType = {
  type: "Microsoft.EventGrid/systemTopics/eventSubscriptions",
  kind: "child",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
  validate,
  prepare,
  putSeconds: () => durations.eventSubscription,
  deleteSeconds: () => durations.delete,
};

function validate(context: WriteContext): void {
  const { id, body } = context;
  if (!SUBSCRIPTION_NAME.test(id.name))
    throw invalid(
      `The specified event subscription name is invalid: ${id.name}. It must be 3 to 64 letters, digits or '-'.`,
    );
  const properties = objectField(body, "properties");
  checkDestination(objectField(properties, "destination"));
  const schema = textField(properties, "eventDeliverySchema") ?? "EventGridSchema";
  if (!SCHEMAS.includes(schema))
    throw invalid(`The eventDeliverySchema '${schema}' is unknown. Known are: ${SCHEMAS.join(", ")}.`);
  checkRange(properties, ["retryPolicy", "maxDeliveryAttempts"], MOST_ATTEMPTS);
  checkRange(properties, ["retryPolicy", "eventTimeToLiveInMinutes"], MOST_MINUTES_TO_LIVE);
  const deadLetter = textField(properties, "deadLetterDestination", "endpointType");
  if (deadLetter !== undefined && deadLetter !== "StorageBlob")
    throw invalid(`The dead-letter destination '${deadLetter}' is not supported; it must be StorageBlob.`);
  checkEventFilter(objectField(properties, "filter"), eventTypesOf(context));
}

function eventTypesOf({ world, id }: WriteContext): readonly string[] {
  const topic = world.store.get(id.parentId ?? "");
  return topicTypeNamed(textField(topic?.body, "properties", "topicType") ?? "")?.eventTypes ?? [];
}

function checkDestination(destination: JsonObject): void {
  const type = textField(destination, "endpointType");
  const properties = objectField(destination, "properties");
  if (type === undefined) throw invalid("The event subscription has no destination with an endpointType.");
  if (type === "AzureFunction") {
    const target = textField(properties, "resourceId") ?? "";
    if (!/\/providers\/Microsoft\.Web\/sites\/[^/]+(\/slots\/[^/]+)?\/functions\/[^/]+$/i.test(target)) {
      throw invalid(
        `The destination's resourceId '${target}' is no function: …/Microsoft.Web/sites/<app>/functions/<function>.`,
      );
    }
  } else if (type === "WebHook") checkWebHook(textField(properties, "endpointUrl") ?? "");
  else throw notModelled(`event subscriptions with destination ${type}`, "Send AzureFunction or WebHook.");
  checkRange(destination, ["properties", "maxEventsPerBatch"], MOST_EVENTS_PER_BATCH);
  checkRange(destination, ["properties", "preferredBatchSizeInKilobytes"], MOST_BATCH_KILOBYTES);
}

function checkWebHook(url: string): void {
  if (URL.canParse(url) && new URL(url).protocol === "https:") return;
  throw invalid(`The endpointUrl '${url}' of the webhook is no https URL.`);
}

function checkRange(properties: JsonObject, path: readonly string[], most: number): void {
  const value = numberField(properties, ...path);
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw invalid(`The value ${value} of ${path.join(".")} is not between 1 and ${most}.`);
}

function prepare(context: WriteContext): JsonObject {
  const { world, id, body } = context;
  const { provisioningState: _, ...sent } = objectField(body, "properties");
  const topic = world.store.get(id.parentId ?? "");
  return {
    properties: {
      eventDeliverySchema: "EventGridSchema",
      labels: [],
      ...sent,
      topic: textField(topic?.body, "properties", "source") ?? "",
      retryPolicy: {
        maxDeliveryAttempts: MOST_ATTEMPTS,
        eventTimeToLiveInMinutes: MOST_MINUTES_TO_LIVE,
        ...objectField(sent, "retryPolicy"),
      },
      filter: completedFilter(objectField(sent, "filter"), eventTypesOf(context)),
    },
  };
}

function invalid(message: string): ArmError {
  return new ArmError(400, "InvalidRequest", message);
}
