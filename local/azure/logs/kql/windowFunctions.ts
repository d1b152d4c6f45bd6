import type { Scalar, Scope } from "./scope.ts";
import { nothingOf, type Row, type Value } from "./value.ts";

/** Makes one step for each row of a run, however often it is asked about the row. */
function stepping<State>(
  { compilation }: Scope,
  type: Scalar["type"],
  of: { readonly start: () => State; readonly step: (state: State, row: Row) => Value },
): Scalar {
  let run: unknown;
  let last: { readonly row: Row; readonly value: Value } | undefined;
  let state = of.start();
  const scalar: Scalar = {
    type,
    isConstant: false,
    evaluate(row) {
      if (run !== compilation.run) {
        run = compilation.run;
        last = undefined;
        state = of.start();
      }
      if (last?.row !== row) last = { row, value: of.step(state, row) };
      return last.value;
    },
  };
  compilation.windows.push(scalar);
  return scalar;
}

/** Counts the rows of a run from a start (1), beginning anew where its second argument is true. */
export function rowNumber([start, restart]: readonly Scalar[], scope: Scope): Scalar {
  return stepping(scope, "long", {
    start: () => ({ next: undefined as number | undefined }),
    step(state, row) {
      if (state.next === undefined || restart?.evaluate(row) === true) state.next = Number(start?.evaluate(row) ?? 1);
      state.next += 1;
      return state.next - 1;
    },
  });
}

/** Adds up the rows so far, beginning anew where its second argument is true. */
export function rowCumulativeSum([term, restart]: readonly Scalar[], scope: Scope): Scalar {
  return stepping(scope, term?.type ?? "long", {
    start: () => ({ sum: 0 }),
    step(state, row) {
      if (restart?.evaluate(row) === true) state.sum = 0;
      const value = term?.evaluate(row);
      state.sum += typeof value === "number" ? value : 0;
      return state.sum;
    },
  });
}

/** The value so many rows earlier (1), and before the first row what the third argument says. */
export function previousValue([value, offset, otherwise]: readonly Scalar[], scope: Scope): Scalar {
  const type = value?.type ?? "dynamic";
  return stepping(scope, type, {
    start: (): Value[] => [],
    step(values, row) {
      const back = Number(offset?.evaluate(row) ?? 1);
      values.push(value?.evaluate(row) ?? nothingOf(type));
      if (values.length > back + 1) values.shift();
      const found = values.length > back ? values[0] : otherwise?.evaluate(row);
      return found ?? nothingOf(type);
    },
  });
}
