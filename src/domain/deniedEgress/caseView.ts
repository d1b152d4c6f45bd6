/** What the API shows of cases. */
import { titleOf } from "./caseAlert.ts";
import type { CaseState, EgressCase, EgressClass, Severity } from "./egressCase.ts";
import type { EgressWatchState } from "./egressWatchState.ts";
import { msBetween } from "./instant.ts";
import { proposalOf } from "./proposal.ts";
import { severityRank } from "./severity.ts";
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
