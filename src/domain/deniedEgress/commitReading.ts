/** What becomes of an environment's cases when a window of its log was read, or could not be. */
import type { Alert } from "../alerts/alert.ts";
import type { Failure } from "../stepOutcome.ts";
import { entered } from "./caseBook.ts";
import { lived } from "./caseLife.ts";
import type { Digest } from "./digest.ts";
import type { EgressSettings } from "./egressSettings.ts";
import type { Committed, EgressCounters, EgressWatchState } from "./egressWatchState.ts";
import { after, later, MINUTE_MS } from "./instant.ts";
import { type ClusterNodes, rememberNodes } from "./nodeDirectory.ts";
import { pruned, recount } from "./recount.ts";
import {
  findingsAfterFailure,
  findingsAfterReading,
  type LogHealth,
  type ReadFailureKind,
  type TelemetryFinding,
  type TelemetryLook,
} from "./telemetry.ts";
import { noted } from "./telemetryAlert.ts";
import { afterTooMuch, afterWindow, OVERLAP_MINUTES, WINDOW_MINUTES_MIN } from "./window.ts";

export interface Pass {
  readonly instanceId: string;
  readonly environment: string;
  readonly at: string;
  readonly settings: EgressSettings;
  readonly firewallId?: string;
}

export interface ReadPass extends Pass {
  readonly digest: Digest;
  readonly look: TelemetryLook;
  readonly nodes: readonly ClusterNodes[];
}

/** Counts a window and lets time pass. A window is counted once; asked again, the answer is the same, and of an older one it is empty. */
export function commit(state: EgressWatchState, pass: ReadPass): readonly [EgressWatchState, Committed] {
  const { digest, at, settings, environment, look } = pass;
  const { window } = digest;
  if (state.answered?.sequence === window.sequence)
    return [state, { alerts: state.answered.alerts, more: state.answered.more }];
  if (state.running?.instanceId !== pass.instanceId || state.pending?.sequence !== window.sequence)
    return [state, { alerts: [], more: false }];
  const { pending: _, ...rest } = state;
  const cursor = afterWindow(state.cursor, window, digest.logTime);
  const readTo = cursor.watermark ?? window.to;
  const { seen, deltas } = recount(state.seen, digest.counts);
  const before = entered(state.book, { environment, digest, deltas, at });
  const life = lived(before, { at, readTo, settings });
  const health = healthAfter(state.health, digest);
  const found = findingsAfterReading({
    health,
    look,
    tables: digest.tables,
    readTo,
    watchedSince: state.watchedSince ?? window.from,
    settings,
  });
  const findings = [...found, ...unseenSetting(state, look)];
  const [telemetry, telemetryAlerts] = noted(state.telemetry, {
    environment,
    findings,
    at,
    firewallId: pass.firewallId,
  });
  const committed: Committed = { alerts: [...life.alerts, ...telemetryAlerts], more: window.isCut };
  const next: EgressWatchState = {
    ...rest,
    cursor,
    seen: pruned(seen, after(readTo, -OVERLAP_MINUTES * MINUTE_MS)),
    book: life.book,
    nodes: rememberNodes(state.nodes, pass.nodes, at),
    health,
    telemetry,
    counters: counters(state.counters, {
      digest,
      rows: deltas.reduce((sum, { count }) => sum + count, 0),
      alerts: life.alerts,
    }),
    lastReadAt: at,
    answered: { ...committed, sequence: window.sequence },
  };
  return [next, committed];
}

/** What only a reading can tell: without one it stays as it was. */
const toldByReading: ReadonlySet<string> = new Set(["LogSilent", "LogLate", "LogTableGone"]);

/** What was wrong with a setting that could not be looked at this time: it is not right for that. */
function unseenSetting({ telemetry }: EgressWatchState, look: TelemetryLook | undefined): readonly TelemetryFinding[] {
  if (look !== undefined && (look.workspace === undefined || look.diagnosticSetting !== undefined)) return [];
  return telemetry.findings.filter(
    ({ code }) => settingCodes.has(code) || (look === undefined && code === "WorkspaceGone"),
  );
}

const settingCodes: ReadonlySet<string> = new Set(["DiagnosticSettingMissing", "DiagnosticSettingChanged"]);

function healthAfter({ newestRowAt, tables, lagSeconds: before }: LogHealth, digest: Digest): LogHealth {
  const lagSeconds = digest.lagSeconds ?? before;
  const newest =
    digest.newestRowAt === undefined ? newestRowAt : later(newestRowAt ?? digest.newestRowAt, digest.newestRowAt);
  return {
    tables: [...new Set([...tables, ...digest.tables])].sort(),
    ...(newest === undefined ? {} : { newestRowAt: newest }),
    ...(lagSeconds === undefined ? {} : { lagSeconds }),
  };
}

interface PassCounts {
  readonly digest: Digest;
  readonly rows: number;
  readonly alerts: readonly Alert[];
}

function counters(before: EgressCounters, { digest, rows, alerts }: PassCounts): EgressCounters {
  const countOf = (event: Alert["event"]): number => alerts.filter((alert) => alert.event === event).length;
  return {
    ...before,
    passCount: before.passCount + 1,
    rowCount: before.rowCount + rows,
    fetchedRowCount: before.fetchedRowCount + digest.fetchedRowCount,
    openedCount: before.openedCount + countOf("opened"),
    closedCount: before.closedCount + countOf("closed"),
  };
}

export interface FailedPass extends Pass {
  readonly sequence: number;
  readonly kind: ReadFailureKind;
  readonly failure: Failure;
  /** What was seen of the setting and the workspace, where that could be read. */
  readonly look?: TelemetryLook;
  /** How long the log wants to be left alone. */
  readonly retryAfterSeconds?: number;
}

export interface Failed {
  readonly alerts: readonly Alert[];
  /** Less is asked for now: begin again at once. */
  readonly again: boolean;
}

/** Notes that a window could not be read. The log counts as read no further than before. */
export function failRead(state: EgressWatchState, pass: FailedPass): readonly [EgressWatchState, Failed] {
  const { pending, ...rest } = state;
  if (pending?.sequence !== pass.sequence || state.running?.instanceId !== pass.instanceId)
    return [state, { alerts: [], again: false }];
  const { environment, at, settings, kind, failure, look, retryAfterSeconds } = pass;
  const isTooMuch = kind === "tooMuch";
  const cursor = isTooMuch ? afterTooMuch(state.cursor, pending) : state.cursor;
  const again =
    isTooMuch && state.cursor.spanMinutes > WINDOW_MINUTES_MIN && cursor.spanMinutes < state.cursor.spanMinutes;
  const { failing } = state.health;
  const retryAt = retryAfterSeconds === undefined ? undefined : after(at, retryAfterSeconds * 1000);
  const health = {
    ...state.health,
    failing: {
      count: (failing?.count ?? 0) + 1,
      since: failing?.since ?? at,
      kind,
      failure,
      ...(retryAt === undefined ? {} : { retryAt }),
    },
  };
  const ofReading = state.telemetry.findings.filter(({ code }) => toldByReading.has(code));
  const unseen = unseenSetting(state, look);
  const failures = findingsAfterFailure(health, look).filter(({ code }) => !unseen.some((each) => each.code === code));
  const findings = [...failures, ...ofReading, ...unseen];
  const [telemetry, telemetryAlerts] = noted(state.telemetry, {
    environment,
    findings,
    at,
    firewallId: pass.firewallId,
  });
  // Time goes on for suppressions, not for quiet: nobody has looked.
  const life = lived(state.book, {
    at,
    readTo: state.cursor.watermark ?? state.cursor.origin ?? pending.from,
    settings,
  });
  const next: EgressWatchState = {
    ...rest,
    cursor,
    health,
    telemetry,
    book: life.book,
    counters: { ...state.counters, failedPassCount: state.counters.failedPassCount + 1 },
  };
  return [next, { alerts: [...life.alerts, ...telemetryAlerts], again }];
}
