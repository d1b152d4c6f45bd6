import type { JsonObject } from "../core/resourceType.ts";
import type { RowSource, Sink } from "./kql/scope.ts";
import { parseDatetime } from "./kql/timeText.ts";
import { type Column, nothingOf, type Row, type Value } from "./kql/value.ts";
import { tableSchemas } from "./tableSchemas.ts";
import type { LogBlock, LogRow, WorkspaceLog } from "./workspaceLog.ts";

export interface WorkspaceRowsOptions {
  readonly log: WorkspaceLog;
  readonly workspaceResourceId: string;
  readonly customerId: string;
  readonly nowEpochMs: number;
  /** Rows generated outside of it are not seen. */
  readonly timespan?: { readonly fromEpochMs: number; readonly toEpochMs: number };
  /** Whether the caller may read the table; what he may not read is not there for him. */
  readonly mayRead: (table: string) => boolean;
  /** Only what this resource, or one within it, has logged. */
  readonly resourceId?: string;
}

/** What a query sees of a workspace now: rows that have been ingested. */
export function workspaceRows(options: WorkspaceRowsOptions): RowSource {
  const { log, workspaceResourceId, nowEpochMs, mayRead } = options;
  const isVisible = ({ ingestedAtEpochMs }: LogRow): boolean => ingestedAtEpochMs <= nowEpochMs;
  const hasVisible = (block: LogBlock): boolean => block.ingestedAtEpochMs.some((at) => at <= nowEpochMs);
  const hasAny = (table: string): boolean =>
    log.read(workspaceResourceId, table).some(isVisible) || log.blocks(workspaceResourceId, table).some(hasVisible);
  const rows: RowSource = {
    has: (table) => mayRead(table) && hasAny(table),
    stream(table, columns, sink) {
      const seen = within(options, columns, sink);
      const details = detailsOf(options, table);
      for (const one of log.read(workspaceResourceId, table)) {
        if (isVisible(one) && !seen([...cells(one, columns, details), one.ingestedAtEpochMs])) return false;
      }
      return log
        .blocks(workspaceResourceId, table)
        .every((block) => streamBlock(block, { columns, details, nowEpochMs }, seen));
    },
  };
  return options.resourceId === undefined ? rows : rowsOfResource(rows, options.resourceId);
}

/** A table is there for a resource when it has a row of it. */
function rowsOfResource(rows: RowSource, resourceId: string): RowSource {
  const wanted = resourceId.toLowerCase();
  const isOf = (id: Value | undefined): boolean =>
    typeof id === "string" && (id.toLowerCase() === wanted || id.toLowerCase().startsWith(`${wanted}/`));
  const stream: RowSource["stream"] = (table, columns, sink) => {
    const place = columns.findIndex(({ name }) => name === "_ResourceId");
    return rows.stream(table, columns, (row) => (isOf(row[place]) ? sink(row) : true));
  };
  return { has: (table) => rows.has(table) && !stream(table, tableSchemas[table] ?? [], () => false), stream };
}

function within({ timespan }: WorkspaceRowsOptions, columns: readonly Column[], sink: Sink): Sink {
  if (timespan === undefined) return sink;
  const time = columns.findIndex(({ name }) => name === "TimeGenerated");
  return (row) => {
    const at = row[time];
    return typeof at === "number" && at >= timespan.fromEpochMs && at < timespan.toEpochMs ? sink(row) : true;
  };
}

/** Columns that Log Analytics itself fills. */
function detailsOf({ customerId }: WorkspaceRowsOptions, table: string): Readonly<Record<string, Value>> {
  return { Type: table, SourceSystem: "Azure", _IsBillable: "True", TenantId: customerId };
}

type Details = Readonly<Record<string, Value>>;

/** Cells of rows, worked out once: rows never change. */
const known = new WeakMap<JsonObject, { readonly columns: readonly Column[]; readonly cells: Row }>();

function cells({ row }: LogRow, columns: readonly Column[], details: Details): Row {
  const before = known.get(row);
  if (before?.columns === columns) return before.cells;
  const values = columns.map((column) => cellOf(row[column.name] ?? details[column.name], column));
  known.set(row, { columns, cells: values });
  return values;
}

function cellOf(value: Value | undefined, { type }: Column): Value {
  if (value === undefined || value === null) return nothingOf(type);
  return type === "datetime" && typeof value === "string" ? parseDatetime(value) : value;
}

interface Reading {
  readonly columns: readonly Column[];
  readonly details: Details;
  readonly nowEpochMs: number;
}

function streamBlock(block: LogBlock, { columns, details, nowEpochMs }: Reading, sink: Sink): boolean {
  const cellsAt = columns.map((column) => {
    const values = block.columns[column.name];
    const nothing = details[column.name] ?? nothingOf(column.type);
    return (index: number): Value => values?.[index] ?? nothing;
  });
  for (const [index, at] of block.ingestedAtEpochMs.entries()) {
    if (at > nowEpochMs) continue;
    const row: Row = cellsAt.map((cell) => cell(index));
    row.push(at);
    if (!sink(row)) return false;
  }
  return true;
}
