import type { Clock } from "../../clock.ts";
import type { FaultInjector } from "../core/faultInjector.ts";
import type { Json, JsonObject } from "../core/resourceType.ts";
import type { StateTable } from "../core/stateTable.ts";
import { ingestionDelaysMs, restamped } from "./ingestion.ts";

export interface LogRow {
  readonly table: string;
  readonly row: JsonObject;
  /** When a query can first see the row. */
  readonly ingestedAtEpochMs: number;
}

/** Many rows at once, by column: one entry of the state, whatever their number. Datetimes are ms since 1970. */
export interface LogBlock {
  readonly columns: Readonly<Record<string, readonly Json[]>>;
  readonly ingestedAtEpochMs: readonly number[];
}

/** Rows kept a workspace and table that were written one by one; the oldest go first. Blocks are not counted. */
const MOST_ROWS_PER_TABLE = 20_000;

export interface WorkspaceLogParts {
  readonly rows: StateTable<LogRow>;
  readonly blocks: StateTable<LogBlock>;
  readonly clock: Clock;
  readonly faults: FaultInjector;
  /** A stream of its own, so that log rows change no id and no address. */
  readonly random: () => number;
}

/** Rows of the tables of Log Analytics workspaces. */
export class WorkspaceLog {
  readonly #parts: WorkspaceLogParts;
  /** Keys in order, by workspace and table. */
  readonly #rowKeys = new Map<string, string[]>();
  readonly #blockKeys = new Map<string, string[]>();
  #sequence = 0;

  constructor(parts: WorkspaceLogParts) {
    this.#parts = parts;
    for (const [key] of parts.rows.entries()) this.#remember(this.#rowKeys, key);
    for (const [key] of parts.blocks.entries()) this.#remember(this.#blockKeys, key);
  }

  /** Writes a row of what happened at an instant, by default now; it can be read when it is ingested. */
  append(workspaceResourceId: string, table: string, row: JsonObject, atEpochMs?: number): void {
    const { clock, faults, random } = this.#parts;
    const at = atEpochMs ?? clock.now();
    const dated = { TimeGenerated: new Date(at).toISOString(), ...row };
    for (const delayMs of ingestionDelaysMs(random, faults, workspaceResourceId)) {
      this.appendIngested(workspaceResourceId, { table, row: dated, ingestedAtEpochMs: Math.round(at + delayMs) });
    }
  }

  /** Writes a row whose ingestion is known. */
  appendIngested(workspaceResourceId: string, { table, row, ingestedAtEpochMs }: LogRow): void {
    const list = listKey(workspaceResourceId, table);
    const key = this.#newKey(list);
    this.#parts.rows.set(key, { table, row: restamped(row, ingestedAtEpochMs), ingestedAtEpochMs });
    const keys = this.#remember(this.#rowKeys, key);
    if (keys.length > MOST_ROWS_PER_TABLE) this.#parts.rows.delete(keys.shift() ?? "");
  }

  appendBlock(workspaceResourceId: string, table: string, block: LogBlock): void {
    const key = this.#newKey(listKey(workspaceResourceId, table));
    this.#parts.blocks.set(key, block);
    this.#remember(this.#blockKeys, key);
  }

  /** The rows of a table that were written one by one, in that order, those that are not ingested yet included. */
  read(workspaceResourceId: string, table: string): readonly LogRow[] {
    const keys = this.#rowKeys.get(listKey(workspaceResourceId, table)) ?? [];
    return keys.flatMap((key) => this.#parts.rows.get(key) ?? []);
  }

  blocks(workspaceResourceId: string, table: string): readonly LogBlock[] {
    const keys = this.#blockKeys.get(listKey(workspaceResourceId, table)) ?? [];
    return keys.flatMap((key) => this.#parts.blocks.get(key) ?? []);
  }

  #newKey(list: string): string {
    this.#sequence += 1;
    return `${list}|${this.#sequence}`;
  }

  #remember(lists: Map<string, string[]>, key: string): string[] {
    const end = key.lastIndexOf("|");
    this.#sequence = Math.max(this.#sequence, Number(key.slice(end + 1)));
    const list = lists.get(key.slice(0, end)) ?? [];
    list.push(key);
    lists.set(key.slice(0, end), list);
    return list;
  }
}

function listKey(workspaceResourceId: string, table: string): string {
  return `${workspaceResourceId.toLowerCase()}|${table}`;
}
