import type { Json } from "../core/resourceType.ts";
import type { GridEvent } from "./gridEvent.ts";

/** The event's own fields, by their names in both schemas, in lower case. */
const OWN: Readonly<Record<string, (event: GridEvent) => string>> = {
  id: (event) => event.id,
  topic: (event) => event.topic,
  source: (event) => event.topic,
  subject: (event) => event.subject,
  eventtype: (event) => event.eventType,
  type: (event) => event.eventType,
  dataversion: (event) => event.dataVersion,
  eventtime: (event) => event.eventTime,
  time: (event) => event.eventTime,
  specversion: () => "1.0",
};

export const ownFieldNames: readonly string[] = Object.keys(OWN);

/** What the key of a filter or of a delivery attribute names: a field of the event, or with dots a way into its data. Case does not matter. */
export function eventField(event: GridEvent, key: string): Json | undefined {
  const [first = "", ...rest] = key.split(".");
  if (first.toLowerCase() !== "data") return OWN[first.toLowerCase()]?.(event);
  let current: Json | undefined = event.data;
  for (const part of rest) current = memberOf(current, part);
  return current;
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const key = Object.keys(value).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : value[key];
}
