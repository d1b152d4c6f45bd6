import { QueryEngine } from "../../local/azure/logs/kql/queryEngine.ts";
import type { RowSource } from "../../local/azure/logs/kql/scope.ts";
import type { Column, Row } from "../../local/azure/logs/kql/value.ts";

/** Monday, 23 November 2026, noon: what now() says. */
export const NOW = Date.UTC(2026, 10, 23, 12);

/** A table that has rows, and one that never had any. */
const tables: Readonly<Record<string, readonly Column[]>> = {
  Filled: [
    { name: "TimeGenerated", type: "datetime" },
    { name: "Name", type: "string" },
    { name: "Port", type: "int" },
  ],
  Unfilled: [{ name: "Other", type: "string" }],
};

/** Rows and, at their end, when they were ingested. */
const filled: readonly Row[] = [
  [NOW - 600_000, "a", 80, NOW - 540_000],
  [NOW - 590_000, "b", 443, NOW - 300_000],
  [NOW - 580_000, "b", null, NOW - 60_000],
];

const source: RowSource = {
  has: (table) => table === "Filled",
  stream: (_table, _columns, sink) => filled.every((row) => sink([...row])),
};

export const engine = new QueryEngine(tables);

/** The rows of a query, as arrays in the order of its columns. */
export function rowsOf(query: string): readonly Row[] {
  const rows: Row[] = [];
  engine.execute(query, source, NOW).stream((row) => {
    rows.push(row);
    return true;
  });
  return rows;
}

export function columnsOf(query: string): readonly string[] {
  return engine.execute(query, source, NOW).columns.map(({ name, type }) => `${name}:${type}`);
}

/** The values of one row of scalar expressions. */
export function values(...expressions: readonly string[]): Row {
  return rowsOf(`print ${expressions.join(", ")}`)[0] ?? [];
}
