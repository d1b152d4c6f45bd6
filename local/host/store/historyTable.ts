import type { Database } from "./database.ts";

/** The history of the running or last execution of each instance: JSON texts in order, numbered from 0. */
export class HistoryTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  append(instanceId: string, firstSequence: number, events: readonly string[]): void {
    for (const [index, event] of events.entries()) {
      this.#database.run("INSERT INTO history VALUES(?,?,?)", instanceId, firstSequence + index, event);
    }
  }

  list(instanceId: string): string[] {
    return this.#database
      .all<{ event: string }>("SELECT event FROM history WHERE instance_id=? ORDER BY sequence", instanceId)
      .map((row) => row.event);
  }

  clear(instanceId: string): void {
    this.#database.run("DELETE FROM history WHERE instance_id=?", instanceId);
  }
}
