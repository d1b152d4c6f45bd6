/**
 * Whether an event is one that a subscription wants.
 * Source: learn.microsoft.com/azure/event-grid/event-filtering, checked 2026-11: filters are joined by AND, the values of one
 * by OR, of a negative one by NOR; texts are compared without case. A key that the event lacks satisfies no positive
 * operator, and of the negative ones those that ask for whole values alone. The page does not speak of NumberNotInRange.
 */
import type { Json, JsonObject } from "../core/resourceType.ts";
import { field, listField, textField, textsField } from "../kubernetes/jsonFields.ts";
import { eventField } from "./eventField.ts";
import type { GridEvent } from "./gridEvent.ts";

export function filterMatches(filter: JsonObject, event: GridEvent): boolean {
  const types = textsField(filter, "includedEventTypes").map((type) => type.toLowerCase());
  if (types.length > 0 && !types.includes(event.eventType.toLowerCase())) return false;
  return (
    matchesSubject(filter, event.subject) &&
    listField(filter, "advancedFilters").every((one) => matchesAdvanced(one, event, filter))
  );
}

function matchesSubject(filter: JsonObject, subject: string): boolean {
  const fold = (text: string): string => (field(filter, "isSubjectCaseSensitive") === true ? text : text.toLowerCase());
  return (
    fold(subject).startsWith(fold(textField(filter, "subjectBeginsWith") ?? "")) &&
    fold(subject).endsWith(fold(textField(filter, "subjectEndsWith") ?? ""))
  );
}

type Comparison = (actual: Json, wanted: Json) => boolean;

const text =
  (compare: (actual: string, wanted: string) => boolean): Comparison =>
  (actual, wanted) =>
    typeof actual === "string" && typeof wanted === "string" && compare(actual.toLowerCase(), wanted.toLowerCase());

const number =
  (compare: (actual: number, wanted: number) => boolean): Comparison =>
  (actual, wanted) =>
    typeof actual === "number" && typeof wanted === "number" && compare(actual, wanted);

const inRange: Comparison = (actual, range) =>
  typeof actual === "number" && Array.isArray(range) && Number(range[0]) <= actual && actual <= Number(range[1]);

const POSITIVE: Readonly<Record<string, Comparison>> = {
  StringIn: text((actual, wanted) => actual === wanted),
  StringContains: text((actual, wanted) => actual.includes(wanted)),
  StringBeginsWith: text((actual, wanted) => actual.startsWith(wanted)),
  StringEndsWith: text((actual, wanted) => actual.endsWith(wanted)),
  NumberIn: number((actual, wanted) => actual === wanted),
  NumberInRange: inRange,
  NumberLessThan: number((actual, wanted) => actual < wanted),
  NumberLessThanOrEquals: number((actual, wanted) => actual <= wanted),
  NumberGreaterThan: number((actual, wanted) => actual > wanted),
  NumberGreaterThanOrEquals: number((actual, wanted) => actual >= wanted),
  BoolEquals: (actual, wanted) => typeof actual === "boolean" && actual === wanted,
};

/** What a key satisfies that is not there. */
const SATISFIED_BY_NOTHING: ReadonlySet<string> = new Set(["StringNotIn", "NumberNotIn", "NumberNotInRange"]);

function matchesAdvanced(advanced: JsonObject, event: GridEvent, filter: JsonObject): boolean {
  const operator = textField(advanced, "operatorType") ?? "";
  const actual = eventField(event, textField(advanced, "key") ?? "");
  if (operator === "IsNullOrUndefined") return actual === undefined || actual === null;
  if (operator === "IsNotNull") return actual !== undefined && actual !== null;
  if (actual === undefined) return SATISFIED_BY_NOTHING.has(operator);
  const onArrays = field(filter, "enableAdvancedFilteringOnArrays") === true;
  const candidates = Array.isArray(actual) ? (onArrays ? actual : []) : [actual];
  const compare = POSITIVE[operator.replace("Not", "")];
  if (compare === undefined) throw new Error(`The operator ${operator} passed the checks and is not known here.`);
  const isHit = candidates.some((one) => wantedOf(advanced).some((wanted) => compare(one, wanted)));
  return operator.includes("Not") ? !isHit : isHit;
}

function wantedOf(advanced: JsonObject): readonly Json[] {
  const values = field(advanced, "values");
  if (Array.isArray(values)) return values;
  const value = field(advanced, "value");
  return value === undefined ? [] : [value];
}
