import type { Json, JsonObject } from "../../src/domain/json.ts";

/** What Azure makes of a body that was sent: ids, states and defaults added, ids in other casing, empty arrays gone, foreign parts among ours. */
export function asAzureAnswers(id: string, sent: JsonObject, shared: readonly string[]): JsonObject {
  const answered = answeredObject(sent, "", shared);
  return {
    ...answered,
    id,
    etag: 'W/"00000000-0000-0000-0000-000000000001"',
    systemData: { createdByType: "Application" },
    ...(answered.tags === undefined ? {} : { tags: { ...(answered.tags as JsonObject), "someone-elses": "tag" } }),
    properties: {
      ...(answered.properties as JsonObject | undefined),
      provisioningState: "Succeeded",
      someDefault: { mode: "Auto" },
    },
  };
}

function answeredObject(sent: JsonObject, path: string, shared: readonly string[]): JsonObject {
  const members = Object.entries(sent).flatMap(([key, value]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return value === undefined || (Array.isArray(value) && value.length === 0)
      ? []
      : [[key, answered(value, at, shared)]];
  });
  return { ...Object.fromEntries(members), ...(path === "" || path === "tags" ? {} : { defaultOfAzure: null }) };
}

function answered(value: Json, path: string, shared: readonly string[]): Json {
  if (Array.isArray(value)) {
    const elements = value.map((item: Json) => answered(item, `${path}[]`, shared)).reverse();
    return shared.includes(path) ? [{ name: "someone-elses", properties: { foreign: true } }, ...elements] : elements;
  }
  if (typeof value === "object" && value !== null) return answeredObject(value as JsonObject, path, shared);
  if (typeof value !== "string") return value;
  if (path.endsWith("location")) return value === "westeurope" ? "West Europe" : value;
  return value.startsWith("/subscriptions/") ? value.replace("/resourceGroups/", "/resourcegroups/") : value;
}
