/**
 * An event as Event Grid delivers it, in its own schema or as a CloudEvent. Unknown fields are none of our business here:
 * Azure adds some at any time.
 *
 * Sources: learn.microsoft.com/azure/event-grid/event-schema, …/cloud-event-schema, …/event-schema-resource-groups and
 * …/event-schema-aks, checked 2026-11.
 */
import * as z from "zod";
import type { Mistake } from "../domain/mistake.ts";
import type { ResourceEvent } from "../domain/routeHint.ts";
import { mistakesOfIssues } from "./schemaMistakes.ts";

export type ParsedResourceEvent =
  | { readonly ok: true; readonly event: ResourceEvent }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Longer texts than this are no ids of Azure's. */
const TEXT_CHARACTERS_MAX = 2048;

const text = z
  .string({ error: "must be text" })
  .min(1, "must not be empty")
  .max(TEXT_CHARACTERS_MAX, `must not have more than ${TEXT_CHARACTERS_MAX} characters`);

/** Azure writes seven digits of a second, which are cut to milliseconds. */
const instant = text
  .refine((value) => !Number.isNaN(Date.parse(value)), "must be an instant in ISO 8601")
  .transform((value) => new Date(value).toISOString());

/** What an operation of ARM says; other events have other data. */
const operationData = z.object(
  {
    operationName: text,
    resourceUri: text,
    subscriptionId: text,
    correlationId: z.string().optional().catch(undefined),
    /** An object, and in older versions the same as JSON in a text. Whoever did it is nice to know, and no reason to refuse. */
    claims: z
      .preprocess(parsedText, z.object({ appid: z.string().optional().catch(undefined) }))
      .optional()
      .catch(undefined),
  },
  { error: "must be an object" },
);

const eventGridSchema = z.object({
  id: text,
  eventType: text,
  topic: text,
  subject: text,
  eventTime: instant,
  data: z.unknown().optional(),
});

const cloudEventSchema = z.object({
  specversion: z.literal("1.0", { error: 'must be "1.0"' }),
  id: text,
  type: text,
  source: text,
  subject: text.optional(),
  time: instant,
  data: z.unknown().optional(),
});

/** Reads one event. A body that is none in either schema is said to be so with every mistake. */
export function parseResourceEvent(body: unknown): ParsedResourceEvent {
  return typeof body === "object" && body !== null && "specversion" in body
    ? parseCloudEvent(body)
    : parseGridEvent(body);
}

function parseGridEvent(body: unknown): ParsedResourceEvent {
  const parsed = eventGridSchema.safeParse(body);
  if (!parsed.success)
    return { ok: false, mistakes: mistakesOfIssues("an event", eventGridSchema, parsed.error.issues) };
  const { id, eventType, topic, subject, eventTime, data: content } = parsed.data;
  return withOperation({ eventId: id, eventType, topic, subject, at: eventTime }, content);
}

function parseCloudEvent(body: unknown): ParsedResourceEvent {
  const parsed = cloudEventSchema.safeParse(body);
  if (!parsed.success)
    return { ok: false, mistakes: mistakesOfIssues("an event", cloudEventSchema, parsed.error.issues) };
  const { id, type, source, subject, time, data: content } = parsed.data;
  return withOperation({ eventId: id, eventType: type, topic: source, subject: subject ?? "", at: time }, content);
}

function withOperation(event: ResourceEvent, content: unknown): ParsedResourceEvent {
  if (!/^Microsoft\.Resources\.Resource/.test(event.eventType)) return { ok: true, event };
  const parsed = operationData.safeParse(content);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({ ...issue, path: ["data", ...issue.path] }));
    return { ok: false, mistakes: mistakesOfIssues("an event", z.object({ data: operationData }), issues) };
  }
  const { operationName, resourceUri, subscriptionId, correlationId, claims } = parsed.data;
  const operation = {
    operationName,
    resourceId: resourceUri,
    subscriptionId,
    ...(claims?.appid === undefined ? {} : { appId: claims.appid }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
  return { ok: true, event: { ...event, operation } };
}

/** What a text holds as JSON; anything else, and a text that is no JSON, as it is. */
function parsedText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
