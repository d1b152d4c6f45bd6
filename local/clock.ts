/**
 * Time is an object. One clock drives the local host's timers and the local Azure's operations, so that fifteen
 * Azure-minutes take seconds to watch (scaled) and milliseconds to test (virtual).
 */

/** What the stand-ins may know of time. All instants are Azure time, in epoch milliseconds. */
export interface Clock {
  /** The current instant in epoch milliseconds of Azure time. */
  now(): number;
  /** Runs the callback once when Azure time has reached `dueEpochMs` (at once, but not synchronously, when it is past). Returns a function that cancels it. */
  at(dueEpochMs: number, callback: () => void): () => void;
  /**
   * Says "work is under way": a virtual clock does not jump while any hold is open, a running clock ignores it.
   * Returns the function that ends the hold; calling it twice is harmless.
   */
  hold(): () => void;
}

/** Where a running clock starts and how fast it goes; shared between processes so that both tell the same time. */
export interface ClockOrigin {
  readonly realEpochMs: number;
  readonly azureEpochMs: number;
  /** Azure milliseconds that pass in one real millisecond. */
  readonly speed: number;
}

/** setTimeout takes 31 bits of milliseconds; longer waits are made of several. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** A clock that runs by itself, at `speed` times real time. */
export class RunningClock implements Clock {
  readonly origin: ClockOrigin;
  readonly #realNow: () => number;

  /** `realNow` must be the real time even in a process whose `Date` has been replaced. */
  constructor(origin: Partial<ClockOrigin> = {}, realNow: () => number = monotonicRealNow) {
    const realEpochMs = origin.realEpochMs ?? realNow();
    this.origin = { realEpochMs, azureEpochMs: origin.azureEpochMs ?? realEpochMs, speed: origin.speed ?? 1 };
    this.#realNow = realNow;
  }

  now(): number {
    const { realEpochMs, azureEpochMs, speed } = this.origin;
    return Math.floor(azureEpochMs + (this.#realNow() - realEpochMs) * speed);
  }

  at(dueEpochMs: number, callback: () => void): () => void {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const waitMs = Math.max(0, Math.ceil((dueEpochMs - this.now()) / this.origin.speed));
      timer = setTimeout(() => (this.now() >= dueEpochMs ? callback() : arm()), Math.min(waitMs, LONGEST_TIMEOUT_MS));
    };
    arm();
    return () => clearTimeout(timer);
  }

  hold(): () => void {
    return () => {};
  }
}

/** A clock that stands still until told to run, and then jumps from one due thing to the next while nobody holds it. */
export class VirtualClock implements Clock {
  #nowEpochMs: number;
  #holdCount = 0;
  #sequence = 0;
  #running = 0;
  #stepIsQueued = false;
  readonly #due = new Map<number, { readonly dueEpochMs: number; readonly callback: () => void }>();

  constructor(startEpochMs: number) {
    this.#nowEpochMs = startEpochMs;
  }

  now(): number {
    return this.#nowEpochMs;
  }

  at(dueEpochMs: number, callback: () => void): () => void {
    const key = this.#sequence++;
    this.#due.set(key, { dueEpochMs, callback });
    this.#queueStep();
    return () => void this.#due.delete(key);
  }

  hold(): () => void {
    this.#holdCount += 1;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.#holdCount -= 1;
      this.#queueStep();
    };
  }

  /** Lets time jump until the promise settles, and returns what it came to. */
  async runUntil<T>(promise: Promise<T>): Promise<T> {
    this.#running += 1;
    this.#queueStep();
    try {
      return await promise;
    } finally {
      this.#running -= 1;
    }
  }

  /** Lets the given time pass, firing all that falls due in it. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#nowEpochMs + milliseconds;
    await this.runUntil(new Promise<void>((resolve) => this.at(end, resolve)));
  }

  /** Takes several turns of the event loop before a jump, so that sockets and promises in flight can open their holds first. */
  #queueStep(): void {
    if (this.#stepIsQueued || this.#running === 0) return;
    this.#stepIsQueued = true;
    afterTurns(QUIET_TURNS, () => {
      this.#stepIsQueued = false;
      this.#step();
    });
  }

  /** Everything due at one instant happens at that instant, in the order in which it was asked for. */
  #step(): void {
    if (this.#running === 0 || this.#holdCount > 0 || this.#due.size === 0) return;
    const dueEpochMs = Math.min(...[...this.#due.values()].map((entry) => entry.dueEpochMs));
    this.#nowEpochMs = Math.max(this.#nowEpochMs, dueEpochMs);
    for (const [key, entry] of [...this.#due]) {
      if (entry.dueEpochMs > dueEpochMs || !this.#due.delete(key)) continue;
      entry.callback();
    }
    this.#queueStep();
  }
}

/** Turns of the event loop that must pass without a hold before virtual time jumps. */
const QUIET_TURNS = 3;

function afterTurns(turns: number, callback: () => void): void {
  setImmediate(() => (turns <= 1 ? callback() : afterTurns(turns - 1, callback)));
}

/** Real epoch milliseconds that do not follow a replaced `Date`. */
function monotonicRealNow(): number {
  return performance.timeOrigin + performance.now();
}
