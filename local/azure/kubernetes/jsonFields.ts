import type { Json, JsonObject } from "../core/resourceType.ts";

/** Reads a nested field; undefined as soon as something on the way is missing or no object. */
export function field(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current)) current = typeof step === "number" ? current[step] : undefined;
    else if (isObject(current)) current = current[String(step)];
    else return undefined;
  }
  return current;
}

export function textField(value: Json | undefined, ...path: readonly (string | number)[]): string | undefined {
  const found = field(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function numberField(value: Json | undefined, ...path: readonly (string | number)[]): number | undefined {
  const found = field(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** The object at the path, or an empty one. */
export function objectField(value: Json | undefined, ...path: readonly (string | number)[]): JsonObject {
  const found = field(value, ...path);
  return isObject(found) ? found : {};
}

/** The objects of the array at the path; anything that is no object is left out. */
export function listField(value: Json | undefined, ...path: readonly (string | number)[]): JsonObject[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** The strings of the array at the path. */
export function textsField(value: Json | undefined, ...path: readonly (string | number)[]): string[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? found.filter((item): item is string => typeof item === "string") : [];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Keys sorted at every depth, as Go's encoder writes maps; undefined members dropped. */
export function sortedJson(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(sortedJson);
  if (!isObject(value)) return value ?? null;
  const sorted: JsonObject = {};
  for (const key of Object.keys(value).sort()) if (value[key] !== undefined) sorted[key] = sortedJson(value[key]);
  return sorted;
}

export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  return JSON.stringify(sortedJson(left)) === JSON.stringify(sortedJson(right));
}
