/** What Event Grid posts. Source for headers: learn.microsoft.com/azure/event-grid/receive-events and delivery-properties, checked 2026-11. */
import type { OutboundRequest } from "../core/outboundRequest.ts";
import type { JsonObject } from "../core/resourceType.ts";
import { textField } from "../kubernetes/jsonFields.ts";
import type { DeliverySettings } from "./deliverySettings.ts";
import { eventField } from "./eventField.ts";
import { asCloudEvent, asGridSchema, type GridEvent } from "./gridEvent.ts";

export interface EventToSend {
  readonly event: GridEvent;
  /** Attempts before this one. */
  readonly attempts: number;
}

/** One request with all the events of a batch; there is at least one. */
export function deliveryRequest(
  settings: DeliverySettings,
  url: string,
  events: readonly EventToSend[],
): OutboundRequest {
  const [first] = events;
  const { body, contentType } = contentOf(settings, events);
  return {
    method: "POST",
    url,
    headers: {
      "content-type": contentType,
      "content-length": String(Buffer.byteLength(body)),
      ...eventHeaders(settings.name, "Notification"),
      "aeg-delivery-count": String(first?.attempts ?? 0),
      "aeg-data-version": first?.event.dataVersion ?? "",
      "aeg-metadata-version": first?.event.metadataVersion ?? "",
      ...(first === undefined ? {} : attributesOf(settings, first.event)),
    },
    body,
  };
}

/** Event Grid shouts the subscription's name. */
export function eventHeaders(subscriptionName: string, eventType: string): Readonly<Record<string, string>> {
  return { "aeg-event-type": eventType, "aeg-subscription-name": subscriptionName.toUpperCase() };
}

function contentOf(settings: DeliverySettings, events: readonly EventToSend[]) {
  if (settings.schema === "EventGridSchema") {
    const body = JSON.stringify(events.map(({ event }) => asGridSchema(event)));
    return { body, contentType: "application/json; charset=utf-8" };
  }
  const cloudEvents = events.map(({ event }) => asCloudEvent(event));
  // Without batching a CloudEvent comes by itself, not in an array.
  return settings.maxEventsPerBatch > 1
    ? { body: JSON.stringify(cloudEvents), contentType: "application/cloudevents-batch+json; charset=utf-8" }
    : { body: JSON.stringify(cloudEvents[0]), contentType: "application/cloudevents+json; charset=utf-8" };
}

/** Headers that the subscription asks for: fixed ones, and ones taken from the event. */
function attributesOf({ attributeMappings }: DeliverySettings, event: GridEvent): Readonly<Record<string, string>> {
  const headers = attributeMappings.flatMap((mapping) => {
    const name = textField(mapping, "name");
    const value = attributeValue(mapping, event);
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(headers);
}

function attributeValue(mapping: JsonObject, event: GridEvent): string | undefined {
  if (textField(mapping, "type") === "Static") return textField(mapping, "properties", "value");
  const value = eventField(event, textField(mapping, "properties", "sourceField") ?? "");
  return value === undefined || value === null ? undefined : typeof value === "string" ? value : JSON.stringify(value);
}
