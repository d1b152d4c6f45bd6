import { inDynamic } from "./inDynamic.ts";
import type { Scalar } from "./scope.ts";
import { percentileOf, spreadOf } from "./statistics.ts";
import { compareValues, keyOf, nothingOf, type Row, type ScalarType, type Value, wholeType } from "./value.ts";

/** Elements that a make_set or make_list keeps when it is not told how many. Source: learn.microsoft.com/kusto/query/make-set-aggregation-function. */
const MOST_ELEMENTS = 1_048_576;

/** The same for makeset and makelist, their old names. Source: learn.microsoft.com/kusto/query/make-set-aggregation-function (deprecated aliases), checked 2026-11. */
const OLD_MOST_ELEMENTS = 128;

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
  avgif: ([value, condition]) => averaging(value, condition),
  min: ([value]) => extreme(value, -1),
  max: ([value]) => extreme(value, 1),
  minif: ([value, condition]) => extreme(value, -1, condition),
  maxif: ([value, condition]) => extreme(value, 1, condition),
  dcount: ([value]) => distinctCount(value),
  dcountif: ([value, condition]) => distinctCount(value, condition),
  count_distinct: ([value]) => distinctCount(value),
  count_distinctif: ([value, condition]) => distinctCount(value, condition),
  make_set: ([value, most]) => collecting(value, most, "set"),
  makeset: ([value, most]) => collecting(value, most ?? OLD_MOST_ELEMENTS, "set"),
  make_set_if: ([value, condition, most]) => collecting(value, most, "set", condition),
  make_list: ([value, most]) => collecting(value, most, "list"),
  makelist: ([value, most]) => collecting(value, most ?? OLD_MOST_ELEMENTS, "list"),
  make_list_if: ([value, condition, most]) => collecting(value, most, "list", condition),
  take_any: ([value]) => anyValue(value),
  any: ([value]) => anyValue(value),
  take_anyif: ([value, condition]) => anyValue(value, condition),
  make_list_with_nulls: ([value, most]) => collecting(value, most, "listWithNulls"),
  make_bag: ([value, most]) => bagOf(value, most),
  make_bag_if: ([value, condition, most]) => bagOf(value, most, condition),
  percentile: ([value, percentage]) => percentileOf(value, percentage),
  stdev: ([value]) => spreadOf({ value }, { isPopulation: false, isRoot: true }),
  stdevif: ([value, condition]) => spreadOf({ value, condition }, { isPopulation: false, isRoot: true }),
  stdevp: ([value]) => spreadOf({ value }, { isPopulation: true, isRoot: true }),
  variance: ([value]) => spreadOf({ value }, { isPopulation: false, isRoot: false }),
  varianceif: ([value, condition]) => spreadOf({ value, condition }, { isPopulation: false, isRoot: false }),
  variancep: ([value]) => spreadOf({ value }, { isPopulation: true, isRoot: false }),
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
  const type = wholeType(value?.type ?? "long");
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

function averaging(value: Scalar | undefined, condition?: Scalar): SimpleAggregate {
  const isTime = value?.type === "timespan" || value?.type === "datetime";
  return {
    type: isTime ? (value?.type ?? "real") : "real",
    start() {
      const sums: number[] = [];
      const counts: number[] = [];
      return {
        add: (group, row) => {
          if (condition !== undefined && condition.evaluate(row) !== true) return;
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
  most: Scalar | number | undefined,
  kind: "set" | "list" | "listWithNulls",
  condition?: Scalar,
): SimpleAggregate {
  return {
    type: "dynamic",
    start() {
      const collected: Map<string, Value>[] = [];
      const limit = limitOf(most);
      return {
        add: (group, row) => {
          if (condition !== undefined && condition.evaluate(row) !== true) return;
          const next = value?.evaluate(row) ?? null;
          collected[group] ??= new Map();
          const elements = collected[group];
          if ((next === null && kind !== "listWithNulls") || elements.size >= limit) return;
          const shown = value === undefined ? next : inDynamic(next, value.type);
          elements.set(kind === "set" ? keyOf([next]) : String(elements.size), shown);
        },
        result: (group) => [...(collected[group]?.values() ?? [])],
      };
    },
  };
}

function limitOf(most: Scalar | number | undefined): number {
  return typeof most === "object" ? Number(most.evaluate([])) : (most ?? MOST_ELEMENTS);
}

/** One bag of all the bags; of several values of one key Kusto keeps any, here the first. */
function bagOf(value: Scalar | undefined, most: Scalar | undefined, condition?: Scalar): SimpleAggregate {
  return {
    type: "dynamic",
    start() {
      const bags: Map<string, Value>[] = [];
      const limit = limitOf(most);
      return {
        add: (group, row) => {
          bags[group] ??= new Map();
          const bag = bags[group];
          if (condition !== undefined && condition.evaluate(row) !== true) return;
          const next = value?.evaluate(row) ?? null;
          if (next === null || typeof next !== "object" || Array.isArray(next)) return;
          for (const [key, one] of Object.entries(next))
            if (!bag.has(key) && bag.size < limit) bag.set(key, one ?? null);
        },
        result: (group) => Object.fromEntries(bags[group] ?? []),
      };
    },
  };
}

function anyValue(value: Scalar | undefined, condition?: Scalar): SimpleAggregate {
  const type = value?.type ?? "dynamic";
  return {
    type,
    start() {
      const found: Value[] = [];
      return {
        add: (group, row) => {
          if (condition !== undefined && condition.evaluate(row) !== true) return;
          const before = found[group] ?? null;
          if (before === null || before === "") found[group] = value?.evaluate(row) ?? null;
        },
        result: (group) => found[group] ?? nothingOf(type),
      };
    },
  };
}
