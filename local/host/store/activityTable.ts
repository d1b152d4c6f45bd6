import type { Database } from "./database.ts";

/** One scheduled activity. The row goes away in the transaction that posts the result, hence "at least once". */
export interface ScheduledActivity {
  readonly rowId: number;
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
  /** JSON text. */
  readonly input: string | null;
}

export class ActivityTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(activity: Omit<ScheduledActivity, "rowId">): void {
    this.#database.run(
      "INSERT INTO activities(instance_id, execution_id, task_id, name, input) VALUES(?,?,?,?,?)",
      activity.instanceId,
      activity.executionId,
      activity.taskId,
      activity.name,
      activity.input,
    );
  }

  /** The oldest activity that was scheduled after the given row. */
  nextAfter(rowId: number): ScheduledActivity | undefined {
    return this.#database.get<ScheduledActivity>(
      `SELECT id AS rowId, instance_id AS instanceId, execution_id AS executionId, task_id AS taskId, name, input
       FROM activities WHERE id>? ORDER BY id LIMIT 1`,
      rowId,
    );
  }

  /** False when it was gone already: the instance has ended or was purged, and nobody waits for the result. */
  remove(rowId: number): boolean {
    return this.#database.run("DELETE FROM activities WHERE id=?", rowId) > 0;
  }

  clear(instanceId: string): void {
    this.#database.run("DELETE FROM activities WHERE instance_id=?", instanceId);
  }
}
