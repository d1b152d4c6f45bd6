import { UnsupportedQuery } from "./queryError.ts";
import type { Scalar } from "./scope.ts";
import type { Row, Value } from "./value.ts";

/** Makes the closure of a call from its compiled arguments; the call's text is for errors. */
export type BuildFunction = (args: readonly Scalar[], call: string) => (row: Row) => Value;

/** A function of values alone. What is not given is undefined. */
type PlainFunction = (first: Value, second: Value, third: Value, ...rest: readonly Value[]) => Value;

/** A function that sees nothing but the values of its arguments; arguments that are left out are null. */
export function plain(compute: PlainFunction): BuildFunction {
  return ([first, second, third, ...rest], call) => {
    // An argument that is not looked at would make the answer wrong.
    const most = compute.length === 0 ? Number.POSITIVE_INFINITY : compute.length;
    if ([first, second, third, ...rest].filter((arg) => arg !== undefined).length > most)
      throw new UnsupportedQuery("so many arguments", call);
    if (second === undefined) return (row) => compute(first?.evaluate(row) ?? null, null, null);
    if (third === undefined) return (row) => compute(first?.evaluate(row) ?? null, second.evaluate(row), null);
    return (row) =>
      compute(
        first?.evaluate(row) ?? null,
        second.evaluate(row),
        third.evaluate(row),
        ...rest.map((scalar) => scalar.evaluate(row)),
      );
  };
}

/** A function of a number, null for anything else. */
export function ofNumber(compute: (value: number) => number): BuildFunction {
  return plain((value) => {
    if (typeof value !== "number") return null;
    const result = compute(value);
    return Number.isFinite(result) ? result : null;
  });
}
