/**
 * Puts differences into cases. What is lost here is lost for ever: the sum of what all cases gained and lost, and of what
 * belongs to cases that were forgotten, is the sum of the differences.
 */
import type { Digest, DigestRest } from "./digest.ts";
import type { DigestEntry } from "./digestEntry.ts";
import { HOUR_MS, msBetween } from "./instant.ts";
import type { Delta } from "./recount.ts";
import { severityOf, severityRank } from "./severity.ts";
import { SOURCES_MAX } from "./source.ts";
import { counted, newCase, newRollUp, type WatchedCase } from "./watchedCase.ts";

/** So many new cases of one cluster stay on their own within an hour; what comes beyond them is rolled up. */
export const SINGLES_AN_HOUR = 20;

/** More cases than this are not kept open one by one. */
export const OPEN_CASES_MAX = 500;

export interface CaseBook {
  readonly cases: readonly WatchedCase[];
  /** What belongs to cases that are not kept any more. */
  readonly forgottenCount: number;
  /** The highest occurrence of any case that is not kept any more, so that no id comes twice. */
  readonly occurrenceFloor: number;
}

export const emptyCaseBook: CaseBook = { cases: [], forgottenCount: 0, occurrenceFloor: 0 };

interface Entering {
  readonly environment: string;
  readonly digest: Digest;
  readonly deltas: readonly Delta[];
  readonly at: string;
}

/** The cases once the differences are in them. Nothing is told of it yet. */
export function entered(book: CaseBook, { environment, digest, deltas, at }: Entering): CaseBook {
  const page = new Page(book, environment, at);
  const entries = new Map(digest.entries.map((entry) => [entry.fingerprint, entry]));
  const rests = new Map(digest.rests.map((rest) => [rest.group, rest]));
  const gains = deltas.filter(({ count }) => count > 0);
  const fresh: { entry: DigestEntry; delta: Delta }[] = [];
  for (const delta of gains) {
    const entry = delta.fingerprint === undefined ? undefined : entries.get(delta.fingerprint);
    if (entry === undefined) page.rollUp(delta.group, delta, rests.get(delta.group));
    else if (!page.add(entry, delta)) fresh.push({ entry, delta });
  }
  fresh.sort((left, right) => compareFresh(left, right));
  for (const { entry, delta } of fresh) {
    if (page.hasRoomFor(entry)) page.open(entry, delta);
    else page.rollUp(delta.group, delta, restOfOne(entry, delta));
  }
  // After the gains: what has moved from one case to another is taken away where it was.
  for (const delta of deltas) if (delta.count < 0) page.takeAway(delta);
  return page.close();
}

interface Fresh {
  readonly entry: DigestEntry;
  readonly delta: Delta;
}

/** What AKS needs by its very name first, then the worst, the most, and by fingerprint: the same for any order of the rows. */
function compareFresh(left: Fresh, right: Fresh): number {
  const rank = ({ entry }: Fresh): number => (entry.isListed ? 10 : 0) + severityRankOf(entry);
  return (
    rank(right) - rank(left) ||
    right.delta.count - left.delta.count ||
    (left.entry.fingerprint < right.entry.fingerprint ? -1 : 1)
  );
}

function severityRankOf(entry: DigestEntry): number {
  return severityRank(severityOf(entry).severity);
}

/** A listed connection as part of the roll-up. */
function restOfOne(entry: DigestEntry, { count }: Delta): DigestRest {
  const { cluster, reason, group, firstAt, lastAt, sources, sourceCount, firewallId, destination } = entry;
  const top = [{ name: destination.name, count }];
  return {
    cluster,
    reason,
    group,
    firstAt,
    lastAt,
    sources: sources.slice(0, SOURCES_MAX),
    sourceCount,
    firewallId,
    destinationCount: 1,
    top,
  };
}

/** The cases while differences are entered. */
class Page {
  readonly #environment: string;
  readonly #at: string;
  readonly #occurrenceFloor: number;
  /** By fingerprint, the newest occurrence last. */
  readonly #cases = new Map<string, WatchedCase[]>();
  /** How many were opened within the hour, by what they share room with. */
  readonly #opened = new Map<string, number>();
  /** Groups whose roll-up has grown within the hour: it takes in whatever is new. Not those that begin here. */
  readonly #storming: ReadonlySet<string>;
  /** Destinations of a roll-up that were folded into it here. */
  readonly #folded = new Map<string, number>();
  #openCount: number;
  #forgottenCount: number;

  constructor({ cases, forgottenCount, occurrenceFloor }: CaseBook, environment: string, at: string) {
    this.#environment = environment;
    this.#at = at;
    this.#occurrenceFloor = occurrenceFloor;
    this.#forgottenCount = forgottenCount;
    this.#openCount = cases.filter(({ state }) => state !== "closed").length;
    const isStorming = ({ destinations, state, newestSlice }: WatchedCase): boolean =>
      destinations !== undefined && state !== "closed" && Math.abs(msBetween(newestSlice, at)) < HOUR_MS;
    this.#storming = new Set(cases.filter(isStorming).map(({ fingerprint }) => fingerprint));
    for (const each of cases) {
      this.#cases.set(each.fingerprint, [...(this.#cases.get(each.fingerprint) ?? []), each]);
      const isRecent = Math.abs(msBetween(each.openedAt, at)) < HOUR_MS;
      if (isRecent && each.destinations === undefined) this.#countOpened(each);
    }
  }

  /** Whether there is an open case of the entry, which has the difference now. */
  add(entry: DigestEntry, delta: Delta): boolean {
    return this.#replaceLive(entry.fingerprint, (live) => counted(live, delta, entry));
  }

  hasRoomFor(entry: DigestEntry): boolean {
    if (entry.isListed) return true;
    if (this.#openCount >= OPEN_CASES_MAX) return false;
    const isNeeded = entry.requiredBy !== undefined;
    return (isNeeded || !this.#storming.has(entry.group)) && (this.#opened.get(roomOf(entry)) ?? 0) < SINGLES_AN_HOUR;
  }

  open(entry: DigestEntry, delta: Delta): void {
    this.#countOpened(entry);
    this.#append(newCase(entry, this.#opening(entry.fingerprint)), delta, entry);
  }

  rollUp(group: string, delta: Delta, rest: DigestRest | undefined): void {
    const folded = (this.#folded.get(group) ?? 0) + (rest?.destinationCount ?? 0);
    this.#folded.set(group, folded);
    const seen = rest === undefined ? undefined : { ...rest, destinationCount: folded };
    const isIn = this.#replaceLive(group, (live) => counted(live, delta, seen));
    if (isIn) return;
    if (seen === undefined) this.#forgottenCount += delta.count;
    else this.#append(newRollUp(seen, this.#opening(group)), delta, seen);
  }

  /** From the case that had it, from the roll-up where that one had less, and else from what was forgotten. */
  takeAway({ fingerprint, group, count }: Delta): void {
    let left = -count;
    for (const each of [...(fingerprint === undefined ? [] : [fingerprint]), group]) {
      for (const one of (this.#cases.get(each) ?? []).toReversed()) {
        const taken = Math.min(left, one.count);
        if (taken > 0) this.#replace(one, counted(one, { count: -taken }, undefined));
        left -= taken;
      }
    }
    this.#forgottenCount -= left;
  }

  close(): CaseBook {
    return {
      cases: [...this.#cases.values()].flat(),
      forgottenCount: this.#forgottenCount,
      occurrenceFloor: this.#occurrenceFloor,
    };
  }

  #countOpened(each: WatchedCase | DigestEntry): void {
    this.#opened.set(roomOf(each), (this.#opened.get(roomOf(each)) ?? 0) + 1);
  }

  #opening(fingerprint: string) {
    const previous = this.#cases.get(fingerprint)?.at(-1);
    const occurrence = Math.max(previous?.occurrence ?? 0, this.#occurrenceFloor) + 1;
    const opening = { environment: this.#environment, occurrence, at: this.#at };
    return previous === undefined ? opening : { ...opening, previous };
  }

  #append(opened: WatchedCase, delta: Delta, seen: DigestEntry | DigestRest): void {
    const newestSlice = delta.newestSlice ?? opened.newestSlice;
    const same = this.#cases.get(opened.fingerprint) ?? [];
    this.#cases.set(opened.fingerprint, [...same, counted({ ...opened, newestSlice }, delta, seen)]);
    this.#openCount++;
  }

  #live(fingerprint: string): WatchedCase | undefined {
    const last = this.#cases.get(fingerprint)?.at(-1);
    return last === undefined || last.state === "closed" ? undefined : last;
  }

  #replaceLive(fingerprint: string, change: (live: WatchedCase) => WatchedCase): boolean {
    const live = this.#live(fingerprint);
    if (live !== undefined) this.#replace(live, change(live));
    return live !== undefined;
  }

  #replace(old: WatchedCase, next: WatchedCase): void {
    const same = this.#cases.get(old.fingerprint) ?? [];
    this.#cases.set(
      old.fingerprint,
      same.map((each) => (each.id === old.id ? next : each)),
    );
  }
}

/** What AKS or an add-on needs shares its room with nothing else. */
function roomOf({ group, requiredBy }: Pick<WatchedCase, "group" | "requiredBy">): string {
  return `${group} ${requiredBy === undefined ? "other" : "needed"}`;
}
