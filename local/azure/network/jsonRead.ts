import type { Json, JsonObject } from "../core/resourceType.ts";

/** Reads of raw ARM JSON by dotted path. What is missing or of another type reads as undefined or empty; `checkShape` has refused wrong types before. */
export function valueAt(json: Json | undefined, path: string): Json | undefined {
  let value: Json | undefined = json;
  for (const key of keysOf(path)) {
    if (!isObject(value)) return undefined;
    value = value[key];
  }
  return value;
}

/** The paths stand in the code: there are some hundred. */
const keysOfPath = new Map<string, readonly string[]>();

function keysOf(path: string): readonly string[] {
  const keys = keysOfPath.get(path) ?? path.split(".");
  keysOfPath.set(path, keys);
  return keys;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textAt(json: Json | undefined, path: string): string | undefined {
  const value = valueAt(json, path);
  return typeof value === "string" ? value : undefined;
}

/** Numbers also come as text from some clients ("priority": "100"). */
export function numberAt(json: Json | undefined, path: string): number | undefined {
  const value = valueAt(json, path);
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : undefined;
}

export function flagAt(json: Json | undefined, path: string): boolean {
  const value = valueAt(json, path);
  return value === true || (typeof value === "string" && value.toLowerCase() === "true");
}

export function objectsAt(json: Json | undefined, path: string): JsonObject[] {
  const value = valueAt(json, path);
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textsAt(json: Json | undefined, path: string): string[] {
  const value = valueAt(json, path);
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The id of a reference such as `properties.routeTable: { id }`. */
export function idAt(json: Json | undefined, path: string): string | undefined {
  return textAt(json, `${path}.id`);
}

/** One value or many: `addressPrefix` beside `addressPrefixes`, as security rules and subnets have them. */
export function oneOrMany(json: Json | undefined, onePath: string, manyPath: string): string[] {
  const one = textAt(json, onePath);
  const many = textsAt(json, manyPath);
  return one === undefined || one === "" ? many : [one, ...many];
}

export function sameText(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && left.toLowerCase() === right.toLowerCase();
}

export function propertiesOf(json: JsonObject): JsonObject {
  return isObject(json.properties) ? json.properties : {};
}
