import type { LocalAzure } from "../local/azure/localAzure.ts";
import { askLog } from "./askLog.ts";
import { measured } from "./measured.ts";

export interface EveryRow {
  readonly queryCount: number;
  readonly rowCount: number;
  readonly bytes: number;
  readonly queryMs: number;
  readonly ownMs: number;
  /** A page and what was made of it, at most. */
  readonly heldBytes: number;
  /** Of cluster, destination, port and protocol: one alert each. */
  readonly groupCount: number;
}

const MINUTE_MS = 60_000;

/** The plain way: every row is fetched, a minute of ingestion for a page so that none is cut off, and counted at home. */
export async function everyRow(
  azure: LocalAzure,
  customerId: string,
  { fromEpochMs, toEpochMs }: { readonly fromEpochMs: number; readonly toEpochMs: number },
): Promise<EveryRow> {
  const groups = new Map<string, number>();
  let sum = { queryCount: 0, rowCount: 0, bytes: 0, queryMs: 0, ownMs: 0, heldBytes: 0 };
  for (let from = fromEpochMs; from < toEpochMs; from += MINUTE_MS) {
    const { text, milliseconds } = await askLog(azure, customerId, pageQuery(from, from + MINUTE_MS));
    const page = measured(() => countPage(text, groups));
    sum = {
      queryCount: sum.queryCount + 1,
      rowCount: sum.rowCount + page.result.length,
      bytes: sum.bytes + text.length,
      queryMs: sum.queryMs + milliseconds,
      ownMs: sum.ownMs + page.milliseconds,
      heldBytes: Math.max(sum.heldBytes, page.heldBytes + text.length),
    };
  }
  return { ...sum, groupCount: groups.size };
}

function pageQuery(fromEpochMs: number, toEpochMs: number): string {
  return `AZFWApplicationRule
    | extend IngestedAt = ingestion_time()
    | where IngestedAt >= datetime(${new Date(fromEpochMs).toISOString()}) and IngestedAt < datetime(${new Date(toEpochMs).toISOString()})
    | where Action == "Deny"
    | project TimeGenerated, SourceIp, SourcePort, Fqdn, DestinationPort, Protocol, ActionReason`;
}

interface Page {
  readonly tables: readonly { readonly rows: readonly (readonly unknown[])[] }[];
  readonly error?: unknown;
}

function countPage(text: string, groups: Map<string, number>): readonly (readonly unknown[])[] {
  const { tables, error } = JSON.parse(text) as Page;
  if (error !== undefined) throw new Error(`A page was cut off: ${JSON.stringify(error)}`);
  const rows = tables[0]?.rows ?? [];
  for (const [, , , fqdn, port, protocol] of rows) {
    const key = `${fqdn}|${port}|${protocol}`;
    groups.set(key, (groups.get(key) ?? 0) + 1);
  }
  return rows;
}
