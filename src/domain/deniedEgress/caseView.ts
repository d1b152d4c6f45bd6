/** What the API shows of cases. */
import { titleOf } from "./caseAlert.ts";
import type { CaseState, EgressCase, EgressClass, Severity } from "./egressCase.ts";
import { type EgressCounters, type EgressWatchState, readingLagSeconds } from "./egressWatchState.ts";
import { msBetween } from "./instant.ts";
import { proposalOf } from "./proposal.ts";
import { severityRank } from "./severity.ts";
import type { StandingTelemetry } from "./telemetryAlert.ts";
import type { WatchedCase } from "./watchedCase.ts";

export interface CaseView extends EgressCase {
  /** One line, e.g. "secureaks1 may not reach quay.io:443 (HTTPS)". */
  readonly title: string;
  /** Why it is as bad as it is. */
  readonly because: string;
  /** Which of the environment's switches lets it out, where one does. */
  readonly remedy?: string;
  /** How to find the pod behind a node's address, where one is hidden. */
  readonly podHint?: string;
}

export interface CaseFilter {
  /** Any of them; absent: all but closed. */
  readonly states?: readonly CaseState[];
  readonly cluster?: string;
  readonly classes?: readonly EgressClass[];
  /** This one and graver. */
  readonly severity?: Severity;
  /** Part of the destination's name. */
  readonly destination?: string;
  /** Only those of which there was something at or after this time. */
  readonly since?: string;
}

/** A case as the API shows it, with the rule that would allow it. */
export function caseView(each: WatchedCase): CaseView {
  const {
    group: _,
    isListed: __,
    newestSlice: ___,
    isEverywhere: ____,
    told: _____,
    narrowRule,
    replay,
    ...shown
  } = each;
  const proposal = narrowRule === undefined || replay === undefined ? undefined : proposalOf(each, narrowRule, replay);
  return { ...shown, title: titleOf(each), ...(proposal === undefined ? {} : { proposal }) };
}

/** The cases that were told of and fit, the gravest first, then the latest. */
export function casesView({ book }: EgressWatchState, filter: CaseFilter = {}): readonly CaseView[] {
  return book.cases
    .filter((each) => each.told !== undefined && fits(each, filter))
    .sort(
      (left, right) =>
        severityRank(right.severity) - severityRank(left.severity) ||
        msBetween(left.lastAt, right.lastAt) ||
        (left.id < right.id ? -1 : 1),
    )
    .map(caseView);
}

/** One case by its id; undefined when there is none of which anybody was told. */
export function caseById({ book }: EgressWatchState, id: string): CaseView | undefined {
  const found = book.cases.find((each) => each.id === id && each.told !== undefined);
  return found === undefined ? undefined : caseView(found);
}

function fits(each: WatchedCase, { states, cluster, classes, severity, destination, since }: CaseFilter): boolean {
  return (
    (states === undefined ? each.state !== "closed" : states.includes(each.state)) &&
    (cluster === undefined || each.cluster.toLowerCase() === cluster.toLowerCase()) &&
    (classes === undefined || classes.includes(each.class)) &&
    (severity === undefined || severityRank(each.severity) >= severityRank(severity)) &&
    (destination === undefined || each.destination.name.includes(destination.toLowerCase())) &&
    (since === undefined || msBetween(since, each.lastAt) >= 0)
  );
}

/** How the reading of the log itself goes. */
export interface WatchView {
  /** Up to when, in time of ingestion, everything was counted. */
  readonly readTo?: string;
  readonly behindSeconds?: number;
  readonly lastReadAt?: string;
  readonly newestRowAt?: string;
  readonly findings: readonly StandingTelemetry[];
  readonly openCaseCount: number;
  readonly counters: EgressCounters;
}

export function watchView(state: EgressWatchState, nowEpochMs: number): WatchView {
  const behindSeconds = readingLagSeconds(state, nowEpochMs);
  const { watermark } = state.cursor;
  return {
    ...(watermark === undefined ? {} : { readTo: watermark }),
    ...(behindSeconds === undefined ? {} : { behindSeconds }),
    ...(state.lastReadAt === undefined ? {} : { lastReadAt: state.lastReadAt }),
    ...(state.health.newestRowAt === undefined ? {} : { newestRowAt: state.health.newestRowAt }),
    findings: state.telemetry.findings.filter(({ isOpen }) => isOpen),
    openCaseCount: casesView(state).length,
    counters: state.counters,
  };
}
