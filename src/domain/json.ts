/** JSON as ARM and Kubernetes speak it; `undefined` members are left out on the wire. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** True for an object, false for arrays, null and primitives. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for an array; `Array.isArray` does not narrow readonly arrays. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value at a dotted path ("properties.sku.tier", "properties.ipConfigurations.0.name"); undefined where the path ends early. */
export function jsonAt(value: Json | undefined, path: string): Json | undefined {
  let current: Json | undefined = value;
  for (const segment of path.split(".")) {
    if (isJsonArray(current)) current = current[Number(segment)];
    else if (isJsonObject(current)) current = current[segment];
    else return undefined;
  }
  return current;
}

/** The text at a dotted path; undefined where there is none. */
export function textAt(value: Json | undefined, path: string): string | undefined {
  const found = jsonAt(value, path);
  return typeof found === "string" ? found : undefined;
}

/** One spelling for one value: object keys sorted, no blanks, `undefined` members left out. */
export function canonicalJson(value: Json | undefined): string {
  if (isJsonArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value ?? null);
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(",")}}`;
}
