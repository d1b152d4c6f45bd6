/** What CloudEvents 1.0 asks of an event in JSON. Source: github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md and …/formats/json-format.md, checked 2026-11. */
import type { Json, JsonObject } from "../core/resourceType.ts";

const ATTRIBUTE_NAME = /^[a-z0-9]+$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const REQUIRED = ["id", "source", "type"] as const;
const DATA = new Set(["data", "data_base64"]);

/** Why it is no CloudEvent; undefined when it is. */
export function cloudEventMistake(event: Json | undefined): string | undefined {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return "it is no JSON object";
  if (event.specversion !== "1.0") return `its specversion is ${JSON.stringify(event.specversion)} and not "1.0"`;
  const missing = REQUIRED.find((name) => typeof event[name] !== "string" || event[name] === "");
  if (missing !== undefined) return `its ${missing} is no text, or empty`;
  const name = Object.keys(event).find((each) => !DATA.has(each) && !ATTRIBUTE_NAME.test(each));
  if (name !== undefined) return `the attribute name '${name}' is not of lower-case letters and digits`;
  if (event.time !== undefined && !TIME.test(String(event.time))) return `its time '${event.time}' is not of RFC 3339`;
  if (event.data !== undefined && event.data_base64 !== undefined) return "it has both data and data_base64";
  return structured(event);
}

/** Attributes are no structures. */
function structured(event: JsonObject): string | undefined {
  const name = Object.entries(event).find(
    ([each, value]) => !DATA.has(each) && typeof value === "object" && value !== null,
  )?.[0];
  return name === undefined ? undefined : `its attribute ${name} is a structure`;
}
