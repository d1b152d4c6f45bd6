/**
 * Timer functions. As in the real host a run that was missed while no host ran is made up for once (`isPastDue`), the
 * next one is planned when the last has ended, and a run that a crash cut off counts as missed.
 */
import type { Clock } from "../../clock.ts";
import type { RegisteredFunction } from "../app/functionApp.ts";
import type { Invoker } from "../app/invoker.ts";
import { isTriggeredBy } from "../app/supportedBindings.ts";
import type { ScheduleTable } from "../store/scheduleTable.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";

export interface TimerTriggersOptions {
  readonly invoker: Invoker;
  readonly schedules: ScheduleTable;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

interface Timer {
  readonly registered: RegisteredFunction;
  readonly expression: string;
  readonly schedule: Schedule;
  lastEpochMs: number | null;
  nextEpochMs: number;
}

/** What the real host writes for "never". */
const NEVER = "0001-01-01T00:00:00";

export class TimerTriggers {
  readonly #options: TimerTriggersOptions;
  readonly #timers = new Map<string, Timer>();
  readonly #cancels = new Map<string, () => void>();
  #isHalted = false;

  /** Reads all schedules, so that a wrong one stops the host and not the night. */
  constructor(options: TimerTriggersOptions) {
    this.#options = options;
    for (const registered of options.invoker.app.functions) {
      if (isTriggeredBy(registered, "timerTrigger")) this.#timers.set(registered.name, this.#timerOf(registered));
    }
  }

  start(): void {
    for (const timer of this.#timers.values()) {
      const { runOnStartup, useMonitor } = timer.registered.trigger;
      const isPastDue = useMonitor !== false && timer.nextEpochMs < this.#now();
      if (isPastDue || runOnStartup === true) void this.#run(timer, isPastDue);
      else this.#plan(timer);
    }
  }

  halt(): void {
    this.#isHalted = true;
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  /** Runs a timer function now; its schedule stays as it is. */
  async fireByHand(registered: RegisteredFunction): Promise<void> {
    const timer = this.#timers.get(registered.name);
    if (timer !== undefined) await this.#invoke(timer, false);
  }

  #timerOf(registered: RegisteredFunction): Timer {
    const expression = resolveSettings(registered.trigger.schedule ?? "", registered.name);
    const schedule = parseSchedule(expression);
    const saved = this.#options.schedules.get(registered.name);
    const lastEpochMs = saved?.lastEpochMs ?? null;
    const isSame = saved?.expression === expression && registered.trigger.useMonitor !== false;
    const nextEpochMs = isSame ? saved.nextEpochMs : schedule.next(this.#now());
    return { registered, expression, schedule, lastEpochMs, nextEpochMs };
  }

  #plan(timer: Timer): void {
    const { expression, lastEpochMs, nextEpochMs } = timer;
    this.#options.schedules.put(timer.registered.name, { expression, lastEpochMs, nextEpochMs });
    const cancel = this.#options.clock.at(nextEpochMs, () => void this.#run(timer, false));
    this.#cancels.set(timer.registered.name, cancel);
  }

  async #run(timer: Timer, isPastDue: boolean): Promise<void> {
    const release = this.#options.clock.hold();
    try {
      const startedEpochMs = this.#now();
      await this.#invoke(timer, isPastDue);
      if (this.#isHalted) return;
      timer.lastEpochMs = startedEpochMs;
      timer.nextEpochMs = timer.schedule.next(this.#now());
      this.#plan(timer);
    } finally {
      release();
    }
  }

  async #invoke(timer: Timer, isPastDue: boolean): Promise<void> {
    const last = timer.lastEpochMs === null ? NEVER : new Date(timer.lastEpochMs).toISOString();
    const info = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: { Last: last, Next: new Date(timer.nextEpochMs).toISOString(), LastUpdated: last },
      IsPastDue: isPastDue,
    };
    try {
      await this.#options.invoker.invoke(timer.registered, { json: JSON.stringify(info) });
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.log(`[error] ${timer.registered.name}: ${text}`);
    }
  }

  #now(): number {
    return Math.floor(this.#options.clock.now());
  }
}

/** %NAME% in a schedule is an app setting. */
function resolveSettings(schedule: string, functionName: string): string {
  return schedule.replace(/%([^%]+)%/g, (_, name: string) => {
    const value = process.env[name];
    if (value === undefined) {
      throw new Error(`The schedule of '${functionName}' is the setting %${name}%, which is not set; set it.`);
    }
    return value;
  });
}
