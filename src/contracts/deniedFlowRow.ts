/** What the log answers to the question about denied connections: rows of four kinds in one table. */
import * as z from "zod";
import { isAddress } from "../domain/addressPrefix.ts";
import type { DeniedFlow, FlowDestination, LogReading } from "../domain/deniedEgress/deniedFlow.ts";

/** Log Analytics writes up to seven digits of a second. */
const instant = z.iso.datetime().transform((text) => new Date(text).toISOString());
const kind = z.enum(["network", "application", "threat"]);
const count = z.number().int().nonnegative();

const flowRow = z.object({
  Part: z.literal("flow"),
  Slice: instant,
  Kind: kind,
  Firewall: z.string().min(1),
  SourceIp: z.string().refine(isAddress, "must be an IPv4 address"),
  Target: z.string(),
  /** -1: none, or not told. */
  Port: z.number().int().min(-1).max(65_535),
  Protocol: z.string(),
  Reason: z.enum(["default", "rule", "threatIntelligence", "sniMissing", "other"]),
  Rule: z.string(),
  Count: count,
  FirstAt: instant,
  LastAt: instant,
});

const totalRow = z.object({
  Part: z.literal("total"),
  Slice: instant,
  Kind: kind,
  Prefix: z.string(),
  Count: count,
  DestinationCount: count,
});

const tableRow = z.object({
  Part: z.literal("table"),
  TableName: z.string(),
  /** Null: there is no row of late. */
  NewestAt: instant.nullable(),
  /** Rows of late, and the seconds that they took to come, in all. */
  RowCount: count,
  LagSeconds: z.number(),
});

const clockRow = z.object({ Part: z.literal("clock"), LogTime: instant });

const row = z.discriminatedUnion("Part", [flowRow, totalRow, tableRow, clockRow]);

type Row = z.infer<typeof row>;

export interface ReadLog {
  readonly reading: LogReading;
  /** How long rows of any kind took from the firewall to the log, in seconds, on average; undefined when none came. */
  readonly lagSeconds?: number;
}

/** A row that is not as it must be is a mistake of the whole: what it counts would be lost. */
export function parseDeniedFlows(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): { readonly ok: true; readonly read: ReadLog } | { readonly ok: false; readonly mistake: string } {
  const parsed: Row[] = [];
  for (const [index, values] of rows.entries()) {
    const named = Object.fromEntries(columns.map((column, at) => [column, values[at]]));
    const { success, data, error } = row.safeParse(named);
    if (!success) {
      const [issue] = error.issues;
      const where = issue?.path.length ? `${issue.path.join(".")}: ` : "";
      return {
        ok: false,
        mistake: `Row ${index + 1} of ${rows.length}: ${where}${issue?.message ?? "not as it must be"}.`,
      };
    }
    parsed.push(data);
  }
  if (!parsed.some((each) => each.Part === "clock"))
    return { ok: false, mistake: "The answer has no row that tells the log's time." };
  return { ok: true, read: { reading: readingOf(parsed), ...lagOf(parsed) } };
}

function readingOf(rows: readonly Row[]): LogReading {
  const tables = rows.filter((each) => each.Part === "table");
  const totals = rows.filter((each) => each.Part === "total");
  const newestRowAt = tables
    .flatMap(({ NewestAt }) => NewestAt ?? [])
    .sort()
    .at(-1);
  const logTime = rows.find((each) => each.Part === "clock")?.LogTime;
  return {
    flows: rows.filter((each) => each.Part === "flow").map(flowOf),
    totals: totals.map(({ Slice, Kind, Prefix, Count, DestinationCount }) => ({
      slice: Slice,
      kind: Kind,
      sourcePrefix: Prefix,
      count: Count,
      destinationCount: DestinationCount,
    })),
    tables: tables.map(({ TableName }) => TableName).sort(),
    ...(newestRowAt === undefined ? {} : { newestRowAt }),
    ...(logTime === undefined ? {} : { logTime }),
  };
}

function lagOf(rows: readonly Row[]): Pick<ReadLog, "lagSeconds"> {
  const tables = rows.filter((each) => each.Part === "table");
  const rowCount = tables.reduce((sum, { RowCount }) => sum + RowCount, 0);
  const lagSeconds = tables.reduce((sum, { LagSeconds }) => sum + LagSeconds, 0);
  return rowCount === 0 ? {} : { lagSeconds: Math.round(lagSeconds / rowCount) };
}

function flowOf(row: Extract<Row, { readonly Part: "flow" }>): DeniedFlow {
  return {
    slice: row.Slice,
    kind: row.Kind,
    firewallId: row.Firewall,
    sourceAddress: row.SourceIp,
    destination: destinationOf(row.Target),
    port: row.Port === -1 ? undefined : row.Port,
    protocol: row.Protocol,
    reason: row.Reason,
    rule: row.Rule,
    count: row.Count,
    firstAt: row.FirstAt,
    lastAt: row.LastAt,
  };
}

function destinationOf(target: string): FlowDestination {
  if (target === "") return { kind: "unknown", name: "" };
  return { kind: isAddress(target) ? "address" : "fqdn", name: target };
}
