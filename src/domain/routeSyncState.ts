/**
 * What is kept of the gateway's routes of one environment, and what may be done with it. Pure. Passes never overlap, and no
 * hint is lost: one that comes while a pass runs makes the running instance look once more before it ends.
 */

import type { UnwellBackends } from "./backendWatch.ts";
import type { RouteVerdict } from "./judgeRoutes.ts";
import type { RouteBrake } from "./routeBrake.ts";
import type { RouteHeadroom } from "./routeHeadroom.ts";
import type { IgnoredBecause } from "./routeHint.ts";
import { type FindingChanges, findingChanges, type StandingFinding, standingFindings } from "./standingFindings.ts";
import type { Failure } from "./stepOutcome.ts";

/** Why a pass is made. */
export type PassReason = "event" | "watch" | "sweep" | "request" | "confirmation";

/** One pass as it is remembered. */
export interface PassRecord {
  readonly instanceId: string;
  readonly reason: PassReason;
  /** When the first hint came that led to it. */
  readonly hintAt?: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly reads: number;
  readonly writes: number;
  readonly isEqual: boolean;
  readonly isSettled: boolean;
  /** What was written, in words; absent when nothing was. */
  readonly change?: string;
  /** When Azure had taken the write in. */
  readonly writtenAt?: string;
  /** When the gateway found all its backends healthy; absent as long as it does not. */
  readonly healthyAt?: string;
  /** It did not within the time given. */
  readonly unwell?: UnwellBackends;
  /** Why it could not be brought to its end. */
  readonly failure?: Failure;
}

/** What a pass reports when it ends. */
export interface PassReport extends Omit<PassRecord, "isEqual" | "isSettled"> {
  /** What its last look came to; absent when it could not look. */
  readonly verdict?: RouteVerdict;
  /** The confirmed digest under which it has written. */
  readonly released?: string;
}

/** A change that is held back, and since when. */
export interface HeldChange extends RouteBrake {
  readonly since: string;
}

export interface RouteCounters {
  /** Events that a hint was made of. */
  readonly followedEventCount: number;
  readonly ignoredEventCounts: Readonly<Partial<Record<IgnoredBecause, number>>>;
  readonly passCount: number;
  readonly failedPassCount: number;
  readonly readCount: number;
  readonly writeCount: number;
}

/** The state of the durable entity `gatewayRoutes`; its key is the environment's name. */
export interface RouteSyncState {
  /** The instance whose pass runs. */
  readonly running?: { readonly instanceId: string; readonly since: string };
  /** Somebody wants another look after that. */
  readonly isWantedAgain: boolean;
  /** Newest first. */
  readonly passes: readonly PassRecord[];
  readonly counters: RouteCounters;
  /** When the three truths were last seen equal. */
  readonly lastEqualAt?: string;
  readonly headroom?: RouteHeadroom;
  readonly findings: readonly StandingFinding[];
  readonly held?: HeldChange;
  readonly confirmed?: { readonly digest: string; readonly at: string };
}

export const emptyRouteSync: RouteSyncState = {
  isWantedAgain: false,
  passes: [],
  counters: {
    followedEventCount: 0,
    ignoredEventCounts: {},
    passCount: 0,
    failedPassCount: 0,
    readCount: 0,
    writeCount: 0,
  },
  findings: [],
};

/** More passes than this are forgotten, so that the state stays small. */
export const PASSES_KEPT = 10;

export type Begin =
  /** `confirmed` is the digest that somebody has let through, if any. */
  | { readonly kind: "go"; readonly confirmed?: string }
  /** That instance looks once more before it ends. */
  | { readonly kind: "busy"; readonly with: string };

/** Asks for the turn. Asking again changes nothing. */
export function begin(
  state: RouteSyncState,
  { instanceId, at }: { readonly instanceId: string; readonly at: string },
): readonly [RouteSyncState, Begin] {
  const { running } = state;
  if (running !== undefined && running.instanceId !== instanceId)
    return [
      { ...state, isWantedAgain: true },
      { kind: "busy", with: running.instanceId },
    ];
  return [{ ...state, running: running ?? { instanceId, since: at } }, go(state)];
}

/** Takes the turn from an instance that is dead; from any other than that one it is not taken. */
export function displace(
  state: RouteSyncState,
  { instanceId, dead, at }: { readonly instanceId: string; readonly dead: string; readonly at: string },
): readonly [RouteSyncState, Begin] {
  if (state.running?.instanceId !== dead) return begin(state, { instanceId, at });
  return [{ ...state, running: { instanceId, since: at }, isWantedAgain: false }, go(state)];
}

/** Ends the turn, unless somebody has asked for one meanwhile: then it goes on, with another look. */
export function end(
  state: RouteSyncState,
  { instanceId }: { readonly instanceId: string },
): readonly [RouteSyncState, { readonly again: false } | ({ readonly again: true } & Extract<Begin, { kind: "go" }>)] {
  const { running, ...rest } = state;
  if (running?.instanceId !== instanceId) return [state, { again: false }];
  if (state.isWantedAgain)
    return [
      { ...state, isWantedAgain: false },
      { again: true, ...go(state) },
    ];
  return [rest, { again: false }];
}

function go({ confirmed }: RouteSyncState): Extract<Begin, { kind: "go" }> {
  return { kind: "go", ...(confirmed === undefined ? {} : { confirmed: confirmed.digest }) };
}

/** Remembers what a pass came to. One that could not look leaves what is known as it is. */
export function record(state: RouteSyncState, report: PassReport): readonly [RouteSyncState, FindingChanges] {
  const { verdict, released, ...pass } = report;
  const { counters } = state;
  const counted: RouteSyncState = {
    ...state,
    passes: [
      { ...pass, isEqual: verdict?.isEqual ?? false, isSettled: verdict?.isSettled ?? false },
      ...state.passes,
    ].slice(0, PASSES_KEPT),
    counters: {
      ...counters,
      passCount: counters.passCount + 1,
      failedPassCount: counters.failedPassCount + (pass.failure === undefined ? 0 : 1),
      readCount: counters.readCount + pass.reads,
      writeCount: counters.writeCount + pass.writes,
    },
  };
  const isSpent = released !== undefined && released === state.confirmed?.digest;
  if (verdict === undefined) return [isSpent ? withoutConfirmation(counted) : counted, { opened: [], closed: [] }];
  const { held: _, ...rest } = counted;
  const findings = standingFindings(state.findings, verdict.findings, pass.finishedAt);
  const held = heldChange(state.held, verdict, pass.finishedAt);
  const next: RouteSyncState = {
    ...rest,
    findings,
    headroom: verdict.headroom,
    ...(verdict.isEqual ? { lastEqualAt: latest(state.lastEqualAt, pass.finishedAt) } : {}),
    ...(held === undefined ? {} : { held }),
  };
  // A confirmation is for one change and for once: it ends with the write, and when that change is not held any more.
  const isOver = isSpent || held?.digest !== state.confirmed?.digest;
  return [isOver ? withoutConfirmation(next) : next, findingChanges(state.findings, findings)];
}

function withoutConfirmation({ confirmed: _, ...rest }: RouteSyncState): RouteSyncState {
  return rest;
}

/** A change that was let through and could not be written is still held. */
function heldChange(
  before: HeldChange | undefined,
  { brake, released }: RouteVerdict,
  at: string,
): HeldChange | undefined {
  if (brake === undefined) return released !== undefined && before?.digest === released ? before : undefined;
  return { ...brake, since: before?.digest === brake.digest ? before.since : at };
}

function latest(before: string | undefined, at: string): string {
  return before !== undefined && Date.parse(before) > Date.parse(at) ? before : at;
}

export type Confirmation =
  | { readonly kind: "confirmed" }
  /** Nothing is held, or another change than that. */
  | { readonly kind: "refused"; readonly held?: string };

/** Lets exactly the held change through once. */
export function confirm(
  state: RouteSyncState,
  { digest, at }: { readonly digest: string; readonly at: string },
): readonly [RouteSyncState, Confirmation] {
  const { held } = state;
  if (held === undefined) return [state, { kind: "refused" }];
  if (held.digest !== digest) return [state, { kind: "refused", held: held.digest }];
  return [{ ...state, confirmed: { digest, at } }, { kind: "confirmed" }];
}

/** Counts an event that was followed, or why it was not. */
export function countEvent(state: RouteSyncState, { ignored }: { readonly ignored?: IgnoredBecause }): RouteSyncState {
  const { counters } = state;
  if (ignored === undefined)
    return { ...state, counters: { ...counters, followedEventCount: counters.followedEventCount + 1 } };
  const ignoredEventCounts = {
    ...counters.ignoredEventCounts,
    [ignored]: (counters.ignoredEventCounts[ignored] ?? 0) + 1,
  };
  return { ...state, counters: { ...counters, ignoredEventCounts } };
}

/** How long ago the three truths were last seen equal, in seconds; undefined when never. */
export function freshnessSeconds({ lastEqualAt }: RouteSyncState, nowEpochMs: number): number | undefined {
  return lastEqualAt === undefined ? undefined : Math.max(0, (nowEpochMs - Date.parse(lastEqualAt)) / 1000);
}

/** What became of the backends after one write. */
export type BackendsEnd = { readonly instanceId: string; readonly writtenAt: string } & (
  | { readonly healthyAt: string }
  | { readonly unwell: UnwellBackends }
);

/** Notes what became of the backends after a write; of a pass that is forgotten nothing is noted. */
export function recordBackends(
  state: RouteSyncState,
  { instanceId, writtenAt, ...backends }: BackendsEnd,
): RouteSyncState {
  const passes = state.passes.map((pass) =>
    pass.instanceId === instanceId && pass.writtenAt === writtenAt ? { ...pass, ...backends } : pass,
  );
  return { ...state, passes };
}

/** No cluster of the environment needs routes: what was wrong with them is wrong no more, and nothing can be fresh or stale. */
export function nothingToFollow(state: RouteSyncState): readonly [RouteSyncState, FindingChanges] {
  const { held: _, confirmed: __, headroom: ___, lastEqualAt: ____, ...rest } = state;
  return [{ ...rest, findings: [] }, findingChanges(state.findings, [])];
}
