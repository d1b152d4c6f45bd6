/**
 * What becomes of cases while time passes, and what is told of it.
 *
 *   open ⇄ acknowledged          told when opened, when it gets worse, at growing intervals while it grows, when closed
 *    ⇅        ⇅                  acknowledged: only when it gets worse, and when closed
 *   suppressed until …           nothing is told; it is counted, and never closed by quiet
 *    ↓        ↓
 *   closed  (quiet, or by hand)  what comes afterwards is the next occurrence
 */
import type { Alert, AlertEvent } from "../alerts/alert.ts";
import { alertOfCase } from "./caseAlert.ts";
import type { CaseBook } from "./caseBook.ts";
import type { EgressSettings } from "./egressSettings.ts";
import { clockInWords, HOUR_MS, isBefore, MINUTE_MS, msBetween, spanInWords } from "./instant.ts";
import { severityRank } from "./severity.ts";
import { type WatchedCase, withEvent } from "./watchedCase.ts";
import { WINDOW_MINUTES_MAX } from "./window.ts";

/** From one update to the next, in hours; the last one is repeated. */
export const UPDATE_HOURS = [1, 4, 12, 24] as const;

/**
 * A case goes on while something of it was ingested within as long as one window takes at most: what was let out since is not
 * said to go on, and what comes rarely is told of when it comes.
 */
const GOING_ON_MS = WINDOW_MINUTES_MAX * MINUTE_MS;

/** More closed cases than this are forgotten, the oldest first. */
export const CLOSED_CASES_MAX = 200;

export interface Moment {
  readonly at: string;
  /** How far the log has been read: a case is quiet when the log is, not when nobody has read it. */
  readonly readTo: string;
  readonly settings: EgressSettings;
}

export interface Lived {
  readonly book: CaseBook;
  readonly alerts: readonly Alert[];
}

/** The cases at a moment, and what is to be told of them. */
export function lived(book: CaseBook, moment: Moment): Lived {
  const alerts: Alert[] = [];
  const dropped: WatchedCase[] = [];
  const cases = book.cases.flatMap((each) => {
    if (each.state === "closed") return [each];
    const awake = woken(each, moment.at);
    if (isQuiet(awake, moment)) {
      if (awake.told === undefined) {
        dropped.push(awake);
        return [];
      }
      const quiet = spanInWords(moment.settings.quietHours * HOUR_MS);
      const closed = closedCase(awake, { at: moment.at, what: `closed: nothing of it for ${quiet}` });
      alerts.push(alertOfCase(closed, "closed", moment.at));
      return [closed];
    }
    const event = dueEvent(awake, moment);
    if (event === undefined) return [awake];
    const told = toldCase(awake, event, moment.at);
    alerts.push(alertOfCase(told, event, moment.at));
    return [told];
  });
  // The gravest first: it is the first to be delivered.
  alerts.sort(
    (left, right) => severityRank(right.severity) - severityRank(left.severity) || (left.id < right.id ? -1 : 1),
  );
  return { book: bounded({ ...book, cases }, dropped), alerts };
}

/** Open again when its suppression has ended. */
function woken(each: WatchedCase, at: string): WatchedCase {
  const { suppression, ...rest } = each;
  if (suppression === undefined || isBefore(at, suppression.until)) return each;
  const what = `suppression ended: ${suppression.countSince} refused connections since it was suppressed`;
  const open = withEvent({ ...rest, state: "open" as const }, { at, what });
  // What came meanwhile is told at once, whatever the time since the last update.
  return suppression.countSince > 0 && open.told !== undefined
    ? { ...open, told: { ...open.told, at: LONG_AGO } }
    : open;
}

const LONG_AGO = "1970-01-01T00:00:00.000Z";

function isQuiet({ state, newestSlice }: WatchedCase, { readTo, settings }: Moment): boolean {
  return state !== "suppressed" && msBetween(newestSlice, readTo) >= settings.quietHours * HOUR_MS;
}

function dueEvent(each: WatchedCase, { at, readTo, settings }: Moment): AlertEvent | undefined {
  if (each.state === "suppressed") return undefined;
  const { told } = each;
  if (told === undefined) {
    const isUrgent = each.class === "breaksAks";
    return isUrgent || each.count >= settings.openAfterHits ? "opened" : undefined;
  }
  if (severityRank(each.severity) > severityRank(told.severity)) return "updated";
  const hours = UPDATE_HOURS[Math.min(told.updateCount, UPDATE_HOURS.length - 1)] ?? 24;
  const isDue = msBetween(told.at, at) >= hours * HOUR_MS;
  // "It goes on" is said of what goes on: what has ended is told when it is closed.
  const goesOn = each.count > told.count && msBetween(each.newestSlice, readTo) < GOING_ON_MS;
  return each.state === "open" && isDue && goesOn ? "updated" : undefined;
}

function toldCase(each: WatchedCase, event: AlertEvent, at: string): WatchedCase {
  const { told, count, severity } = each;
  const updateCount = told === undefined ? 0 : told.updateCount + 1;
  const next = { ...each, told: { at, count, severity, updateCount } };
  if (event === "opened") return next;
  const isWorse = told !== undefined && severityRank(severity) > severityRank(told.severity);
  const what = isWorse
    ? `worse: ${told.severity} → ${severity}, ${each.because}`
    : `goes on: ${count} refused connections`;
  return withEvent(next, { at, what });
}

/** The case as closed; what comes afterwards is another occurrence. */
export function closedCase(
  each: WatchedCase,
  event: { readonly at: string; readonly what: string; readonly by?: string; readonly note?: string },
): WatchedCase {
  const { suppression: _, ...rest } = each;
  return withEvent({ ...rest, state: "closed", closedAt: event.at }, event);
}

/** Without the oldest closed cases, and without those that were too little to be told of. What they counted is still known. */
function bounded(book: CaseBook, dropped: readonly WatchedCase[]): CaseBook {
  const closed = book.cases.filter(({ state }) => state === "closed");
  const surplus = closed
    .toSorted(
      (left, right) =>
        msBetween(right.closedAt ?? LONG_AGO, left.closedAt ?? LONG_AGO) || (left.id < right.id ? -1 : 1),
    )
    .slice(0, Math.max(0, closed.length - CLOSED_CASES_MAX));
  const out = new Set(surplus.map(({ id }) => id));
  const lost = [...surplus, ...dropped];
  return {
    cases: book.cases.filter(({ id }) => !out.has(id)),
    forgottenCount: lost.reduce((sum, { count }) => sum + count, book.forgottenCount),
    // Ids of those that nobody was told of have never been seen.
    occurrenceFloor: surplus.reduce((floor, { occurrence }) => Math.max(floor, occurrence), book.occurrenceFloor),
  };
}

/** "until 2026-11-30 08:00 UTC by NAME: REASON". */
export function suppressionInWords({ until, by, reason }: NonNullable<WatchedCase["suppression"]>): string {
  return `until ${clockInWords(until)} by ${by}: ${reason}`;
}
