import type { Clock } from "../../clock.ts";
import type { JsonObject } from "./resourceType.ts";
import type { StateTable } from "./stateTable.ts";

export interface LogRow {
  readonly table: string;
  readonly row: JsonObject;
  /** When a query can first see the row. */
  readonly ingestedAtEpochMs: number;
}

/**
 * Azure seconds from a row's event until a query sees it.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time (resource logs: 30–90 s), checked 2026-11.
 */
const INGESTION_SECONDS = 60;

/** Rows kept a workspace and table; the oldest go first. A stand-in keeps what a day of a small environment writes. */
const MOST_ROWS_PER_TABLE = 20_000;

/** Rows of the tables of Log Analytics workspaces. */
export class WorkspaceLog {
  readonly #rows: StateTable<LogRow>;
  readonly #clock: Clock;
  /** Keys in order, by workspace and table. */
  readonly #keys = new Map<string, string[]>();
  #sequence = 0;

  constructor(rows: StateTable<LogRow>, clock: Clock) {
    this.#rows = rows;
    this.#clock = clock;
    for (const [key] of rows.entries()) {
      this.#listOf(key.slice(0, key.lastIndexOf("|"))).push(key);
      this.#sequence = Math.max(this.#sequence, Number(key.slice(key.lastIndexOf("|") + 1)));
    }
  }

  append(workspaceResourceId: string, table: string, row: JsonObject): void {
    const now = this.#clock.now();
    const list = this.#listOf(listKey(workspaceResourceId, table));
    this.#sequence += 1;
    const key = `${listKey(workspaceResourceId, table)}|${this.#sequence}`;
    this.#rows.set(key, {
      table,
      row: { TimeGenerated: new Date(now).toISOString(), ...row },
      ingestedAtEpochMs: now + INGESTION_SECONDS * 1000,
    });
    list.push(key);
    if (list.length > MOST_ROWS_PER_TABLE) this.#rows.delete(list.shift() ?? "");
  }

  /** The rows of a table in the order they were written, those that are not ingested yet included. */
  read(workspaceResourceId: string, table: string): readonly LogRow[] {
    return this.#listOf(listKey(workspaceResourceId, table)).flatMap((key) => this.#rows.get(key) ?? []);
  }

  #listOf(key: string): string[] {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const list: string[] = [];
    this.#keys.set(key, list);
    return list;
  }
}

function listKey(workspaceResourceId: string, table: string): string {
  return `${workspaceResourceId.toLowerCase()}|${table}`;
}
