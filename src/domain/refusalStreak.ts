/** The same refusal again and again, with whatever success between: what a step's patience is measured on. */

export interface RefusalStreak {
  readonly code: string;
  readonly sinceEpochMs: number;
  readonly lastEpochMs: number;
  readonly tries: number;
}

/** A refusal that comes again after a longer time than this is a new one. */
const STREAK_GAP_MS = 10 * 60_000;

/** The streak that a refusal continues or begins. */
export function refusalStreak(before: RefusalStreak | undefined, code: string, nowEpochMs: number): RefusalStreak {
  const goesOn = before?.code === code && nowEpochMs - before.lastEpochMs <= STREAK_GAP_MS;
  if (!goesOn) return { code, sinceEpochMs: nowEpochMs, lastEpochMs: nowEpochMs, tries: 1 };
  return { ...before, lastEpochMs: nowEpochMs, tries: before.tries + 1 };
}

export function streakSeconds({ sinceEpochMs, lastEpochMs }: RefusalStreak): number {
  return (lastEpochMs - sinceEpochMs) / 1000;
}
