/** The filter of an event subscription, checked against its limits. Source: learn.microsoft.com/azure/event-grid/event-filtering, checked 2026-11. */
import { ArmError } from "../core/armError.ts";
import type { Json, JsonObject } from "../core/resourceType.ts";
import { field, listField, objectField, textField, textsField } from "../kubernetes/jsonFields.ts";
import { ownFieldNames } from "./eventField.ts";

const MOST_FILTERS = 25;
const MOST_VALUES = 25;
const MOST_VALUE_CHARACTERS = 512;

/** What each operator compares with: texts, numbers, ranges of two numbers, one of them, or nothing. */
const OPERATORS: Readonly<Record<string, "texts" | "numbers" | "ranges" | "number" | "flag" | "none">> = {
  StringIn: "texts",
  StringNotIn: "texts",
  StringContains: "texts",
  StringNotContains: "texts",
  StringBeginsWith: "texts",
  StringNotBeginsWith: "texts",
  StringEndsWith: "texts",
  StringNotEndsWith: "texts",
  NumberIn: "numbers",
  NumberNotIn: "numbers",
  NumberInRange: "ranges",
  NumberNotInRange: "ranges",
  NumberLessThan: "number",
  NumberLessThanOrEquals: "number",
  NumberGreaterThan: "number",
  NumberGreaterThanOrEquals: "number",
  BoolEquals: "flag",
  IsNullOrUndefined: "none",
  IsNotNull: "none",
};

/** Throws for a filter that Event Grid refuses. */
export function checkEventFilter(filter: JsonObject, eventTypes: readonly string[]): void {
  const included = field(filter, "includedEventTypes");
  if (included !== undefined && included !== null && textsField(filter, "includedEventTypes").length === 0) {
    throw invalid("The includedEventTypes of the filter must have at least one event type, or be left out.");
  }
  const unknown = textsField(filter, "includedEventTypes").find(
    (type) => !eventTypes.some((known) => known.toLowerCase() === type.toLowerCase()),
  );
  if (unknown !== undefined)
    throw invalid(`The event type '${unknown}' is not one of this topic type: ${eventTypes.join(", ")}.`);
  checkAdvancedFilters(listField(filter, "advancedFilters"));
}

function checkAdvancedFilters(filters: readonly JsonObject[]): void {
  if (filters.length > MOST_FILTERS)
    throw invalid(`The filter has ${filters.length} advanced filters. The limit is ${MOST_FILTERS}.`);
  const valueCount = filters.reduce((sum, filter) => sum + valuesOf(filter).length, 0);
  if (valueCount > MOST_VALUES)
    // Wording after github.com/cloud-custodian/cloud-custodian/issues/4669, when the limit was 5 a filter.
    throw invalid(
      `The maximum number of values allowed on all advanced filters of a subscription is ${MOST_VALUES}; these have ${valueCount}.`,
    );
  for (const filter of filters) checkAdvancedFilter(filter);
}

function checkAdvancedFilter(filter: JsonObject): void {
  const operator = textField(filter, "operatorType") ?? "";
  const kind = OPERATORS[operator];
  if (kind === undefined)
    throw invalid(`The operatorType '${operator}' is unknown. Known are: ${Object.keys(OPERATORS).join(", ")}.`);
  checkKey(textField(filter, "key") ?? "");
  const values = valuesOf(filter);
  if (kind !== "none" && values.length === 0)
    throw invalid(`The advanced filter ${operator} on '${textField(filter, "key")}' has no value.`);
  if (!values.every((value) => isOfKind(value, kind))) {
    throw invalid(
      `A value of the advanced filter ${operator} on '${textField(filter, "key")}' is not of the kind the operator compares with (${kind}).`,
    );
  }
  const long = values.find((value) => typeof value === "string" && value.length > MOST_VALUE_CHARACTERS);
  if (long !== undefined)
    throw invalid(
      `A value of the advanced filter on '${textField(filter, "key")}' is longer than ${MOST_VALUE_CHARACTERS} characters.`,
    );
}

/** Dots lead into the data; a key that has a dot or slash of its own cannot be named. */
function checkKey(key: string): void {
  const [first = "", ...rest] = key.split(".");
  const isOwn = rest.length === 0 && ownFieldNames.includes(first.toLowerCase());
  const isData = first.toLowerCase() === "data" && rest.every((part) => /^[\w-]+$/.test(part));
  if (!isOwn && !isData)
    throw invalid(
      `The key '${key}' of an advanced filter is no field of an event: use ${ownFieldNames.join(", ")} or data.<field>.`,
    );
}

function valuesOf(filter: JsonObject): Json[] {
  const many = field(filter, "values");
  if (Array.isArray(many)) return many;
  const one = field(filter, "value");
  return one === undefined || one === null ? [] : [one];
}

function isOfKind(value: Json, kind: string): boolean {
  switch (kind) {
    case "texts":
      return typeof value === "string";
    case "numbers":
    case "number":
      return typeof value === "number";
    case "ranges":
      return Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === "number");
    case "flag":
      return typeof value === "boolean";
    default:
      return false;
  }
}

/** The filter with Event Grid's defaults, as it is shown. */
export function completedFilter(filter: JsonObject, eventTypes: readonly string[]): JsonObject {
  return {
    subjectBeginsWith: "",
    subjectEndsWith: "",
    isSubjectCaseSensitive: false,
    enableAdvancedFilteringOnArrays: false,
    ...filter,
    includedEventTypes: filter.includedEventTypes ?? [...eventTypes],
    advancedFilters: objectListOrEmpty(filter),
  };
}

function objectListOrEmpty(filter: JsonObject): JsonObject[] {
  return listField(filter, "advancedFilters").map((advanced) => objectField(advanced));
}

function invalid(message: string): ArmError {
  return new ArmError(400, "InvalidRequest", message);
}
