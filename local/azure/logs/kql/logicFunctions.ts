import type { BuildFunction } from "./functionFamily.ts";
import { plain } from "./functionFamily.ts";
import { compareValues, type Value } from "./value.ts";

const choose: BuildFunction =
  ([condition, yes, no]) =>
  (row) =>
    (condition?.evaluate(row) === true ? yes : no)?.evaluate(row) ?? null;

/** Conditions, and tests for nothing. */
export const logicFunctions: Readonly<Record<string, BuildFunction>> = {
  iff: choose,
  iif: choose,
  case: (args) => (row) => {
    for (let index = 0; index + 1 < args.length; index += 2) {
      if (args[index]?.evaluate(row) === true) return args[index + 1]?.evaluate(row) ?? null;
    }
    return args.at(-1)?.evaluate(row) ?? null;
  },
  coalesce: (args) => (row) => {
    for (const arg of args) {
      const value = arg.evaluate(row);
      if (value !== null && value !== "") return value;
    }
    return args[0]?.type === "string" ? "" : null;
  },
  not: plain((value) => (value === null ? null : value !== true)),
  isempty: plain((value) => value === null || value === ""),
  isnotempty: plain((value) => value !== null && value !== ""),
  isnull: plain((value) => value === null),
  isnotnull: plain((value) => value !== null),
  notempty: plain((value) => value !== null && value !== ""),
  notnull: plain((value) => value !== null),
  max_of: (args) => (row) =>
    extreme(
      args.map((arg) => arg.evaluate(row)),
      1,
    ),
  min_of: (args) => (row) =>
    extreme(
      args.map((arg) => arg.evaluate(row)),
      -1,
    ),
};

function extreme(values: readonly Value[], sign: 1 | -1): Value {
  const known = values.filter((value) => value !== null);
  return known.reduce<Value>(
    (best, value) => (best === null || compareValues(value, best) * sign > 0 ? value : best),
    null,
  );
}
