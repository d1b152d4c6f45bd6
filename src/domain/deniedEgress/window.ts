/**
 * Which part of the log is read next, in time of ingestion. All bounds are whole minutes, as the slices are by which it is
 * counted, so that a slice is read whole or not at all.
 *
 *   overlapFrom ──── 10 min, counted before, looked at again ──── from ──── at most 30 min ──── to ── 2 min to settle ── now
 */
import { after, earlier, HOUR_MS, isBefore, later, MINUTE_MS, minuteOf } from "./instant.ts";

/**
 * Rows become visible a little out of order: this young ones are left for the next window.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time, checked 2026-11.
 */
export const SETTLE_MINUTES = 2;

/** How far before a window the log is read again, for rows that became visible after their minute had been read. */
export const OVERLAP_MINUTES = 10;

/** What one query is asked for at most; more is read in further windows. */
export const WINDOW_MINUTES_MAX = 30;

/** What a query that was too much is halved down to. */
export const WINDOW_MINUTES_MIN = 1;

/** How far back the first window of an environment looks at most. */
const FIRST_WINDOW_HOURS = 1;

/** How far the log has been read. */
export interface WatchCursor {
  /** Everything ingested before it has been counted. */
  readonly watermark?: string;
  /** Where the first window began; nothing before it is ever counted. */
  readonly origin?: string;
  /** Of the last window that was begun: none is ever used twice. */
  readonly sequence: number;
  readonly spanMinutes: number;
}

export const unreadLog: WatchCursor = { sequence: 0, spanMinutes: WINDOW_MINUTES_MAX };

/** Half-open in time of ingestion: from `from`, and before `to`. */
export interface ReadWindow {
  readonly sequence: number;
  readonly from: string;
  readonly to: string;
  /** What is read and counted once more begins here. */
  readonly overlapFrom: string;
  /** There was more to read than a window takes: another follows at once. */
  readonly isCut: boolean;
}

/** The next window; undefined when nothing new has settled, as when the clock stands still or was put back. */
export function nextWindow(
  { watermark, origin, sequence, spanMinutes }: WatchCursor,
  { at, builtAt }: { readonly at: string; readonly builtAt?: string },
): ReadWindow | undefined {
  const settled = settledAt(at);
  const from = watermark ?? firstFrom(at, builtAt);
  const to = earlier(settled, after(from, spanMinutes * MINUTE_MS));
  if (!isBefore(from, to)) return undefined;
  return {
    sequence: sequence + 1,
    from,
    to,
    overlapFrom: later(origin ?? from, after(from, -OVERLAP_MINUTES * MINUTE_MS)),
    isCut: isBefore(to, settled),
  };
}

/** From the environment's building on, and not further back than an hour. */
function firstFrom(at: string, builtAt: string | undefined): string {
  const earliest = after(at, -FIRST_WINDOW_HOURS * HOUR_MS);
  return minuteOf(builtAt === undefined ? earliest : later(builtAt, earliest));
}

function settledAt(at: string): string {
  return minuteOf(after(at, -SETTLE_MINUTES * MINUTE_MS));
}

/** The cursor once a window is being read. Where the first one begins is kept from then on, however often it fails. */
export function begun(cursor: WatchCursor, { sequence, from }: ReadWindow): WatchCursor {
  return { ...cursor, sequence, origin: cursor.origin ?? from, watermark: cursor.watermark ?? from };
}

/**
 * The cursor once a window has been counted. When our clock is ahead of the log's, the log is taken as read only as far as
 * its own clock had come: rows that are ingested later must not lie behind the watermark.
 */
export function afterWindow(cursor: WatchCursor, window: ReadWindow, logTime: string | undefined): WatchCursor {
  const settled = logTime === undefined ? window.to : earlier(window.to, settledAt(logTime));
  return {
    ...cursor,
    watermark: later(window.from, settled),
    spanMinutes: Math.min(WINDOW_MINUTES_MAX, cursor.spanMinutes * 2),
  };
}

/** The cursor once a window's answer was too much for the log: half as much is asked for next, down to a minute. */
export function afterTooMuch(cursor: WatchCursor, { from, to }: ReadWindow): WatchCursor {
  const minutes = (Date.parse(to) - Date.parse(from)) / MINUTE_MS;
  return { ...cursor, spanMinutes: Math.max(WINDOW_MINUTES_MIN, Math.floor(minutes / 2)) };
}
