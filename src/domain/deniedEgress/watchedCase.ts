/** A case as it is kept: what the API shows, and what only its own life needs. */
import { type DigestRest, TOP_DESTINATIONS } from "./digest.ts";
import type { DigestEntry } from "./digestEntry.ts";
import type { CaseEvent, EgressCase, Severity } from "./egressCase.ts";
import { caseIdOf, rollUpOf } from "./fingerprint.ts";
import { earlier, later } from "./instant.ts";
import type { NarrowRule, Replay } from "./narrowRule.ts";
import type { Delta } from "./recount.ts";
import { graver, severityOf } from "./severity.ts";
import { type FlowSource, SOURCES_MAX } from "./source.ts";

/** What was last said of a case, and when. */
export interface Told {
  readonly at: string;
  readonly count: number;
  readonly severity: Severity;
  /** How many updates there were. */
  readonly updateCount: number;
}

export interface WatchedCase extends Omit<EgressCase, "proposal"> {
  /** The fingerprint of the roll-up that it would be part of. */
  readonly group: string;
  readonly isListed: boolean;
  /** The newest minute of ingestion in which there was something of it. */
  readonly newestSlice: string;
  readonly isEverywhere: boolean;
  /** Why it is as bad as it is. */
  readonly because: string;
  readonly remedy?: string;
  readonly podHint?: string;
  readonly narrowRule?: NarrowRule;
  readonly replay?: Replay;
  /** Absent until it was raised: too little of it has been seen for that. */
  readonly told?: Told;
}

/** More events of a case than this are forgotten, the oldest after the first. */
export const HISTORY_MAX = 50;

/** The case with one more event: its revision tells this state from all before it. */
export function withEvent<Case extends WatchedCase>(each: Case, event: CaseEvent): Case {
  const [first, ...rest] = [...each.history, event];
  const history = first === undefined ? [] : [first, ...rest.slice(-(HISTORY_MAX - 1))];
  return { ...each, revision: each.revision + 1, history };
}

interface Opening {
  readonly environment: string;
  readonly occurrence: number;
  readonly at: string;
  /** The case that it is the return of. */
  readonly previous?: WatchedCase;
}

/** A new case about listed connections. Nothing is counted in it yet. */
export function newCase(entry: DigestEntry, { environment, occurrence, at, previous }: Opening): WatchedCase {
  const { narrowRule: _, replay: __, ...own } = entry;
  // Of the connections read again, those of the case before are not this one's.
  const firstAt = previous === undefined ? entry.firstAt : earlier(entry.lastAt, later(entry.firstAt, previous.lastAt));
  return judgedAgain({
    ...own,
    id: caseIdOf({ environment, fingerprint: entry.fingerprint, occurrence }),
    environment,
    occurrence,
    severity: "low",
    because: "",
    state: "open",
    count: 0,
    firstAt,
    openedAt: at,
    newestSlice: at,
    revision: 1,
    ...linked(at, previous),
    ...(entry.narrowRule === undefined ? {} : { narrowRule: entry.narrowRule }),
    ...(entry.replay === undefined ? {} : { replay: entry.replay }),
  });
}

/** A new case about everything that is not listed. */
export function newRollUp(rest: DigestRest, { environment, occurrence, at, previous }: Opening): WatchedCase {
  const { port: _, ...alike } = rollUpOf(rest);
  return judgedAgain({
    ...alike,
    id: caseIdOf({ environment, fingerprint: rest.group, occurrence }),
    environment,
    fingerprint: rest.group,
    group: rest.group,
    occurrence,
    rule: "",
    class: rest.reason === "threatIntelligence" ? "threat" : "application",
    severity: "low",
    because: "",
    state: "open",
    count: 0,
    firstAt: rest.firstAt,
    lastAt: rest.lastAt,
    openedAt: at,
    newestSlice: at,
    sources: rest.sources,
    sourceCount: rest.sourceCount,
    destinations: { count: rest.destinationCount, top: rest.top },
    isListed: false,
    isEverywhere: false,
    revision: 1,
    ...linked(at, previous),
    ...(rest.firewallId === undefined ? {} : { firewallId: rest.firewallId }),
  });
}

function linked(at: string, previous: WatchedCase | undefined): Pick<WatchedCase, "history" | "previousId"> {
  if (previous === undefined) return { history: [{ at, what: "opened" }] };
  return {
    previousId: previous.id,
    history: [{ at, what: `opened: it has come back after ${previous.id} was closed` }],
  };
}

/** More, or less, of the same. What was read again of it replaces what was known about the reading, and adds to what was known for ever. */
export function counted(
  before: WatchedCase,
  delta: Pick<Delta, "count" | "newestSlice">,
  seen: DigestEntry | DigestRest | undefined,
): WatchedCase {
  const { suppression } = before;
  const next: WatchedCase = {
    ...before,
    count: before.count + delta.count,
    newestSlice: delta.newestSlice === undefined ? before.newestSlice : later(before.newestSlice, delta.newestSlice),
    ...(suppression === undefined
      ? {}
      : { suppression: { ...suppression, countSince: Math.max(0, suppression.countSince + delta.count) } }),
  };
  return judgedAgain(seen === undefined || delta.count <= 0 ? next : learnt(next, seen));
}

function learnt(before: WatchedCase, seen: DigestEntry | DigestRest): WatchedCase {
  const sources = joinedSources(before.sources, seen.sources);
  const next = {
    ...before,
    firstAt: before.previousId !== undefined ? before.firstAt : earlier(before.firstAt, seen.firstAt),
    lastAt: later(before.lastAt, seen.lastAt),
    sources: sources.slice(0, SOURCES_MAX),
    sourceCount: Math.max(before.sourceCount, seen.sourceCount, sources.length),
  };
  if ("top" in seen) return { ...next, destinations: joinedDestinations(before.destinations, seen) };
  return {
    ...next,
    isEverywhere: before.isEverywhere || seen.isEverywhere,
    ...(seen.remedy === undefined ? {} : { remedy: seen.remedy }),
    ...(seen.podHint === undefined ? {} : { podHint: seen.podHint }),
    ...(seen.narrowRule === undefined ? {} : { narrowRule: seen.narrowRule }),
    ...(seen.replay === undefined ? {} : { replay: seen.replay }),
  };
}

/** Those known longest stay; one whose node or pod became known later replaces itself. */
function joinedSources(known: readonly FlowSource[], seen: readonly FlowSource[]): readonly FlowSource[] {
  const key = ({ address, node, pod }: FlowSource): string => `${address} ${node ?? pod?.name ?? ""}`;
  const all = new Map([...known, ...seen].map((source) => [key(source), source]));
  const named = new Set(
    [...all.values()].filter(({ node, pod }) => node !== undefined || pod !== undefined).map(({ address }) => address),
  );
  return [...all.values()].filter(
    ({ address, node, pod }) => node !== undefined || pod !== undefined || !named.has(address),
  );
}

function joinedDestinations(
  before: EgressCase["destinations"],
  { destinationCount, top }: DigestRest,
): NonNullable<EgressCase["destinations"]> {
  const names = new Map((before?.top ?? []).map(({ name, count }) => [name, count]));
  // The same minutes are read more than once: the most of one reading is said, not a sum that counts twice.
  for (const { name, count } of top) names.set(name, Math.max(count, names.get(name) ?? 0));
  const joined = [...names].map(([name, count]) => ({ name, count }));
  joined.sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1));
  return {
    count: Math.max(before?.count ?? 0, destinationCount, joined.length),
    top: joined.slice(0, TOP_DESTINATIONS),
  };
}

/** How many destinations make a roll-up grave. */
const MANY_DESTINATIONS = 100;

/** A case is never taken for less bad than before, since all that it is judged by only grows. */
function judgedAgain(each: WatchedCase): WatchedCase {
  const { severity, because } = severityOf(each);
  if (each.destinations === undefined) return { ...each, severity, because };
  const isWide = each.destinations.count >= MANY_DESTINATIONS;
  const why = "many destinations are refused at once";
  return { ...each, severity: graver(severity, isWide ? "high" : "medium"), because: why };
}
