import type { Scalar } from "./scope.ts";
import type { SimpleAggregate } from "./simpleAggregates.ts";
import { type Row, wholeType } from "./value.ts";

interface Sample {
  readonly value: Scalar | undefined;
  readonly condition?: Scalar | undefined;
}

/** Count, mean and sum of the squared distances from it: Welford's way, which loses nothing over many rows. */
interface Moments {
  count: number;
  mean: number;
  squares: number;
}

/**
 * variance and stdev, of a sample (n - 1) or of a population (n). A sample of one gives 0, none gives null: Kusto's own
 * choice. Source: learn.microsoft.com/kusto/query/stdev-aggregation-function, checked 2026-11.
 */
export function spreadOf(
  sample: Sample,
  of: { readonly isPopulation: boolean; readonly isRoot: boolean },
): SimpleAggregate {
  return {
    type: "real",
    start() {
      const found: Moments[] = [];
      return {
        add: (group, row) => {
          const number = numberOf(sample, row);
          if (number === undefined) return;
          found[group] ??= { count: 0, mean: 0, squares: 0 };
          const moments = found[group];
          moments.count += 1;
          const distance = number - moments.mean;
          moments.mean += distance / moments.count;
          moments.squares += distance * (number - moments.mean);
        },
        result: (group) => {
          const moments = found[group];
          if (moments === undefined) return null;
          const variance = moments.squares / Math.max(1, moments.count - (of.isPopulation ? 0 : 1));
          return of.isRoot ? Math.sqrt(variance) : variance;
        },
      };
    },
  };
}

function numberOf({ value, condition }: Sample, row: Row): number | undefined {
  if (condition !== undefined && condition.evaluate(row) !== true) return undefined;
  const number = value?.evaluate(row);
  return typeof number === "number" ? number : undefined;
}

/** The nearest-rank percentile: always a value that occurred. */
export function percentileOf(value: Scalar | undefined, percentage: Scalar | undefined): SimpleAggregate {
  return {
    type: wholeType(value?.type ?? "real"),
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
