/**
 * Every row counts exactly once, however often its minute is read. What was counted of a minute is kept as long as that
 * minute is read again; what counts is the difference.
 *
 * An answer lists what was refused most and says how many there are in all. What is listed in one answer may be part of the
 * rest in the next. It then keeps what was counted of it as long as the rest is large enough to hold that; the rest is
 * what is left. A minute of which there is as much as before keeps its counts, whatever is listed of it now: nothing is new.
 * So the sum of all counts of a minute is always what the log last said that there is.
 */
import { isBefore } from "./instant.ts";

/** Counts of one minute and one group: those listed by their fingerprint, and all others together. */
export interface GroupCounts {
  readonly rest: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** By group, which is the fingerprint of its roll-up. */
export type SliceCounts = Readonly<Record<string, GroupCounts>>;

/** By slice. What was counted of those minutes that will be read again. */
export type Seen = Readonly<Record<string, SliceCounts>>;

export interface Delta {
  /** Of the group, when `fingerprint` is absent: of its rest. */
  readonly group: string;
  readonly fingerprint?: string;
  /** Negative when the log says less than before: a row was the duplicate of one that became visible later. */
  readonly count: number;
  /** The newest minute in which there is more than before; absent where there is nowhere more. */
  readonly newestSlice?: string;
}

export interface Recount {
  readonly seen: Seen;
  /** By group and fingerprint; none that comes to nothing. */
  readonly deltas: readonly Delta[];
}

/** What is more, or less, than when these minutes were last read. `now` holds every slice of the window and its overlap that has rows. */
export function recount(before: Seen, now: Seen): Recount {
  const deltas = new Map<string, Delta>();
  const slices = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const seen = slices.map((slice) => {
    const next = recountSlice(before[slice] ?? {}, now[slice] ?? {}, (delta) => add(deltas, { ...delta, slice }));
    return [slice, next] as const;
  });
  return { seen: Object.fromEntries(seen), deltas: [...deltas.values()].filter(({ count }) => count !== 0) };
}

/** Without the minutes that will not be read again. */
export function pruned(seen: Seen, from: string): Seen {
  return Object.fromEntries(Object.entries(seen).filter(([slice]) => !isBefore(slice, from)));
}

type Note = (delta: Omit<Delta, "newestSlice">) => void;

function recountSlice(before: SliceCounts, now: SliceCounts, note: Note): SliceCounts {
  const groups = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return Object.fromEntries(
    groups.flatMap((group) => {
      const next = recountGroup(group, before[group] ?? none, now[group] ?? none, note);
      return next.rest === 0 && Object.keys(next.counts).length === 0 ? [] : [[group, next]];
    }),
  );
}

const none: GroupCounts = { rest: 0, counts: {} };

function recountGroup(group: string, before: GroupCounts, now: GroupCounts, note: Note): GroupCounts {
  if (totalOf(before) === totalOf(now)) return before;
  const fingerprints = [...new Set([...Object.keys(before.counts), ...Object.keys(now.counts)])].sort();
  let rest = now.rest;
  const counts: Record<string, number> = {};
  for (const fingerprint of fingerprints) {
    const [was, is] = [before.counts[fingerprint] ?? 0, now.counts[fingerprint] ?? 0];
    const kept = Math.min(Math.max(0, was - is), rest);
    rest -= kept;
    if (is + kept > 0) counts[fingerprint] = is + kept;
    note({ group, fingerprint, count: is + kept - was });
  }
  note({ group, count: rest - before.rest });
  return { rest, counts };
}

function totalOf({ rest, counts }: GroupCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, rest);
}

function add(deltas: Map<string, Delta>, { slice, ...delta }: Delta & { readonly slice: string }): void {
  const key = `${delta.group} ${delta.fingerprint ?? ""}`;
  const known = deltas.get(key);
  // Slices come in the order of time.
  const newestSlice = delta.count > 0 ? slice : known?.newestSlice;
  const count = (known?.count ?? 0) + delta.count;
  deltas.set(key, { ...delta, count, ...(newestSlice === undefined ? {} : { newestSlice }) });
}
