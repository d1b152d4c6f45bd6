import { setTimeout as sleep } from "node:timers/promises";
import { AppUnreachable } from "./ticketClient.ts";

export interface Persistence {
  /** Between two attempts. */
  readonly pauseMilliseconds: number;
  /** Since the last answer; after it the error is the caller's. */
  readonly patienceMilliseconds: number;
  /** Called for each attempt without an answer. */
  readonly onTrouble?: (message: string) => void;
}

/** Repeats an attempt while the app cannot be reached, e.g. because its host is being restarted. */
export async function persist<T>(attempt: () => Promise<T>, options: Persistence): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const isOver = performance.now() - startedAt + options.pauseMilliseconds > options.patienceMilliseconds;
      if (!(error instanceof AppUnreachable) || isOver) throw error;
      options.onTrouble?.(error.message);
      await sleep(options.pauseMilliseconds);
    }
  }
}
