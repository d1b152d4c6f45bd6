import type { HistoryEvent } from "../durable/historyEvent.ts";
import type { Database } from "./database.ts";

export interface InboxMessage {
  readonly rowId: number;
  /** Null: for whichever execution of the instance is running. */
  readonly executionId: string | null;
  readonly event: HistoryEvent;
}

/** What waits to be delivered to instances; a durable timer is a message that becomes visible later. */
export class InboxTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(instanceId: string, executionId: string | null, event: HistoryEvent, visibleEpochMs: number): void {
    this.#database.run(
      "INSERT INTO inbox(instance_id, execution_id, visible_ms, event) VALUES(?,?,?,?)",
      instanceId,
      executionId,
      visibleEpochMs,
      JSON.stringify(event),
    );
  }

  visible(instanceId: string, nowEpochMs: number): InboxMessage[] {
    return this.#database
      .all<{ id: number; execution_id: string | null; event: string }>(
        "SELECT id, execution_id, event FROM inbox WHERE instance_id=? AND visible_ms<=? ORDER BY id",
        instanceId,
        nowEpochMs,
      )
      .map((row) => ({ rowId: row.id, executionId: row.execution_id, event: JSON.parse(row.event) as HistoryEvent }));
  }

  instancesWithVisible(nowEpochMs: number): string[] {
    return this.#database
      .all<{ instance_id: string }>("SELECT DISTINCT instance_id FROM inbox WHERE visible_ms<=?", nowEpochMs)
      .map((row) => row.instance_id);
  }

  /** When the next hidden message becomes visible; undefined when there is none. */
  nextVisibleEpochMs(nowEpochMs: number): number | undefined {
    const row = this.#database.get<{ next: number | null }>(
      "SELECT min(visible_ms) AS next FROM inbox WHERE visible_ms>?",
      nowEpochMs,
    );
    return row?.next ?? undefined;
  }

  remove(messages: readonly InboxMessage[]): void {
    for (const message of messages) this.#database.run("DELETE FROM inbox WHERE id=?", message.rowId);
  }

  clear(instanceId: string): void {
    this.#database.run("DELETE FROM inbox WHERE instance_id=?", instanceId);
  }

  clearExecution(instanceId: string, executionId: string): void {
    this.#database.run("DELETE FROM inbox WHERE instance_id=? AND execution_id=?", instanceId, executionId);
  }
}
