/** How soon a sink that has failed is tried again. */
const FIRST_PAUSE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 3600;

/** An alert that a failing sink was not offered yet waits so long after its last failure. */
export const UNTRIED_PAUSE_SECONDS = FIRST_PAUSE_SECONDS;

/** Seconds after so many failures in a row: 30, 60, 120 … 3600. There is no last one. */
export function retryPauseSeconds(failureCount: number): number {
  const doublings = Math.min(Math.max(0, failureCount - 1), 20);
  return Math.min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** doublings);
}
