/**
 * Which fields of a resource are ours, and what becomes of the rest.
 *
 *   existing   desired     differences   merged
 *   a: 1       a: 1        –             a: 1
 *   a: 2       a: 1        a: 2 → 1      a: 1
 *   b: 7       –           –             b: 7      (not ours: survives)
 *   [x, y]     [x]         y → nothing   [x]       (an array is ours as a whole …)
 *   [x, y]     [x] shared  –             [x, y]    (… unless others have elements in it, too)
 *
 * Paths are dotted, array elements are "[]": "properties.subnets", "properties.agentPoolProfiles[].count".
 */

import { elementKey, equalSets, findMember } from "./arrayElements.ts";
import { squeezed } from "./azureLocations.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "./json.ts";

export interface OwnershipRules {
  /** Arrays of named things in which the elements of others are left alone. */
  readonly shared?: readonly string[];
  /** Sent at creation, never compared or changed again. */
  readonly createOnly?: readonly string[];
  /** Arrays of primitives whose order means something; all others are sets. */
  readonly ordered?: readonly string[];
  /** Texts that Azure keeps and compares letter by letter (a token's subject); all others but tags and descriptions compare without case. */
  readonly exact?: readonly string[];
  /** Every text is compared letter by letter, as Kubernetes does. */
  readonly caseSensitive?: boolean;
}

export interface Difference {
  /** Where, with the names of elements: "properties.subnets[aks-1-subnet].properties.addressPrefix". */
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/** A place in the body: as the rules name it, and as people read it. */
interface Place {
  readonly rule: string;
  readonly shown: string;
}

const ROOT: Place = { rule: "", shown: "" };

/** What must change for our fields to be right; empty when nothing must. Defaults that Azure added are no difference. */
export function differences(
  existing: JsonObject,
  desired: JsonObject,
  rules: OwnershipRules = {},
): readonly Difference[] {
  return compareObjects(existing, desired, rules, ROOT);
}

/** The existing body with our fields put right: what others wrote survives, and nothing of ours is missing. */
export function mergeOwned(existing: JsonObject, desired: JsonObject, rules: OwnershipRules = {}): JsonObject {
  return mergeObjects(existing, desired, rules, ROOT);
}

function compare(
  existing: Json | undefined,
  desired: Json,
  rules: OwnershipRules,
  place: Place,
): readonly Difference[] {
  if (isJsonObject(desired) && isJsonObject(existing)) return compareObjects(existing, desired, rules, place);
  if (isJsonArray(desired) && isJsonArray(existing)) return compareArrays(existing, desired, rules, place);
  if (isEmpty(desired) && isEmpty(existing)) return [];
  return sameValue(existing, desired, rules, place) ? [] : [difference(place, existing, desired)];
}

function compareObjects(
  existing: JsonObject,
  desired: JsonObject,
  rules: OwnershipRules,
  place: Place,
): readonly Difference[] {
  return Object.entries(desired).flatMap(([key, value]) => {
    const at = memberPlace(place, key);
    if (value === undefined || rules.createOnly?.includes(at.rule)) return [];
    return compare(findMember(existing, key)?.value, value, rules, at);
  });
}

function compareArrays(
  existing: readonly Json[],
  desired: readonly Json[],
  rules: OwnershipRules,
  place: Place,
): readonly Difference[] {
  const shared = rules.shared?.includes(place.rule) ?? false;
  if (!desired.some(isJsonObject) && (!shared || desired.length > 0)) {
    const same = rules.ordered?.includes(place.rule)
      ? existing.length === desired.length &&
        desired.every((item, index) => sameValue(existing[index], item, rules, place))
      : equalSets(existing, desired, (left, right) => sameValue(left, right, rules, place));
    return same ? [] : [difference(place, existing, desired)];
  }
  const ours = desired.flatMap((item, index) => {
    const at = elementPlace(place, item, index);
    return compare(
      existing.find((other, position) => sameElement(other, position, item, index)),
      item,
      rules,
      at,
    );
  });
  const foreign = existing.filter(
    (other, position) => !desired.some((item, index) => sameElement(other, position, item, index)),
  );
  const removed = shared
    ? []
    : foreign.map((item, index) => difference(elementPlace(place, item, index), item, undefined));
  return [...ours, ...removed];
}

function merge(existing: Json | undefined, desired: Json, rules: OwnershipRules, place: Place): Json {
  if (isJsonObject(desired) && isJsonObject(existing)) return mergeObjects(existing, desired, rules, place);
  if (isJsonArray(desired) && isJsonArray(existing)) return mergeArrays(existing, desired, rules, place);
  // Azure's own spelling of the same value stays, so that nothing is changed that need not be.
  return existing !== undefined && compare(existing, desired, rules, place).length === 0
    ? existing
    : withoutUndefined(desired);
}

function mergeObjects(existing: JsonObject, desired: JsonObject, rules: OwnershipRules, place: Place): JsonObject {
  const merged: Record<string, Json | undefined> = { ...existing };
  for (const [key, value] of Object.entries(desired)) {
    const at = memberPlace(place, key);
    if (value === undefined || rules.createOnly?.includes(at.rule)) continue;
    const member = findMember(existing, key);
    merged[member?.key ?? key] = merge(member?.value, value, rules, at);
  }
  return merged;
}

function mergeArrays(existing: readonly Json[], desired: readonly Json[], rules: OwnershipRules, place: Place): Json {
  if (compareArrays(existing, desired, rules, place).length === 0) return existing;
  if (!desired.some(isJsonObject)) return desired;
  const matchOf = (item: Json, index: number): Json | undefined =>
    existing.find((other, position) => sameElement(other, position, item, index));
  const ours = desired.map((item, index) => merge(matchOf(item, index), item, rules, elementPlace(place, item, index)));
  if (!rules.shared?.includes(place.rule)) return ours;
  const foreign = existing.filter(
    (other, position) => !desired.some((item, index) => sameElement(other, position, item, index)),
  );
  return [...foreign, ...ours];
}

/** Elements with a key of their own (name, category …) are the same by that key, others by position. */
function sameElement(left: Json, leftIndex: number, right: Json, rightIndex: number): boolean {
  const [leftKey, rightKey] = [elementKey(left), elementKey(right)];
  return leftKey === undefined && rightKey === undefined ? leftIndex === rightIndex : leftKey === rightKey;
}

function sameValue(existing: Json | undefined, desired: Json, rules: OwnershipRules, place: Place): boolean {
  if (typeof desired !== "string" || typeof existing !== "string") return existing === desired;
  if (isExact(rules, place)) return existing === desired;
  if (place.rule.split(".").at(-1) === "location") return squeezed(existing) === squeezed(desired);
  return existing.toLowerCase() === desired.toLowerCase();
}

function isExact(rules: OwnershipRules, place: Place): boolean {
  if (rules.caseSensitive === true) return true;
  return (
    place.rule.startsWith("tags.") ||
    place.rule.endsWith(".description") ||
    (rules.exact?.includes(place.rule) ?? false)
  );
}

/** Azure leaves out what is empty: no array and null are the same as nothing. An empty object is something: a key of identities. */
function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || (isJsonArray(value) && value.length === 0);
}

function memberPlace(place: Place, key: string): Place {
  const joined = (base: string): string => (base === "" ? key : `${base}.${key}`);
  return { rule: joined(place.rule), shown: joined(place.shown) };
}

function elementPlace(place: Place, element: Json, index: number): Place {
  const name =
    isJsonObject(element) && typeof element.name === "string" ? element.name : (elementKey(element) ?? String(index));
  return { rule: `${place.rule}[]`, shown: `${place.shown}[${name}]` };
}

function difference(place: Place, from: Json | undefined, to: Json | undefined): Difference {
  return { path: place.shown, from: shown(from), to: shown(to) };
}

function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function withoutUndefined(value: Json): Json {
  if (isJsonArray(value)) return value.map(withoutUndefined);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [[key, withoutUndefined(member)]],
  );
  return Object.fromEntries(members);
}
