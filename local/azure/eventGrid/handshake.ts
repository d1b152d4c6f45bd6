/**
 * An endpoint must agree before events are sent to it.
 * Sources: learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema and -cloud-events-schema;
 * wording: github.com/Azure/azure-cli/issues/21006, github.com/Azure/logicapps/issues/449, github.com/pulumi/examples/issues/1672;
 * checked 2026-11.
 */
import { STATUS_CODES } from "node:http";
import { ArmError } from "../core/armError.ts";
import { coreOf } from "../core/coreOf.ts";
import type { OutboundAnswer, OutboundRequest } from "../core/outboundRequest.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { textField } from "../kubernetes/jsonFields.ts";
import { eventHeaders } from "./deliveryRequest.ts";
import { type DeliverySettings, deliverySettings } from "./deliverySettings.ts";
import { eventTimeOf } from "./gridEvent.ts";

export const HANDSHAKE_TASK = "eventGrid.handshake";
export const VALIDATION_PATH = "/eventsubscriptions/validate";
/** Azure seconds for which somebody may open the validation URL by hand. */
const MANUAL_SECONDS = 600;
/** Azure seconds between two looks at whether the endpoint has agreed. */
const LOOK_SECONDS = 1;
const MANUAL_LOOK_SECONDS = 5;
const ORIGIN = "eventgrid.azure.net";

export interface Handshake {
  readonly code: string;
  readonly state: "asked" | "agreed" | "refused" | "manual";
  readonly error?: { readonly code: string; readonly message: string };
  readonly manualUntilEpochMs?: number;
}

export function handshakes(world: AzureWorld) {
  return coreOf(world).state.table<Handshake>("eventGridHandshakes");
}

/** Azure seconds until the handshake of a subscription is to be looked at again; 0: it is over. The first look begins it. */
export function handshakeSeconds(subscription: StoredResource, world: AzureWorld): number {
  const key = subscription.id.toLowerCase();
  const handshake = handshakes(world).get(key);
  if (handshake === undefined) {
    begin(world, subscription, deliverySettings(world, subscription));
    return handshakes(world).get(key)?.state === "asked" ? LOOK_SECONDS : 0;
  }
  if (handshake.state === "asked") return LOOK_SECONDS;
  if (handshake.state !== "manual") return 0;
  return (handshake.manualUntilEpochMs ?? 0) > world.clock.now() ? MANUAL_LOOK_SECONDS : 0;
}

/** How the handshake ended, which is forgotten with it: an error, or undefined when the endpoint agreed. */
export function takeHandshakeError(subscription: StoredResource, world: AzureWorld): ArmError | undefined {
  const key = subscription.id.toLowerCase();
  const handshake = handshakes(world).get(key);
  handshakes(world).delete(key);
  const error = handshake?.error;
  return handshake?.state === "agreed" || error === undefined
    ? undefined
    : new ArmError(400, error.code, error.message);
}

function begin(world: AzureWorld, subscription: StoredResource, settings: DeliverySettings): void {
  const code = coreOf(world).eventRandom.guid().toUpperCase();
  const key = subscription.id.toLowerCase();
  if (settings.url === undefined) {
    handshakes(world).set(key, { code, state: "refused", error: destinationNotFound(world, subscription) });
    return;
  }
  handshakes(world).set(key, { code, state: "asked" });
  const request = isCloudHandshake(settings)
    ? cloudHandshake(settings.url)
    : gridHandshake(world, subscription, settings.url, code);
  coreOf(world).outbox.add(request, HANDSHAKE_TASK, { subscriptionId: subscription.id });
}

/** A function's host takes the handshake of the Event Grid schema, whatever comes afterwards. */
function isCloudHandshake({ destination, schema }: DeliverySettings): boolean {
  return destination === "webHook" && schema === "CloudEventSchemaV1_0";
}

function cloudHandshake(url: string): OutboundRequest {
  return {
    method: "OPTIONS",
    url,
    headers: { "webhook-request-origin": ORIGIN, "webhook-request-rate": "120" },
    body: "",
  };
}

function gridHandshake(world: AzureWorld, subscription: StoredResource, url: string, code: string): OutboundRequest {
  const query = new URLSearchParams({ id: subscription.id, t: eventTimeOf(world.clock.now()), token: code });
  const event = {
    id: coreOf(world).eventRandom.guid(),
    topic: textField(subscription.body, "properties", "topic") ?? "",
    subject: "",
    data: { validationCode: code, validationUrl: `${coreOf(world).armUrl}${VALIDATION_PATH}?${query}` },
    eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
    eventTime: eventTimeOf(world.clock.now()),
    metadataVersion: "1",
    dataVersion: "2",
  };
  const body = JSON.stringify([event]);
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
    ...eventHeaders(subscription.name, "SubscriptionValidation"),
  };
  return { method: "POST", url, headers, body };
}

/** The endpoint has answered, or has not. */
export function handshakeAnswered(data: JsonObject, world: AzureWorld): undefined {
  const subscription = world.store.get(String(data.subscriptionId));
  const handshake = subscription === undefined ? undefined : handshakes(world).get(subscription.id.toLowerCase());
  if (subscription === undefined || handshake?.state !== "asked") return;
  const next = judge(world, subscription, handshake, data.answer as unknown as OutboundAnswer);
  handshakes(world).set(subscription.id.toLowerCase(), next);
  if (next.state !== "manual") return;
  const properties = { ...subscription.body.properties, provisioningState: "AwaitingManualAction" };
  world.store.put({ ...subscription, body: { ...subscription.body, properties } });
}

function judge(world: AzureWorld, subscription: StoredResource, before: Handshake, answer: OutboundAnswer): Handshake {
  const settings = deliverySettings(world, subscription);
  const refused = (error: Handshake["error"]): Handshake => ({ ...before, state: "refused", ...(error && { error }) });
  const status = answer.kind === "answered" ? answer.status : undefined;
  if (settings.destination === "azureFunction") {
    // Azure asks ARM whether there is such a function, not the app: one that is down exists all the same.
    return status === 404 ? refused(destinationNotFound(world, subscription)) : { ...before, state: "agreed" };
  }
  if (isCloudHandshake(settings)) {
    return isAllowed(answer) ? { ...before, state: "agreed" } : refused(failed(world, settings, "OPTIONS", status));
  }
  if (status === undefined || status < 200 || status > 299) return refused(failed(world, settings, "POST", status));
  if (status === 200 && hasCode(answer, before.code)) return { ...before, state: "agreed" };
  const error = {
    code: "Url validation",
    message: `Webhook validation handshake failed for ${baseUrl(settings.url)}. Http POST request returned 2XX response with response body ${answer.kind === "answered" ? answer.body.slice(0, 100) : ""}. When a validation request is accepted without validation code in the response body, Http GET is expected on the validation url included in the validation event(within 10 minutes). For troubleshooting, visit https://aka.ms/esvalidation. ${trace(world)}`,
  };
  return { ...before, state: "manual", manualUntilEpochMs: world.clock.now() + MANUAL_SECONDS * 1000, error };
}

function hasCode(answer: OutboundAnswer, code: string): boolean {
  if (answer.kind !== "answered") return false;
  try {
    return (JSON.parse(answer.body) as { readonly validationResponse?: unknown } | null)?.validationResponse === code;
  } catch {
    // No JSON is no code.
    return false;
  }
}

function isAllowed(answer: OutboundAnswer): boolean {
  if (answer.kind !== "answered" || answer.status !== 200) return false;
  const allowed = answer.headers["webhook-allowed-origin"] ?? "";
  return allowed.split(",").some((origin) => [ORIGIN, "*"].includes(origin.trim()));
}

function failed(world: AzureWorld, { url }: DeliverySettings, method: string, status: number | undefined) {
  const word = STATUS_CODES[status ?? 0]?.replaceAll(" ", "") ?? "Unknown";
  return {
    code: "Url validation",
    message: `Webhook validation handshake failed for ${baseUrl(url)}. Http ${method} request failed with response code ${word}. For troublehooting, visit https://aka.ms/esvalidation. ${trace(world)}`,
  };
}

function destinationNotFound(world: AzureWorld, subscription: StoredResource) {
  const id = textField(subscription.body, "properties", "destination", "properties", "resourceId") ?? "";
  return {
    code: DESTINATION_NOT_FOUND,
    message: `Destination endpoint not found. Resource details: resourceId: ${id}. Resource should pre-exist before attempting this operation. ${trace(world)}`,
  };
}

export const DESTINATION_NOT_FOUND = "Endpoint validation";

/** The URL without its query, which may hold keys. */
export function baseUrl(url: string | undefined): string {
  if (url === undefined || !URL.canParse(url)) return "";
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function trace(world: AzureWorld): string {
  const time = new Date(world.clock.now()).toLocaleString("en-US", { timeZone: "UTC" }).replace(",", "");
  return `Activity id:${coreOf(world).eventRandom.guid()}, timestamp: ${time} (UTC).`;
}

/** Somebody has opened the validation URL. */
export function validateByHand(query: URLSearchParams, world: AzureWorld) {
  const key = (query.get("id") ?? "").toLowerCase();
  const handshake = handshakes(world).get(key);
  const isOpen = handshake?.state === "asked" || (handshake?.manualUntilEpochMs ?? 0) > world.clock.now();
  if (handshake === undefined || !isOpen || handshake.code !== query.get("token")) {
    return { status: 400, body: { message: "The validation URL is not known, or it has expired." } };
  }
  handshakes(world).set(key, { ...handshake, state: "agreed" });
  return { status: 200, body: { message: "Webhook successfully validated as a subscription endpoint." } };
}
