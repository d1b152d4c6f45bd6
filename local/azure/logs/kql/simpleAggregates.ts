import { inDynamic } from "./inDynamic.ts";
import type { Scalar } from "./scope.ts";
import { compareValues, keyOf, nothingOf, type Row, type ScalarType, type Value } from "./value.ts";

/** Elements that a make_set or make_list keeps when it is not told how many. Source: learn.microsoft.com/kusto/query/make-set-aggregation-function. */
const MOST_ELEMENTS = 1_048_576;

/** What one run adds up, for every group; groups are numbered, and one may have no row at all. */
export interface Running {
  add(group: number, row: Row): void;
  result(group: number): Value;
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
      const found: number[] = [];
      return {
        add: (group, row) => {
          if (counts(row)) found[group] = (found[group] ?? 0) + 1;
        },
        result: (group) => found[group] ?? 0,
      };
    },
  };
}

function summing(value: Scalar | undefined, counts: (row: Row) => boolean): SimpleAggregate {
  const type = value?.type === "int" ? "long" : (value?.type ?? "long");
  return {
    type,
    start() {
      const sums: number[] = [];
      return {
        add: (group, row) => {
          const number = counts(row) ? value?.evaluate(row) : null;
          if (typeof number === "number") sums[group] = (sums[group] ?? 0) + number;
        },
        result: (group) => sums[group] ?? 0,
      };
    },
  };
}

function averaging(value: Scalar | undefined): SimpleAggregate {
  const isTime = value?.type === "timespan" || value?.type === "datetime";
  return {
    type: isTime ? (value?.type ?? "real") : "real",
    start() {
      const sums: number[] = [];
      const counts: number[] = [];
      return {
        add: (group, row) => {
          const number = value?.evaluate(row);
          if (typeof number !== "number") return;
          sums[group] = (sums[group] ?? 0) + number;
          counts[group] = (counts[group] ?? 0) + 1;
        },
        result: (group) => {
          const count = counts[group] ?? 0;
          return count === 0 ? null : (sums[group] ?? 0) / count;
        },
      };
    },
  };
}

function extreme(value: Scalar | undefined, sign: 1 | -1, condition?: Scalar): SimpleAggregate {
  const type = value?.type ?? "long";
  return {
    type,
    start() {
      const best: Value[] = [];
      return {
        add: (group, row) => {
          if (condition !== undefined && condition.evaluate(row) !== true) return;
          const next = value?.evaluate(row) ?? null;
          const before = best[group] ?? null;
          if (next !== null && (before === null || compareValues(next, before) * sign > 0)) best[group] = next;
        },
        result: (group) => best[group] ?? nothingOf(type),
      };
    },
  };
}

/** Exact, where Azure's is an estimate. Nulls do not count. */
function distinctCount(value: Scalar | undefined, condition?: Scalar): SimpleAggregate {
  return {
    type: "long",
    start() {
      const seen: Set<Value>[] = [];
      return {
        add: (group, row) => {
          if (condition !== undefined && condition.evaluate(row) !== true) return;
          const next = value?.evaluate(row) ?? null;
          if (next === null) return;
          seen[group] ??= new Set();
          seen[group].add(typeof next === "object" ? keyOf([next]) : next);
        },
        result: (group) => seen[group]?.size ?? 0,
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
      const collected: Map<string, Value>[] = [];
      const limit = Number(most?.evaluate([]) ?? MOST_ELEMENTS);
      return {
        add: (group, row) => {
          if (condition !== undefined && condition.evaluate(row) !== true) return;
          const next = value?.evaluate(row) ?? null;
          collected[group] ??= new Map();
          const elements = collected[group];
          if (next === null || elements.size >= limit) return;
          const shown = value === undefined ? next : inDynamic(next, value.type);
          elements.set(isSet ? keyOf([next]) : String(elements.size), shown);
        },
        result: (group) => [...(collected[group]?.values() ?? [])],
      };
    },
  };
}

function anyValue(value: Scalar | undefined): SimpleAggregate {
  const type = value?.type ?? "dynamic";
  return {
    type,
    start() {
      const found: Value[] = [];
      return {
        add: (group, row) => {
          const before = found[group] ?? null;
          if (before === null || before === "") found[group] = value?.evaluate(row) ?? null;
        },
        result: (group) => found[group] ?? nothingOf(type),
      };
    },
  };
}

/** The nearest-rank percentile: always a value that occurred. */
function percentile(value: Scalar | undefined, percentage: Scalar | undefined): SimpleAggregate {
  return {
    type: value?.type ?? "real",
    start() {
      const numbers: number[][] = [];
      return {
        add: (group, row) => {
          const number = value?.evaluate(row);
          if (typeof number !== "number") return;
          numbers[group] ??= [];
          numbers[group].push(number);
        },
        result: (group) => {
          const sorted = (numbers[group] ?? []).sort((left, right) => left - right);
          const rank = Math.ceil((Number(percentage?.evaluate([]) ?? 0) / 100) * sorted.length);
          return sorted[Math.max(0, rank - 1)] ?? null;
        },
      };
    },
  };
}
