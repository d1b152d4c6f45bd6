import type { Scalar, Scope } from "./scope.ts";
import { nothingOf, type Value } from "./value.ts";

/** What happens from row to row within one run. */
interface Progress {
  run: unknown;
}

/** Counts the rows of a run from a start (1), beginning anew where its second argument is true. */
export function rowNumber([start, restart]: readonly Scalar[], { compilation }: Scope): Scalar {
  const progress: Progress & { next: number } = { run: undefined, next: 0 };
  return {
    type: "long",
    isConstant: false,
    evaluate(row) {
      if (progress.run !== compilation.run || restart?.evaluate(row) === true) {
        progress.run = compilation.run;
        progress.next = Number(start?.evaluate(row) ?? 1);
      }
      progress.next += 1;
      return progress.next - 1;
    },
  };
}

/** Adds up the rows so far, beginning anew where its second argument is true. */
export function rowCumulativeSum([term, restart]: readonly Scalar[], { compilation }: Scope): Scalar {
  const progress: Progress & { sum: number } = { run: undefined, sum: 0 };
  return {
    type: term?.type ?? "long",
    isConstant: false,
    evaluate(row) {
      if (progress.run !== compilation.run || restart?.evaluate(row) === true) {
        progress.run = compilation.run;
        progress.sum = 0;
      }
      const value = term?.evaluate(row);
      progress.sum += typeof value === "number" ? value : 0;
      return progress.sum;
    },
  };
}

/** The value so many rows earlier (1), and before the first row what the third argument says. */
export function previousValue([value, offset, otherwise]: readonly Scalar[], { compilation }: Scope): Scalar {
  const progress: Progress & { values: Value[] } = { run: undefined, values: [] };
  const type = value?.type ?? "dynamic";
  return {
    type,
    isConstant: false,
    evaluate(row) {
      if (progress.run !== compilation.run) {
        progress.run = compilation.run;
        progress.values = [];
      }
      const back = Number(offset?.evaluate(row) ?? 1);
      progress.values.push(value?.evaluate(row) ?? nothingOf(type));
      if (progress.values.length > back + 1) progress.values.shift();
      return progress.values.length > back
        ? (progress.values[0] ?? nothingOf(type))
        : (otherwise?.evaluate(row) ?? nothingOf(type));
    },
  };
}
