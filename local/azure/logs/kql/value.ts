import type { Json } from "../../core/resourceType.ts";

/**
 * A value of a query. Datetimes are milliseconds since 1970 and timespans milliseconds, both with fractions down to
 * Kusto's tick of 100 ns; which of them a number is, its static type says. Strings are never null: "" is their nothing.
 */
export type Value = Json;

export type ScalarType =
  | "bool"
  | "int"
  | "long"
  | "real"
  | "decimal"
  | "string"
  | "datetime"
  | "timespan"
  | "dynamic"
  | "guid";

export interface Column {
  readonly name: string;
  readonly type: ScalarType;
}

export type Row = Value[];

const SCALAR_TYPES: ReadonlySet<string> = new Set<ScalarType>([
  "bool",
  "int",
  "long",
  "real",
  "decimal",
  "string",
  "datetime",
  "timespan",
  "dynamic",
  "guid",
]);

export function isScalarType(name: string): name is ScalarType {
  return SCALAR_TYPES.has(name);
}

export function isNumeric(type: ScalarType): boolean {
  return type === "int" || type === "long" || type === "real" || type === "decimal";
}

/** Sums and percentiles of int are long. */
export function wholeType(type: ScalarType): ScalarType {
  return type === "int" ? "long" : type;
}

/** What a column holds where a row says nothing. */
export function nothingOf(type: ScalarType): Value {
  return type === "string" ? "" : null;
}

/** Ascending: nothing first, then by value; strings by code units, as Kusto orders them. */
export function compareValues(left: Value, right: Value): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  if (typeof left === "object" || typeof right === "object")
    return compareValues(JSON.stringify(left), JSON.stringify(right));
  return left < right ? -1 : 1;
}

/** Text that is the same for the same values and no others: the key of groups and joins. */
export function keyOf(values: readonly Value[]): string {
  let key = "";
  for (const value of values) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    key += `${text.length}${typeof value === "string" ? "'" : ":"}${text}`;
  }
  return key;
}
