import type { Clock } from "../../clock.ts";

/**
 * Runs work for keys that became ready: one run per key at a time, different keys side by side. Holds the clock from
 * the moment a key is ready until its run has ended, so that virtual time stands still meanwhile. Keys that become ready in one turn of the event loop are
 * run in the next, so that messages that come together are handled together.
 */
export class ReadyKeys {
  readonly #clock: Clock;
  readonly #run: (key: string) => Promise<void>;
  readonly #ready = new Set<string>();
  readonly #busy = new Set<string>();
  #releaseReady: (() => void) | undefined;
  #pump: NodeJS.Immediate | undefined;
  #isHalted = false;

  /** `run` must not reject: what to do about a failure is its own business. */
  constructor(clock: Clock, run: (key: string) => Promise<void>) {
    this.#clock = clock;
    this.#run = run;
  }

  add(key: string): void {
    if (this.#isHalted) return;
    this.#ready.add(key);
    this.#releaseReady ??= this.#clock.hold();
    this.#pump ??= setImmediate(() => this.#startReady());
  }

  /** Starts nothing more and lets go of the clock; runs under way find out by themselves. */
  halt(): void {
    this.#isHalted = true;
    this.#ready.clear();
    if (this.#pump !== undefined) clearImmediate(this.#pump);
    this.#releaseReady?.();
  }

  #startReady(): void {
    this.#pump = undefined;
    for (const key of [...this.#ready]) {
      if (this.#busy.has(key)) continue;
      this.#ready.delete(key);
      this.#busy.add(key);
      const release = this.#clock.hold();
      void this.#run(key).finally(() => {
        this.#busy.delete(key);
        if (this.#ready.has(key)) this.add(key);
        release();
      });
    }
    if (this.#ready.size > 0) return;
    this.#releaseReady?.();
    this.#releaseReady = undefined;
  }
}
