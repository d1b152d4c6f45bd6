/**
 * Where events are published at a custom topic. Statuses and the form of errors:
 * learn.microsoft.com/azure/event-grid/post-to-custom-topic ("Response"), tokens and the role:
 * learn.microsoft.com/azure/event-grid/authenticate-with-microsoft-entra-id, checked 2026-11.
 */
import { ArmError } from "../core/armError.ts";
import type { ArmResponse } from "../core/armRequest.ts";
import type { LocalWorld } from "../core/localWorld.ts";
import type { ServiceCall } from "../core/moduleDoors.ts";
import type { Json, JsonObject, StoredResource } from "../core/resourceType.ts";
import { textField } from "../kubernetes/jsonFields.ts";
import { cloudEventMistake } from "./cloudEventMistake.ts";
import { topicNamed } from "./customTopic.ts";
import { keepPublished } from "./publishedEvents.ts";

const AUDIENCES = ["https://eventgrid.azure.net", "https://eventgrid.azure.net/"];
const SEND = "Microsoft.EventGrid/events/send/action";
const API_VERSION = "2018-01-01";
/** Bytes of an array of events, and of each. Source: learn.microsoft.com/azure/event-grid/quotas-limits, checked 2026-11. */
const MOST_BYTES = 1024 * 1024;

const BATCH = "application/cloudevents-batch+json";
const SINGLE = "application/cloudevents+json";

/** Answers one request, or throws the refusal. */
export function publishAtTopic(world: LocalWorld, call: ServiceCall): ArmResponse | "reset" | "hang" {
  const topic = topicOf(world, call);
  const caller = callerOf(world, call);
  const fault = world.faults.takeBegin({ method: call.method, path: call.url.pathname, caller }, false);
  if (fault instanceof ArmError) throw fault;
  if (fault === "reset" || fault === "hang") return fault;
  if (!world.isDataAllowed(caller.objectId, SEND, topic.id)) {
    throw new ArmError(
      403,
      "Forbidden",
      `The principal associated with access token presented with the incoming request does not have permission to send data to ${topic.id}.`,
    );
  }
  const events = eventsOf(call, topic);
  world.state.turn(() => keepPublished(world, topic.id, events));
  return fault === "loseAnswer" ? "reset" : { status: 200, headers: {} };
}

function topicOf(world: LocalWorld, { method, url }: ServiceCall): StoredResource {
  const [, , name = "", ...rest] = url.pathname.split("/");
  const topic = topicNamed(world, name);
  const isReady = textField(topic?.body, "properties", "provisioningState") === "Succeeded";
  if (topic === undefined || !isReady || rest.join("/") !== "api/events")
    throw new ArmError(404, "NotFound", "The specified path does not match any topic.");
  if (method !== "POST") throw new ArmError(405, "MethodNotAllowed", "The request method is not supported.");
  const version = url.searchParams.get("api-version");
  if (version !== API_VERSION)
    throw badRequest(`The api-version '${version ?? ""}' is not supported; use ${API_VERSION}.`);
  return topic;
}

/** Keys are not there at all: a topic here takes tokens only, as one with `disableLocalAuth`. */
function callerOf(world: LocalWorld, { headers, tokens }: ServiceCall) {
  if (headers["aeg-sas-key"] !== undefined || headers["aeg-sas-token"] !== undefined)
    throw unauthorized("Authentication with keys is disabled for this topic.");
  const objectId = tokens.check(headers.authorization, AUDIENCES, world.clock);
  const principal = world.directory.get(objectId);
  if (principal === undefined) throw unauthorized("The token's principal does not exist in the directory.");
  return principal;
}

function eventsOf({ headers, bodyText }: ServiceCall, topic: StoredResource): readonly JsonObject[] {
  if (Buffer.byteLength(bodyText) > MOST_BYTES)
    throw new ArmError(413, "PayloadTooLarge", `The array of events exceeds ${MOST_BYTES} bytes.`);
  if (textField(topic.body, "properties", "inputSchema") !== "CloudEventSchemaV1_0")
    throw badRequest("The local Azure takes events at topics with the inputSchema CloudEventSchemaV1_0 only.");
  const mediaType = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (mediaType !== BATCH && mediaType !== SINGLE)
    throw badRequest(`The content type '${mediaType}' is neither ${BATCH} nor ${SINGLE}.`);
  const parsed = parse(bodyText);
  if (mediaType === BATCH && !Array.isArray(parsed)) throw badRequest("A batch is a JSON array of events.");
  const events = Array.isArray(parsed) ? parsed : [parsed];
  for (const [index, event] of events.entries()) {
    const mistake = cloudEventMistake(event);
    if (mistake !== undefined) throw badRequest(`Event ${index} is no CloudEvent 1.0: ${mistake}.`);
  }
  return events as readonly JsonObject[];
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw badRequest("The body is no JSON.");
  }
}

function badRequest(message: string): ArmError {
  return new ArmError(400, "BadRequest", message);
}

function unauthorized(message: string): ArmError {
  return new ArmError(401, "Unauthorized", message);
}
