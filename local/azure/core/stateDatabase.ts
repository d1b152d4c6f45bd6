import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { StateTable } from "./stateTable.ts";

/**
 * The file behind `--state`: one row a key, as JSON. It is written once a turn, before the turn's answer leaves, so that a
 * killed process has either done a request and answered it, or never heard of it.
 */
export class StateDatabase {
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #remove: StatementSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS state (
        collection TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (collection, key)
      );`);
    this.#upsert = this.#database.prepare(
      "INSERT INTO state (collection, key, value) VALUES (?, ?, ?) ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value",
    );
    this.#remove = this.#database.prepare("DELETE FROM state WHERE collection = ? AND key = ?");
  }

  /** Rows of a collection in the order of their creation. */
  read(collection: string): readonly (readonly [string, unknown])[] {
    const rows = this.#database
      .prepare("SELECT key, value FROM state WHERE collection = ? ORDER BY rowid")
      .all(collection);
    return rows.map((row) => [String(row.key), JSON.parse(String(row.value))] as const);
  }

  write(tables: Iterable<StateTable<unknown>>): void {
    let begun = false;
    for (const table of tables) {
      for (const [key, row] of table.takeChanges()) {
        if (!begun) this.#database.exec("BEGIN");
        begun = true;
        if (row === undefined) this.#remove.run(table.name, key);
        else this.#upsert.run(table.name, key, JSON.stringify(row));
      }
    }
    if (begun) this.#database.exec("COMMIT");
  }

  close(): void {
    this.#database.close();
  }
}
