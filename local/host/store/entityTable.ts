import type { Database } from "./database.ts";

export interface EntityState {
  readonly exists: boolean;
  /** JSON text. */
  readonly state: string | null;
}

/** One operation that waits for an entity. */
export interface EntityMessage {
  /** Request id; the answer of a call is an event of this name. */
  readonly id: string;
  readonly op: string;
  /** JSON text. */
  readonly input?: string | undefined;
  readonly signal: boolean;
  /** Who called and waits for the answer; absent for signals. */
  readonly parent?: string | undefined;
  readonly parentExecution?: string | undefined;
}

export interface EntityInboxMessage {
  readonly rowId: number;
  readonly message: EntityMessage;
}

export class EntityTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(id: string): EntityState {
    const row = this.#database.get<{ is_there: number; state: string | null }>(
      "SELECT is_there, state FROM entities WHERE id=?",
      id,
    );
    return { exists: row?.is_there === 1, state: row?.state ?? null };
  }

  put(id: string, entity: EntityState, nowEpochMs: number): void {
    this.#database.run(
      `INSERT INTO entities VALUES(?,?,?,?) ON CONFLICT(id) DO UPDATE
         SET is_there=excluded.is_there, state=excluded.state, updated_ms=excluded.updated_ms`,
      id,
      entity.exists ? 1 : 0,
      entity.exists ? entity.state : null,
      nowEpochMs,
    );
  }

  /** False when there was no such entity. */
  remove(id: string): boolean {
    return this.#database.run("DELETE FROM entities WHERE id=?", id) > 0;
  }

  post(id: string, message: EntityMessage): void {
    this.#database.run("INSERT INTO entity_inbox(entity_id, message) VALUES(?,?)", id, JSON.stringify(message));
  }

  messages(id: string): EntityInboxMessage[] {
    return this.#database
      .all<{ id: number; message: string }>("SELECT id, message FROM entity_inbox WHERE entity_id=? ORDER BY id", id)
      .map((row) => ({ rowId: row.id, message: JSON.parse(row.message) as EntityMessage }));
  }

  removeMessages(messages: readonly EntityInboxMessage[]): void {
    for (const { rowId } of messages) this.#database.run("DELETE FROM entity_inbox WHERE id=?", rowId);
  }

  withMessages(): string[] {
    return this.#database
      .all<{ entity_id: string }>("SELECT DISTINCT entity_id FROM entity_inbox")
      .map((row) => row.entity_id);
  }
}
