/** Tables of a workspace as lists of rows, and the answers of the local Azure's query engine about them. */
import { QueryEngine } from "../../local/azure/logs/kql/queryEngine.ts";
import type { Value } from "../../local/azure/logs/kql/value.ts";
import { tableSchemas } from "../../local/azure/logs/tableSchemas.ts";
import { parseDeniedFlows, type ReadLog } from "../../src/contracts/deniedFlowRow.ts";
import type { LogReading } from "../../src/domain/deniedEgress/deniedFlow.ts";
import { type DeniedEgressQuestion, deniedEgressQuery } from "../../src/resources/deniedEgressQuery.ts";

export const FIREWALL =
  "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/azureFirewalls/fw";

export interface LoggedRow {
  readonly table: string;
  /** ISO 8601. */
  readonly at: string;
  readonly ingestedAt: string;
  readonly cells: Readonly<Record<string, string | number | boolean>>;
}

const engine = new QueryEngine(tableSchemas);

/** What the app's own question about denied egress is answered, read as the app reads it. Throws where the app would refuse. */
export function askRows(rows: readonly LoggedRow[], question: Partial<DeniedEgressQuestion> = {}): LogReading {
  return askLog(rows, question).reading;
}

/** The same with how late rows came. */
export function askLog(rows: readonly LoggedRow[], question: Partial<DeniedEgressQuestion> = {}): ReadLog {
  const { query } = deniedEgressQuery({
    firewallId: FIREWALL,
    sourcePrefixes: ["10.0.5.0/24", "10.0.6.0/24"],
    from: "2026-11-02T08:00:00.000Z",
    to: "2026-11-02T08:30:00.000Z",
    needed: [],
    ...question,
  });
  const byTable = Map.groupBy(rows, ({ table }) => table);
  const result = engine.execute(
    query.text,
    {
      has: (table) => byTable.has(table),
      stream: (table, columns, sink) =>
        (byTable.get(table) ?? []).every(({ at, ingestedAt, cells }) => {
          const all: Readonly<Record<string, Value>> = {
            _ResourceId: FIREWALL.toLowerCase(),
            ...cells,
            TimeGenerated: Date.parse(at),
          };
          return sink([
            ...columns.map(({ name, type }) => all[name] ?? (type === "string" ? "" : null)),
            Date.parse(ingestedAt),
          ]);
        }),
    },
    Date.parse("2026-11-02T09:00:00Z"),
  );
  const { columns } = result;
  const answer: unknown[][] = [];
  result.stream((row) => {
    answer.push(
      row.map((value, at) =>
        columns[at]?.type === "datetime" && typeof value === "number" ? new Date(value).toISOString() : value,
      ),
    );
    return true;
  });
  const parsed = parseDeniedFlows(
    columns.map(({ name }) => name),
    answer,
  );
  if (!parsed.ok) throw new Error(parsed.mistake);
  return parsed.read;
}
