/**
 * What one reading of the log comes to, small enough for the history of an orchestration: alike connections together, with
 * their counts by minute; and what is not listed, by cluster, in the rest.
 */
import { clusterOfPrefix } from "./attribution.ts";
import type { DenyReason, LogReading } from "./deniedFlow.ts";
import { type DigestEntry, entriesOf, type Judged, judged } from "./digestEntry.ts";
import type { EgressContext } from "./egressContext.ts";
import { fingerprintOf, rollUpOf } from "./fingerprint.ts";
import { earlier, later, minuteOf } from "./instant.ts";
import type { GroupCounts, Seen } from "./recount.ts";
import { type Remainder, remainders } from "./remainders.ts";
import { severityRank } from "./severity.ts";
import { type FlowSource, SOURCES_MAX } from "./source.ts";
import type { ReadWindow } from "./window.ts";

/** More alike ones than this are not told apart. */
export const ENTRIES_MAX = 200;

/** Destinations of a roll-up that are named. */
export const TOP_DESTINATIONS = 10;

/** Everything of one cluster (and of threats, or not) that is not listed. */
export interface DigestRest {
  readonly group: string;
  readonly cluster: string;
  readonly reason: DenyReason;
  /** How many different destinations there are at least. */
  readonly destinationCount: number;
  readonly top: readonly { readonly name: string; readonly count: number }[];
  readonly firstAt: string;
  readonly lastAt: string;
  readonly sources: readonly FlowSource[];
  readonly sourceCount: number;
  readonly firewallId?: string;
}

export interface Digest {
  readonly window: ReadWindow;
  readonly entries: readonly DigestEntry[];
  readonly rests: readonly DigestRest[];
  /** Every minute of the window and its overlap that has rows. */
  readonly counts: Seen;
  /** Refused connections in all, those of the overlap among them. */
  readonly rowCount: number;
  readonly fetchedRowCount: number;
  readonly newestRowAt?: string;
  readonly tables: readonly string[];
  readonly logTime?: string;
  readonly lagSeconds?: number;
}

export interface DigestInput {
  readonly reading: LogReading;
  readonly window: ReadWindow;
  readonly context: EgressContext;
  /** Fingerprints of cases that are open: theirs are listed before others. */
  readonly known: readonly string[];
  /** How long rows took from the firewall to the log, in seconds, on average; absent when none came. */
  readonly lagSeconds?: number;
}

export function digest({ reading, window, context, known, lagSeconds }: DigestInput): Digest {
  const within = <Row extends { readonly slice: string }>(row: Row): readonly Row[] => {
    const slice = minuteOf(row.slice);
    const isRead = slice >= window.overlapFrom && slice < window.to;
    return isRead ? [{ ...row, slice }] : [];
  };
  const flows = reading.flows.flatMap(within);
  const totals = reading.totals.flatMap(within);
  const all = judged(flows, context);
  const listed = entriesOf(all, context, selected(all, new Set(known)));
  const folded = all.filter(({ fingerprint }) => !listed.counts.has(fingerprint));
  const left = remainders(flows, totals).map((each) => ({ ...each, ...groupOf(each, context) }));
  const { newestRowAt, tables, logTime } = reading;
  return {
    window,
    entries: listed.entries,
    rests: restsOf(folded, left),
    counts: countsOf(all, listed.counts, left),
    rowCount: [...all.map(({ flow }) => flow.count), ...left.map(({ count }) => count)].reduce(
      (sum, each) => sum + each,
      0,
    ),
    fetchedRowCount: reading.flows.length + reading.totals.length,
    tables,
    ...(newestRowAt === undefined ? {} : { newestRowAt }),
    ...(logTime === undefined ? {} : { logTime }),
    ...(lagSeconds === undefined ? {} : { lagSeconds }),
  };
}

/** The fingerprints that are listed: what AKS needs, what is open already, then the worst and the most. */
function selected(all: readonly Judged[], known: ReadonlySet<string>): ReadonlySet<string> {
  const groups = [...Map.groupBy(all, ({ fingerprint }) => fingerprint)].flatMap(([fingerprint, flows]) => {
    const [first] = flows;
    if (first === undefined) return [];
    const count = flows.reduce((sum, { flow }) => sum + flow.count, 0);
    const rank = first.isListed ? 2 : known.has(fingerprint) ? 1 : 0;
    return [{ fingerprint, count, rank, severity: severityRank(first.severity) }];
  });
  groups.sort(
    (left, right) =>
      right.rank - left.rank ||
      right.severity - left.severity ||
      right.count - left.count ||
      (left.fingerprint < right.fingerprint ? -1 : 1),
  );
  return new Set(groups.slice(0, ENTRIES_MAX).map(({ fingerprint }) => fingerprint));
}

interface Grouped {
  readonly group: string;
  readonly cluster: string;
  readonly reason: DenyReason;
}

function groupOf({ kind, sourcePrefix }: Remainder, { clusters }: EgressContext): Grouped {
  const cluster = clusterOfPrefix(sourcePrefix, clusters)?.name ?? "";
  const rollUp = rollUpOf({ cluster, reason: kind === "threat" ? "threatIntelligence" : "default" });
  return { group: fingerprintOf(rollUp), cluster, reason: rollUp.reason };
}

function countsOf(
  all: readonly Judged[],
  listed: ReadonlyMap<string, unknown>,
  left: readonly (Remainder & Grouped)[],
): Seen {
  const slices: Record<string, Record<string, { rest: number; counts: Record<string, number> }>> = {};
  const groupAt = (slice: string, group: string): { rest: number; counts: Record<string, number> } => {
    slices[slice] ??= {};
    slices[slice][group] ??= { rest: 0, counts: {} };
    return slices[slice][group];
  };
  for (const { flow, fingerprint, group } of all) {
    const counts = groupAt(flow.slice, group);
    if (listed.has(fingerprint)) counts.counts[fingerprint] = (counts.counts[fingerprint] ?? 0) + flow.count;
    else counts.rest += flow.count;
  }
  for (const { slice, group, count } of left) groupAt(slice, group).rest += count;
  return slices satisfies Record<string, Record<string, GroupCounts>>;
}

function restsOf(folded: readonly Judged[], left: readonly (Remainder & Grouped)[]): readonly DigestRest[] {
  const groups = new Map<string, Grouped>();
  for (const { group, cluster, reason } of [...left, ...folded.map((each) => ({ ...each, ...each.alike }))]) {
    const rollUp = rollUpOf({ cluster, reason });
    groups.set(group, { group, cluster, reason: rollUp.reason });
  }
  return [...groups.values()]
    .sort((one, other) => (one.group < other.group ? -1 : 1))
    .map((group) =>
      restOf(
        group,
        folded.filter((each) => each.group === group.group),
        left.filter((each) => each.group === group.group),
      ),
    );
}

function restOf(group: Grouped, folded: readonly Judged[], left: readonly Remainder[]): DigestRest {
  const names = new Map<string, number>();
  for (const { alike, flow } of folded)
    names.set(alike.destination.name, (names.get(alike.destination.name) ?? 0) + flow.count);
  const top = [...names]
    .map(([name, count]) => ({ name, count }))
    .sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1));
  const sources = new Map(folded.map(({ source }) => [source.address, source]));
  const times = [
    ...folded.map(({ flow }) => [flow.firstAt, flow.lastAt] as const),
    // Of what is only counted nothing but the minute of its ingestion is known.
    ...(folded.length > 0 ? [] : left.map(({ slice }) => [slice, slice] as const)),
  ];
  const firewallId = folded[0]?.flow.firewallId;
  return {
    ...group,
    destinationCount: Math.max(names.size, ...left.map(({ destinationCount }) => destinationCount)),
    top: top.slice(0, TOP_DESTINATIONS),
    firstAt: times.map(([first]) => first).reduce(earlier),
    lastAt: times.map(([, last]) => last).reduce(later),
    sources: [...sources.values()].slice(0, SOURCES_MAX),
    sourceCount: sources.size,
    ...(firewallId === undefined ? {} : { firewallId }),
  };
}
