/**
 * What the watch would have said about a past time with given settings: the same functions, over windows that have long settled,
 * with a clock that stands at the end of each.
 */
import type { Alert, AlertEvent } from "../alerts/alert.ts";
import { titleOf } from "./caseAlert.ts";
import { type CaseBook, emptyCaseBook, entered } from "./caseBook.ts";
import { lived } from "./caseLife.ts";
import type { LogReading } from "./deniedFlow.ts";
import { type Digest, digest } from "./digest.ts";
import type { EgressClass, Severity } from "./egressCase.ts";
import type { EgressContext } from "./egressContext.ts";
import type { EgressSettings } from "./egressSettings.ts";
import { after, earlier, isBefore, MINUTE_MS, minuteOf } from "./instant.ts";
import { recount } from "./recount.ts";
import { severityRank } from "./severity.ts";
import { type ReadWindow, SETTLE_MINUTES, WINDOW_MINUTES_MAX } from "./window.ts";

/** Cases that a report names. */
const REPORTED_CASES = 20;

/** A case as a report names it. */
export interface BacktestedCase {
  readonly title: string;
  readonly class: EgressClass;
  readonly severity: Severity;
  readonly count: number;
  readonly openedAt: string;
  readonly alertCount: number;
}

/** Where a backtest stands between two windows. Plain data. */
export interface Backtest {
  readonly book: CaseBook;
  /** By id: every case that would have been told of. */
  readonly cases: Readonly<Record<string, BacktestedCase>>;
  readonly alertCounts: Readonly<Record<AlertEvent, number>>;
  readonly rowCount: number;
  readonly windowCount: number;
}

export const emptyBacktest: Backtest = {
  book: emptyCaseBook,
  cases: {},
  alertCounts: { opened: 0, updated: 0, closed: 0 },
  rowCount: 0,
  windowCount: 0,
};

/** The windows of a period, side by side: what is long ingested needs no overlap. */
export function backtestWindows({ from, to }: { readonly from: string; readonly to: string }): readonly ReadWindow[] {
  const windows: ReadWindow[] = [];
  const end = minuteOf(to);
  for (let start = minuteOf(from); isBefore(start, end); ) {
    const next = earlier(end, after(start, WINDOW_MINUTES_MAX * MINUTE_MS));
    windows.push({
      sequence: windows.length + 1,
      from: start,
      to: next,
      overlapFrom: start,
      isCut: isBefore(next, end),
    });
    start = next;
  }
  return windows;
}

interface Tested {
  readonly window: ReadWindow;
  readonly reading: LogReading;
  readonly context: EgressContext;
  readonly settings: EgressSettings;
}

/** The backtest once one more window is in it; in the order of time. */
export function backtested(before: Backtest, { window, reading, context, settings }: Tested): Backtest {
  const known = before.book.cases.filter(({ state }) => state !== "closed").map(({ fingerprint }) => fingerprint);
  const read: Digest = digest({ reading, window, context, known });
  const { deltas } = recount({}, read.counts);
  const at = after(window.to, SETTLE_MINUTES * MINUTE_MS);
  const book = entered(before.book, { environment: context.environment, digest: read, deltas, at });
  const life = lived(book, { at, readTo: window.to, settings });
  return {
    book: life.book,
    cases: withCases(before.cases, [...book.cases, ...life.book.cases], life.alerts),
    alertCounts: withAlerts(before.alertCounts, life.alerts),
    rowCount: before.rowCount + deltas.reduce((sum, { count }) => sum + count, 0),
    windowCount: before.windowCount + 1,
  };
}

function withAlerts(before: Backtest["alertCounts"], alerts: readonly Alert[]): Backtest["alertCounts"] {
  const counts = { ...before };
  for (const { event } of alerts) counts[event]++;
  return counts;
}

/** Cases as they last were: those that are forgotten with this window as they were in it. */
function withCases(before: Backtest["cases"], book: CaseBook["cases"], alerts: readonly Alert[]): Backtest["cases"] {
  const cases: Record<string, BacktestedCase> = { ...before };
  const counts = Map.groupBy(alerts, ({ subject }) => subject);
  for (const each of book) {
    if (each.told === undefined && !counts.has(each.id)) continue;
    const { severity, count, openedAt } = each;
    const alertCount = (before[each.id]?.alertCount ?? 0) + (counts.get(each.id)?.length ?? 0);
    cases[each.id] = { title: titleOf(each), class: each.class, severity, count, openedAt, alertCount };
  }
  return cases;
}

export interface BacktestReport {
  readonly caseCount: number;
  readonly byClass: Readonly<Partial<Record<EgressClass, number>>>;
  readonly bySeverity: Readonly<Partial<Record<Severity, number>>>;
  readonly alertCounts: Readonly<Record<AlertEvent, number>>;
  /** Refused connections in the period. */
  readonly rowCount: number;
  readonly windowCount: number;
  /** The gravest, then those with the most refused connections. */
  readonly top: readonly BacktestedCase[];
}

export function backtestReport({ cases, alertCounts, rowCount, windowCount }: Backtest): BacktestReport {
  const all = Object.values(cases);
  return {
    caseCount: all.length,
    byClass: countBy(all.map((each) => each.class)),
    bySeverity: countBy(all.map(({ severity }) => severity)),
    alertCounts,
    rowCount,
    windowCount,
    top: all
      .toSorted(
        (left, right) =>
          severityRank(right.severity) - severityRank(left.severity) ||
          right.count - left.count ||
          (left.title < right.title ? -1 : 1),
      )
      .slice(0, REPORTED_CASES),
  };
}

function countBy<Key extends string>(keys: readonly Key[]): Readonly<Partial<Record<Key, number>>> {
  const counts: Partial<Record<Key, number>> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
