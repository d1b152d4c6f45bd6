import { inDynamic } from "./inDynamic.ts";
import type { Scalar } from "./scope.ts";
import { compareValues, keyOf, nothingOf, type Row, type ScalarType, type Value } from "./value.ts";

/** Elements that a make_set or make_list keeps when it is not told how many. Source: learn.microsoft.com/kusto/query/make-set-aggregation-function. */
const MOST_ELEMENTS = 1_048_576;

export interface Running {
  add(row: Row): void;
  result(): Value;
}

/** An aggregate with one value. */
export interface SimpleAggregate {
  readonly type: ScalarType;
  start(): Running;
}

export const simpleAggregates: Readonly<Record<string, (args: readonly Scalar[]) => SimpleAggregate | undefined>> = {
  count: () => counting(() => true),
  countif: ([condition]) => counting((row) => condition?.evaluate(row) === true),
  sum: ([value]) => summing(value, () => true),
  sumif: ([value, condition]) => summing(value, (row) => condition?.evaluate(row) === true),
  avg: ([value]) => averaging(value),
  min: ([value]) => extreme(value, -1),
  max: ([value]) => extreme(value, 1),
  minif: ([value, condition]) => extreme(value, -1, condition),
  maxif: ([value, condition]) => extreme(value, 1, condition),
  dcount: ([value]) => distinctCount(value),
  dcountif: ([value, condition]) => distinctCount(value, condition),
  count_distinct: ([value]) => distinctCount(value),
  make_set: ([value, most]) => collecting(value, most, true),
  make_set_if: ([value, condition, most]) => collecting(value, most, true, condition),
  make_list: ([value, most]) => collecting(value, most, false),
  make_list_if: ([value, condition, most]) => collecting(value, most, false, condition),
  take_any: ([value]) => anyValue(value),
  any: ([value]) => anyValue(value),
  percentile: ([value, percentage]) => percentile(value, percentage),
};

function counting(counts: (row: Row) => boolean): SimpleAggregate {
  return {
    type: "long",
    start() {
      let count = 0;
      return {
        add: (row) => {
          if (counts(row)) count += 1;
        },
        result: () => count,
      };
    },
  };
}

function summing(value: Scalar | undefined, counts: (row: Row) => boolean): SimpleAggregate {
  const type = value?.type === "int" ? "long" : (value?.type ?? "long");
  return {
    type,
    start() {
      let sum = 0;
      return {
        add: (row) => {
          const number = counts(row) ? value?.evaluate(row) : null;
          if (typeof number === "number") sum += number;
        },
        result: () => sum,
      };
    },
  };
}

function averaging(value: Scalar | undefined): SimpleAggregate {
  const isTime = value?.type === "timespan" || value?.type === "datetime";
  return {
    type: isTime ? (value?.type ?? "real") : "real",
    start() {
      let sum = 0;
      let count = 0;
      return {
        add: (row) => {
          const number = value?.evaluate(row);
          if (typeof number !== "number") return;
          sum += number;
          count += 1;
        },
        result: () => (count === 0 ? null : sum / count),
      };
    },
  };
}

function extreme(value: Scalar | undefined, sign: 1 | -1, condition?: Scalar): SimpleAggregate {
  const type = value?.type ?? "long";
  return {
    type,
    start() {
      let best: Value = null;
      return {
        add: (row) => {
          if (condition !== undefined && condition.evaluate(row) !== true) return;
          const next = value?.evaluate(row) ?? null;
          if (next !== null && (best === null || compareValues(next, best) * sign > 0)) best = next;
        },
        result: () => best ?? nothingOf(type),
      };
    },
  };
}

/** Exact, where Azure's is an estimate. Nulls do not count. */
function distinctCount(value: Scalar | undefined, condition?: Scalar): SimpleAggregate {
  return {
    type: "long",
    start() {
      const seen = new Set<string>();
      return {
        add: (row) => {
          if (condition !== undefined && condition.evaluate(row) !== true) return;
          const next = value?.evaluate(row) ?? null;
          if (next !== null) seen.add(keyOf([next]));
        },
        result: () => seen.size,
      };
    },
  };
}

function collecting(
  value: Scalar | undefined,
  most: Scalar | undefined,
  isSet: boolean,
  condition?: Scalar,
): SimpleAggregate {
  return {
    type: "dynamic",
    start() {
      const elements = new Map<string, Value>();
      const limit = Number(most?.evaluate([]) ?? MOST_ELEMENTS);
      return {
        add: (row) => {
          if (condition !== undefined && condition.evaluate(row) !== true) return;
          const next = value?.evaluate(row) ?? null;
          if (next === null || elements.size >= limit) return;
          const shown = value === undefined ? next : inDynamic(next, value.type);
          elements.set(isSet ? keyOf([next]) : String(elements.size), shown);
        },
        result: () => [...elements.values()],
      };
    },
  };
}

function anyValue(value: Scalar | undefined): SimpleAggregate {
  const type = value?.type ?? "dynamic";
  return {
    type,
    start() {
      let found: Value | undefined;
      return {
        add: (row) => {
          if (found === undefined || found === null || found === "") found = value?.evaluate(row) ?? null;
        },
        result: () => found ?? nothingOf(type),
      };
    },
  };
}

/** The nearest-rank percentile: always a value that occurred. */
function percentile(value: Scalar | undefined, percentage: Scalar | undefined): SimpleAggregate {
  return {
    type: value?.type ?? "real",
    start() {
      const numbers: number[] = [];
      return {
        add: (row) => {
          const number = value?.evaluate(row);
          if (typeof number === "number") numbers.push(number);
        },
        result: () => {
          const rank = Math.ceil((Number(percentage?.evaluate([]) ?? 0) / 100) * numbers.length);
          return numbers.sort((left, right) => left - right)[Math.max(0, rank - 1)] ?? null;
        },
      };
    },
  };
}
