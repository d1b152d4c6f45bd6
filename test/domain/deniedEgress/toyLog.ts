/** A log that is as unpleasant as the real one, in a few lines: rows come late, twice, out of order, and an answer lists only the most. */

import type { DeniedFlow, LogReading, SliceTotal } from "../../../src/domain/deniedEgress/deniedFlow.ts";
import { minuteOf } from "../../../src/domain/deniedEgress/instant.ts";
import type { ReadWindow } from "../../../src/domain/deniedEgress/window.ts";

export interface ToyRow {
  /** What makes a row the same row, however often the log holds it. */
  readonly identity: string;
  readonly at: number;
  readonly ingestedAt: number;
  /** When a query sees it, which is later than its ingestion. */
  readonly visibleAt: number;
  readonly flow: Pick<DeniedFlow, "kind" | "sourceAddress" | "destination" | "port" | "protocol" | "reason" | "rule">;
}

export const FIREWALL_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/azureFirewalls/fw1";

export const iso = (epochMs: number): string => new Date(epochMs).toISOString();

/** What the log answers at a time: each row once, in the minute of its first ingestion; of the flows at most `listed`. */
export function readToyLog(
  rows: readonly ToyRow[],
  window: ReadWindow,
  {
    nowEpochMs,
    listed,
    prefixes,
  }: { readonly nowEpochMs: number; readonly listed: number; readonly prefixes: readonly string[] },
): LogReading {
  const first = new Map<string, ToyRow>();
  for (const row of rows) {
    const known = first.get(row.identity);
    if (
      row.visibleAt <= nowEpochMs &&
      row.ingestedAt <= nowEpochMs &&
      (known === undefined || row.ingestedAt < known.ingestedAt)
    )
      first.set(row.identity, row);
  }
  const [from, to] = [Date.parse(window.overlapFrom), Date.parse(window.to)];
  const read = [...first.values()].filter(({ ingestedAt }) => ingestedAt >= from && ingestedAt < to);
  const groups = Map.groupBy(read, ({ ingestedAt, flow }) => `${Math.floor(ingestedAt / 60_000)} ${keyOf(flow)}`);
  const flows = [...groups.values()].map(flowOf);
  flows.sort(
    (left, right) =>
      right.count - left.count || (`${left.slice} ${keyOf(left)}` < `${right.slice} ${keyOf(right)}` ? -1 : 1),
  );
  const newest = read.reduce((latest, { at }) => Math.max(latest, at), 0);
  return {
    flows: flows.slice(0, listed),
    totals: totalsOf(flows, prefixes),
    tables: ["AZFWApplicationRule", "AZFWNetworkRule"],
    logTime: iso(nowEpochMs),
    ...(newest === 0 ? {} : { newestRowAt: iso(newest) }),
  };
}

function keyOf({ kind, sourceAddress, destination, port, protocol, reason }: ToyRow["flow"]): string {
  return `${kind} ${sourceAddress} ${destination.name} ${port} ${protocol} ${reason}`;
}

function flowOf(rows: readonly ToyRow[]): DeniedFlow {
  const [row] = rows;
  if (row === undefined) throw new Error("A group has at least one row.");
  const times = rows.map(({ at }) => at);
  return {
    ...row.flow,
    slice: minuteOf(iso(row.ingestedAt)),
    firewallId: FIREWALL_ID,
    count: rows.length,
    firstAt: iso(Math.min(...times)),
    lastAt: iso(Math.max(...times)),
  };
}

function totalsOf(flows: readonly DeniedFlow[], prefixes: readonly string[]): readonly SliceTotal[] {
  const prefixOf = (address: string): string =>
    prefixes.find((prefix) => address.startsWith(prefix.slice(0, prefix.lastIndexOf(".") + 1))) ?? "";
  const groups = Map.groupBy(flows, ({ slice, kind, sourceAddress }) =>
    JSON.stringify([slice, kind, prefixOf(sourceAddress)]),
  );
  return [...groups].map(([key, same]) => {
    const [slice, kind, sourcePrefix] = JSON.parse(key) as [string, DeniedFlow["kind"], string];
    const count = same.reduce((sum, flow) => sum + flow.count, 0);
    return {
      slice,
      kind,
      sourcePrefix,
      count,
      destinationCount: new Set(same.map(({ destination }) => destination.name)).size,
    };
  });
}
