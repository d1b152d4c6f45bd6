import type { Clock } from "../../clock.ts";
import type { JsonObject } from "./resourceType.ts";
import type { StateTable } from "./stateTable.ts";

export interface ScheduledTask {
  readonly id: string;
  readonly task: string;
  readonly dueEpochMs: number;
  readonly data: JsonObject;
}

/**
 * What is to be done later, kept as data so that it survives a restart. A timer only says "look again": a task whose turn
 * was taken back has no row and therefore does not run.
 */
export class Schedule {
  readonly #table: StateTable<ScheduledTask>;
  readonly #clock: Clock;
  readonly #run: (task: ScheduledTask) => void;
  readonly #timers = new Map<string, () => void>();
  #sequence: number;

  constructor(table: StateTable<ScheduledTask>, clock: Clock, run: (task: ScheduledTask) => void) {
    this.#table = table;
    this.#clock = clock;
    this.#run = run;
    this.#sequence = Math.max(0, ...[...table.values()].map((task) => Number(task.id)));
  }

  /** Starts the timers of tasks that an earlier process left. */
  resume(): void {
    for (const task of this.#table.values()) this.#startTimer(task);
  }

  add(task: string, delaySeconds: number, data: JsonObject): void {
    this.#sequence += 1;
    const id = String(this.#sequence);
    const scheduled = { id, task, dueEpochMs: this.#clock.now() + delaySeconds * 1000, data };
    this.#table.set(id, scheduled);
    this.#startTimer(scheduled);
  }

  remove(id: string): void {
    this.#table.delete(id);
  }

  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #startTimer(task: ScheduledTask): void {
    this.#timers.set(
      task.id,
      this.#clock.at(task.dueEpochMs, () => {
        this.#timers.delete(task.id);
        const kept = this.#table.get(task.id);
        if (kept !== undefined) this.#run(kept);
      }),
    );
  }
}
