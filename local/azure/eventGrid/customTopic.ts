import { ArmError } from "../core/armError.ts";
import { coreOf } from "../core/coreOf.ts";
import type { AzureWorld, JsonObject, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { objectField, textField } from "../kubernetes/jsonFields.ts";
import { durations, RETRY_AFTER_SECONDS } from "./durations.ts";
import { forgetPublished } from "./publishedEvents.ts";
import { PAGE_SIZE } from "./systemTopic.ts";

export const CUSTOM_TOPIC_TYPE = "Microsoft.EventGrid/topics";

/** Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (topics: 3–50). */
const TOPIC_NAME = /^[A-Za-z0-9-]{3,50}$/;
/** Source: learn.microsoft.com/rest/api/eventgrid/controlplane/topics/create-or-update (InputSchema), checked 2026-11. */
const SCHEMAS = ["EventGridSchema", "CloudEventSchemaV1_0", "CustomEventSchema"];

/** First segment of the path at which topics are published to. In Azure each topic has a host of its own. */
export const TOPICS_SEGMENT = "eventGridTopics";

/** Microsoft.EventGrid/topics: where anybody with the right publishes events of his own. */
export const customTopic: ResourceType = {
  type: CUSTOM_TOPIC_TYPE,
  kind: "tracked",
  pageSize: PAGE_SIZE,
  retryAfterSeconds: RETRY_AFTER_SECONDS,
  validate,
  prepare,
  putSeconds: () => durations.topic,
  deleteSeconds: () => durations.delete,
  render: ({ name, body }, world) => ({
    ...body,
    properties: { ...body.properties, endpoint: topicEndpoint(coreOf(world).armUrl, name) },
  }),
  finishDelete: (resource, world) => forgetPublished(world, resource.id),
};

function validate({ world, id, body, existing }: WriteContext): void {
  if (!TOPIC_NAME.test(id.name))
    throw invalid(`The specified topic name is invalid: ${id.name}. It must be 3 to 50 letters, digits or '-'.`);
  const schema = schemaOf(body);
  if (!SCHEMAS.includes(schema)) throw invalid(`The inputSchema '${schema}' is not one of ${SCHEMAS.join(", ")}.`);
  if (existing !== undefined && schemaOf(existing.body) !== schema)
    throw invalid("The inputSchema of a topic cannot be changed.");
  const other = topicNamed(world, id.name);
  if (existing === undefined && other !== undefined)
    throw invalid(`The topic name ${id.name} is taken: it is a part of the endpoint's host.`);
}

function schemaOf(body: JsonObject): string {
  return textField(body, "properties", "inputSchema") ?? "EventGridSchema";
}

export function topicNamed(world: AzureWorld, name: string): StoredResource | undefined {
  return world.store.list(CUSTOM_TOPIC_TYPE, "/").find((topic) => topic.name.toLowerCase() === name.toLowerCase());
}

/** Where the topic of that name is published to. */
export function topicEndpoint(armUrl: string, name: string): string {
  return `${armUrl}/${TOPICS_SEGMENT}/${name}/api/events`;
}

function prepare({ world, body, existing }: WriteContext): JsonObject {
  const { provisioningState: _, endpoint: __, metricResourceId: ___, ...sent } = objectField(body, "properties");
  return {
    location: body.location,
    tags: body.tags ?? {},
    sku: body.sku ?? { name: "Basic" },
    ...(body.identity === undefined ? {} : { identity: body.identity }),
    properties: {
      publicNetworkAccess: "Enabled",
      disableLocalAuth: false,
      minimumTlsVersionAllowed: "1.2",
      ...sent,
      inputSchema: schemaOf(body),
      metricResourceId: textField(existing?.body, "properties", "metricResourceId") ?? world.newGuid(),
    },
  };
}

function invalid(message: string): ArmError {
  return new ArmError(400, "InvalidRequest", message);
}
