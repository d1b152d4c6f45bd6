import type { Json, JsonObject } from "../core/resourceType.ts";
import type { Tabular } from "./kql/scope.ts";
import { datetimeText, timespanText } from "./kql/timeText.ts";
import type { Row, ScalarType, Value } from "./kql/value.ts";

/** What one answer holds at most. Source: learn.microsoft.com/azure/azure-monitor/service-limits (Log Analytics queries), checked 2026-11. */
const MOST_ROWS = 500_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** The table of an answer, and what was left out of it: a truncated answer is 200 and says so beside the table. */
export function queryAnswer(result: Tabular, forcePartial: boolean): JsonObject {
  const types = result.columns.map(({ type }) => type);
  const rows: Json[] = [];
  let bytes = 0;
  let limit: string | undefined;
  result.stream((row) => {
    const cells = jsonRow(row, types);
    bytes += sizeOf(cells);
    if (rows.length >= MOST_ROWS)
      limit = "the number of rows exceeds the limit of 500000 (E_QUERY_RESULT_SET_TOO_LARGE)";
    else if (bytes > MOST_BYTES) limit = "its size exceeds the limit of 67108864 bytes (E_QUERY_RESULT_SET_TOO_LARGE)";
    else rows.push(cells);
    return limit === undefined;
  });
  const kept = forcePartial ? rows.slice(0, Math.floor(rows.length / 2)) : rows;
  const why = limit ?? (forcePartial ? "a node failed while the query ran (E_RUNAWAY_QUERY)" : undefined);
  const columns = result.columns.map(({ name, type }) => ({ name, type }));
  const tables = [{ name: "PrimaryResult", columns, rows: kept }];
  return why === undefined ? { tables } : { tables, error: partialError(why) };
}

function partialError(why: string): JsonObject {
  return {
    code: "PartialError",
    message: "There were some errors when processing your query.",
    details: [{ code: "EngineError", message: `Something went wrong processing your query on the server: ${why}.` }],
  };
}

function jsonRow(row: Row, types: readonly ScalarType[]): Json[] {
  return types.map((type, index) => jsonCell(row[index] ?? null, type));
}

/** Datetimes and timespans are texts, and dynamic values are JSON within a text. */
function jsonCell(value: Value, type: ScalarType): Json {
  if (value === null) return type === "string" ? "" : null;
  if (type === "datetime" && typeof value === "number") return datetimeText(value);
  if (type === "timespan" && typeof value === "number") return timespanText(value);
  return type === "dynamic" && typeof value === "object" ? JSON.stringify(value) : value;
}

function sizeOf(cells: readonly Json[]): number {
  return cells.reduce<number>((sum, cell) => sum + (typeof cell === "string" ? cell.length + 3 : 9), 2);
}
