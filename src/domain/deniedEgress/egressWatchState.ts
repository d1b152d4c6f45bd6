/**
 * What is kept of the refused egress of one environment, and whose turn it is to read. Pure. What was read, what it was counted
 * into and how far the log has been read move in one step, so that a crash can neither count twice nor lose anything.
 */
import type { Alert } from "../alerts/alert.ts";
import { alertOfCase } from "./caseAlert.ts";
import { type CaseBook, emptyCaseBook } from "./caseBook.ts";
import { closedCase } from "./caseLife.ts";
import { isBefore } from "./instant.ts";
import type { KnownNode } from "./nodeDirectory.ts";
import type { Seen } from "./recount.ts";
import type { LogHealth } from "./telemetry.ts";
import { emptyTelemetryBook, noted, type TelemetryBook } from "./telemetryAlert.ts";
import { begun, nextWindow, type ReadWindow, unreadLog, type WatchCursor } from "./window.ts";

export interface EgressCounters {
  readonly passCount: number;
  readonly failedPassCount: number;
  /** Refused connections, each once. */
  readonly rowCount: number;
  readonly fetchedRowCount: number;
  readonly openedCount: number;
  readonly closedCount: number;
}

/** The state of the durable entity `egressCases`; its key is the environment's name. */
export interface EgressWatchState {
  readonly cursor: WatchCursor;
  /** The instance whose turn it is, and what it reads. */
  readonly running?: { readonly instanceId: string; readonly since: string };
  readonly pending?: ReadWindow;
  /** What the last window came to, for whoever asks again. */
  readonly answered?: Committed & { readonly sequence: number };
  readonly seen: Seen;
  readonly book: CaseBook;
  readonly nodes: readonly KnownNode[];
  readonly health: LogHealth;
  readonly telemetry: TelemetryBook;
  readonly counters: EgressCounters;
  readonly lastReadAt?: string;
  /** When the log was first asked for: the first window begins an hour before. */
  readonly watchedSince?: string;
}

export const emptyEgressWatch: EgressWatchState = {
  cursor: unreadLog,
  seen: {},
  book: emptyCaseBook,
  nodes: [],
  health: { tables: [] },
  telemetry: emptyTelemetryBook,
  counters: { passCount: 0, failedPassCount: 0, rowCount: 0, fetchedRowCount: 0, openedCount: 0, closedCount: 0 },
};

export type BeginRead =
  | {
      readonly kind: "go";
      readonly window: ReadWindow;
      /** What the reader must know of before: for the digest and its context. */
      readonly known: { readonly fingerprints: readonly string[]; readonly nodes: readonly KnownNode[] };
    }
  /** Nothing new has settled in the log, or it wants to be left alone; the turn was not taken. */
  | { readonly kind: "idle" }
  | { readonly kind: "busy"; readonly with: string };

interface Asking {
  readonly instanceId: string;
  readonly at: string;
  /** When the environment was built; nothing before that is counted. */
  readonly builtAt?: string;
}

/** Asks for the turn and for what to read in it. Asking again gives the same window, until it was counted or has failed. */
export function beginRead(state: EgressWatchState, asking: Asking): readonly [EgressWatchState, BeginRead] {
  const { running } = state;
  const { instanceId, at } = asking;
  if (running !== undefined && running.instanceId !== instanceId)
    return [state, { kind: "busy", with: running.instanceId }];
  const { retryAt } = state.health.failing ?? {};
  if (retryAt !== undefined && isBefore(at, retryAt)) return [endRead(state, { instanceId }), { kind: "idle" }];
  const window = (running === undefined ? undefined : state.pending) ?? nextWindow(state.cursor, asking);
  if (window === undefined) return [endRead(state, { instanceId }), { kind: "idle" }];
  const { answered: _, ...rest } = state;
  const next = {
    ...rest,
    running: running ?? { instanceId, since: at },
    pending: window,
    cursor: begun(state.cursor, window),
    watchedSince: state.watchedSince ?? at,
  };
  const fingerprints = openCases(state).map(({ fingerprint }) => fingerprint);
  return [next, { kind: "go", window, known: { fingerprints, nodes: state.nodes } }];
}

/** Takes the turn from an instance that is dead; from any other than that one it is not taken. */
export function displaceRead(
  state: EgressWatchState,
  asking: Asking & { readonly dead: string },
): readonly [EgressWatchState, BeginRead] {
  return beginRead(endRead(state, { instanceId: asking.dead }), asking);
}

/** Ends the turn of an instance. A window that it began and did not bring to its end is read again under another number. */
export function endRead(state: EgressWatchState, { instanceId }: { readonly instanceId: string }): EgressWatchState {
  if (state.running?.instanceId !== instanceId) return state;
  const { running: _, pending: __, ...rest } = state;
  return rest;
}

export interface Committed {
  readonly alerts: readonly Alert[];
  /** There is more to read: begin again at once. */
  readonly more: boolean;
}

/** The environment is gone: what is open is closed, and of the rest only that is kept which makes ids differ for ever. */
export function forgetEnvironment(
  state: EgressWatchState,
  { at, environment }: { readonly at: string; readonly environment: string },
): readonly [EgressWatchState, readonly Alert[]] {
  const closings = openCases(state)
    .filter(({ told }) => told !== undefined)
    .map((each) => alertOfCase(closedCase(each, { at, what: "closed: the environment is gone" }), "closed", at));
  const [telemetry, telemetryAlerts] = noted(state.telemetry, { environment, findings: [], at });
  const occurrenceFloor = state.book.cases.reduce(
    (floor, { occurrence }) => Math.max(floor, occurrence),
    state.book.occurrenceFloor,
  );
  const cursor = { ...unreadLog, sequence: state.cursor.sequence };
  const book = { ...emptyCaseBook, occurrenceFloor };
  return [{ ...emptyEgressWatch, cursor, book, telemetry }, [...closings, ...telemetryAlerts]];
}

function openCases({ book }: EgressWatchState) {
  return book.cases.filter(({ state }) => state !== "closed");
}

/** How far behind the log is read, in seconds; undefined before anything was read. */
export function readingLagSeconds({ cursor }: EgressWatchState, nowEpochMs: number): number | undefined {
  return cursor.watermark === undefined ? undefined : Math.max(0, (nowEpochMs - Date.parse(cursor.watermark)) / 1000);
}
