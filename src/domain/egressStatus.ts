/** What an environment's reader is shown of the watch of its denied egress. Pure. */
import type { EgressClass, Severity } from "./deniedEgress/egressCase.ts";
import { type EgressCounters, type EgressWatchState, readingLagSeconds } from "./deniedEgress/egressWatchState.ts";
import type { TelemetryFinding } from "./deniedEgress/telemetry.ts";
import type { StandingFinding } from "./standingFindings.ts";
import type { Failure } from "./stepOutcome.ts";

export interface OpenCaseCount {
  readonly class: EgressClass;
  readonly severity: Severity;
  readonly count: number;
}

export interface EgressStatusView {
  /** A pass is under way. */
  readonly isRunning: boolean;
  /** Everything that came into the log before this is counted, and how long ago that is; absent: nothing was read yet. */
  readonly readTo?: string;
  readonly freshnessSeconds?: number;
  /** When the newest row of any kind was written. */
  readonly newestRowAt?: string;
  /** How long rows of any kind last took to come into the log, on average. */
  readonly ingestionLagSeconds?: number;
  /** Open, acknowledged or suppressed. */
  readonly openCaseCount: number;
  readonly openCases: readonly OpenCaseCount[];
  /** What is wrong with the log itself, oldest first. */
  readonly findings: readonly Omit<StandingFinding<TelemetryFinding>, "graceSeconds" | "openedAt">[];
  /** Passes that failed in a row, and why the last one did. */
  readonly failing?: {
    readonly count: number;
    readonly since: string;
    readonly failure: Failure;
    readonly retryAt?: string;
  };
  readonly counters: EgressCounters;
}

export function egressStatus(state: EgressWatchState, nowEpochMs: number): EgressStatusView {
  const { running, cursor, health, counters, telemetry } = state;
  const freshness = readingLagSeconds(state, nowEpochMs);
  const open = state.book.cases.filter((each) => each.state !== "closed" && each.told !== undefined);
  return {
    isRunning: running !== undefined,
    ...(cursor.watermark === undefined ? {} : { readTo: cursor.watermark }),
    ...(freshness === undefined ? {} : { freshnessSeconds: freshness }),
    ...(health.newestRowAt === undefined ? {} : { newestRowAt: health.newestRowAt }),
    ...(health.lagSeconds === undefined ? {} : { ingestionLagSeconds: health.lagSeconds }),
    openCaseCount: open.length,
    openCases: countsOf(open),
    findings: telemetry.findings
      .toSorted((left, right) => Date.parse(left.since) - Date.parse(right.since))
      .map(({ graceSeconds: _, openedAt: __, ...finding }) => finding),
    ...(health.failing === undefined ? {} : { failing: failingOf(health.failing) }),
    counters,
  };
}

function failingOf({ count, since, failure, retryAt }: NonNullable<EgressStatusView["failing"]>) {
  return { count, since, failure, ...(retryAt === undefined ? {} : { retryAt }) };
}

function countsOf(
  cases: readonly { readonly class: EgressClass; readonly severity: Severity }[],
): readonly OpenCaseCount[] {
  const groups = Map.groupBy(cases, (each) => `${each.class} ${each.severity}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ class: first.class, severity: first.severity, count: group.length }];
  });
}
