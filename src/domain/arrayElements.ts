import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/** Members that tell one element of an ARM array from the next, in the order in which they are looked for. */
const keyMembers = ["name", "category", "service", "protocolType", "ruleSetType", "key"] as const;

/** What an element of an array is known by (without case, as in ARM); undefined when only its position tells. */
export function elementKey(element: Json): string | undefined {
  if (!isJsonObject(element)) return undefined;
  for (const member of keyMembers) {
    const value = element[member];
    if (typeof value === "string") return value.toLowerCase();
  }
  return undefined;
}

/** A member of an object by its name without case: Azure answers "omsAgent" where "omsagent" was sent, and ids are keys of identities. */
export function findMember(
  object: JsonObject,
  key: string,
): { readonly key: string; readonly value: Json | undefined } | undefined {
  if (Object.hasOwn(object, key)) return { key, value: object[key] };
  const other = Object.keys(object).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
  return other === undefined ? undefined : { key: other, value: object[other] };
}

/** Whether two arrays hold the same elements, whatever their order; an element counts as often as it stands there. */
export function equalSets(
  left: readonly Json[],
  right: readonly Json[],
  same: (left: Json, right: Json) => boolean,
): boolean {
  if (left.length !== right.length) return false;
  const rest = [...left];
  return right.every((item) => {
    const index = rest.findIndex((other) => same(other, item));
    if (index >= 0) rest.splice(index, 1);
    return index >= 0;
  });
}
