/** Looks again and again at what a demonstration is about, shows each look, and keeps what it has seen. */
import { setTimeout as sleep } from "node:timers/promises";

/** In Azure's time. Longer than a scaling, a late event and the sweep after it; than a row that is late, and an hour of quiet after it. */
const PATIENCE_SECONDS = 2 * 3600;

export interface WatchedLook {
  readonly atEpochMs: number;
}

export interface DemoWatchOptions<Look extends WatchedLook, Seen> {
  readonly first: Look;
  readonly firstSeen: Seen;
  look(): Promise<Look>;
  /** What has been seen with one look more. */
  withLook(seen: Seen, look: Look): Seen;
  /** What one look has brought, a line each. */
  linesOf(before: Seen, now: Seen): readonly string[];
  show(view: DemoMoment<Look>): void;
  /** Nothing more is shown. */
  close(): void;
  readonly signal: AbortSignal;
  /** Of real time between two looks. */
  readonly pauseMs: number;
}

export interface DemoMoment<Look> {
  readonly look: Look;
  readonly headline: string;
  /** Azure seconds since the beginning. */
  readonly elapsedSeconds: number;
  readonly lines: readonly string[];
}

export class DemoWatch<Look extends WatchedLook, Seen> {
  headline = "";
  seen: Seen;
  last: Look;
  readonly #options: DemoWatchOptions<Look, Seen>;
  #lines: readonly string[] = [];

  constructor(options: DemoWatchOptions<Look, Seen>) {
    this.#options = options;
    this.seen = options.firstSeen;
    this.last = options.first;
  }

  get elapsedSeconds(): number {
    return (this.last.atEpochMs - this.#options.first.atEpochMs) / 1000;
  }

  /** Throws when it has not come to that in time. */
  async until(what: string, isThere: (look: Look, seen: Seen) => boolean): Promise<Look> {
    const { signal, withLook, linesOf, show, close, pauseMs } = this.#options;
    const endEpochMs = this.last.atEpochMs + PATIENCE_SECONDS * 1000;
    for (;;) {
      // The sleep itself would end with an error that does not say why.
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal }).catch(() => {});
      signal.throwIfAborted();
      const look = await this.#options.look();
      const before = this.seen;
      this.last = look;
      this.seen = withLook(before, look);
      this.#lines = [...this.#lines, ...linesOf(before, this.seen)];
      show({ look, headline: this.headline, elapsedSeconds: this.elapsedSeconds, lines: this.#lines });
      if (isThere(look, this.seen)) return look;
      if (look.atEpochMs > endEpochMs) {
        close();
        throw new Error(`After ${PATIENCE_SECONDS / 60} minutes of Azure's time there was still not: ${what}.`);
      }
    }
  }
}
