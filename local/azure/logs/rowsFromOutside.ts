import type { LocalWorld } from "../core/localWorld.ts";
import type { Json, JsonObject } from "../core/resourceType.ts";
import { parseDatetime } from "./kql/timeText.ts";
import type { Column } from "./kql/value.ts";
import { tableSchemas } from "./tableSchemas.ts";
import type { LogBlock } from "./workspaceLog.ts";

/** Rows of one entry of the state; a larger one would be too long a text for the state file. */
const ROWS_PER_BLOCK = 50_000;

/** A row that somebody puts into the log: recorded elsewhere, or in a shape that no packet of the model has. */
export interface OutsideRow {
  readonly row: JsonObject;
  /** When queries see it first; without it the row is under way like any other. */
  readonly ingestedAt?: string;
}

/** Many rows by column. Datetimes are ms since 1970; columns that are left out are empty. */
export interface OutsideColumns {
  readonly columns: Readonly<Record<string, readonly Json[]>>;
  readonly ingestedAtEpochMs: readonly number[];
}

/** Puts rows into a table; throws a sentence that names every mistake, and then none is put. */
export function addRows(world: LocalWorld, workspaceId: string, table: string, rows: readonly OutsideRow[]): void {
  const columns = columnsOf(table);
  const mistakes = rows.flatMap((one, index) => rowMistakes(one, columns).map((mistake) => `/${index}${mistake}`));
  refuse(mistakes);
  for (const { row, ingestedAt } of rows) {
    if (ingestedAt === undefined) world.workspaceLog.append(workspaceId, table, row);
    else {
      const ingestedAtEpochMs = parseDatetime(ingestedAt) ?? world.clock.now();
      const dated = { TimeGenerated: new Date(ingestedAtEpochMs).toISOString(), ...row };
      world.workspaceLog.appendIngested(workspaceId, { table, row: dated, ingestedAtEpochMs });
    }
  }
}

/** The same for many rows, which cost one entry of the state for every 50,000. */
export function addColumns(world: LocalWorld, workspaceId: string, table: string, given: OutsideColumns): void {
  const known = columnsOf(table);
  const length = given.ingestedAtEpochMs.length;
  refuse(
    Object.entries(given.columns).flatMap(([name, values]) => {
      if (!known.some((column) => column.name === name)) return `/columns/${name}: the table has no such column`;
      return values.length === length ? [] : `/columns/${name}: ${values.length} values for ${length} rows`;
    }),
  );
  for (let start = 0; start < length; start += ROWS_PER_BLOCK) {
    const part = <T>(values: readonly T[]): readonly T[] => values.slice(start, start + ROWS_PER_BLOCK);
    const columns = Object.fromEntries(Object.entries(given.columns).map(([name, values]) => [name, part(values)]));
    const block: LogBlock = { columns, ingestedAtEpochMs: part(given.ingestedAtEpochMs) };
    world.workspaceLog.appendBlock(workspaceId, table, block);
  }
}

function columnsOf(table: string): readonly Column[] {
  const columns = Object.hasOwn(tableSchemas, table) ? tableSchemas[table] : undefined;
  if (columns !== undefined) return columns;
  throw new Error(`There is no table "${table}"; there are ${Object.keys(tableSchemas).join(", ")}.`);
}

function rowMistakes({ row, ingestedAt }: OutsideRow, columns: readonly Column[]): readonly string[] {
  if (row === null || typeof row !== "object") return ["/row: is no object"];
  const time = ingestedAt === undefined || parseDatetime(ingestedAt) !== null ? [] : ["/ingestedAt: is no datetime"];
  const cells = Object.entries(row).flatMap(([name, value]) => {
    const column = columns.find((one) => one.name === name);
    if (column === undefined) return `/row/${name}: the table has no such column`;
    return fits(value, column) ? [] : `/row/${name}: is no ${column.type}`;
  });
  return [...time, ...cells];
}

function fits(value: Json | undefined, { type }: Column): boolean {
  if (value === undefined || value === null) return true;
  switch (type) {
    case "datetime":
      return typeof value === "string" && parseDatetime(value) !== null;
    case "int":
    case "long":
      return Number.isInteger(value);
    case "real":
      return typeof value === "number";
    case "bool":
      return typeof value === "boolean";
    case "dynamic":
      return true;
    default:
      return typeof value === "string";
  }
}

/** Mistakes that one sentence names; more are counted. */
const MOST_MISTAKES = 20;

function refuse(mistakes: readonly string[]): void {
  if (mistakes.length === 0) return;
  const more = mistakes.length > MOST_MISTAKES ? `; and ${mistakes.length - MOST_MISTAKES} more` : "";
  throw new Error(`${mistakes.slice(0, MOST_MISTAKES).join("; ")}${more}.`);
}
