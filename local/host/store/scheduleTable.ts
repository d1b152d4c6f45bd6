import type { Database } from "./database.ts";

/** When a timer function last ran and is due next, so that a missed run is noticed after a restart. */
export interface ScheduleStatus {
  readonly expression: string;
  readonly lastEpochMs: number | null;
  readonly nextEpochMs: number;
}

export class ScheduleTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  get(functionName: string): ScheduleStatus | undefined {
    return this.#database.get<ScheduleStatus>(
      "SELECT expression, last_ms AS lastEpochMs, next_ms AS nextEpochMs FROM schedules WHERE function_name=?",
      functionName,
    );
  }

  put(functionName: string, status: ScheduleStatus): void {
    this.#database.run(
      "INSERT OR REPLACE INTO schedules VALUES(?,?,?,?)",
      functionName,
      status.expression,
      status.lastEpochMs,
      status.nextEpochMs,
    );
  }
}
