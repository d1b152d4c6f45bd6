/** When to look again, and when to give up. Pure, so that the orchestrator and its tests agree. */
import type { Failure } from "./stepOutcome.ts";

/** Longest time between two looks at a running operation: short enough that one which ends early is noticed. */
const LONGEST_WAIT_SECONDS = 30;

/** Between two tries of a move that Azure refused for now, when it named no time itself. */
const BUSY_WAIT_SECONDS = 10;

export interface Pace {
  readonly expectedSeconds: number;
  readonly elapsedSeconds: number;
  readonly retryAfterSeconds: number | undefined;
}

/** Longest time between two looks at an operation that is late. */
const LONGEST_LATE_WAIT_SECONDS = 20;

/**
 * Seconds until the next look at a running operation. It aims at the expected end. After that it looks again at a
 * thirtieth of the expected time (1–10 s) at first, and then at an eighth of its delay: what takes minutes instead of
 * seconds (a rule group under a firewall that stands) is not asked for every second. Never sooner than Azure's Retry-After.
 */
export function nextLookSeconds({ expectedSeconds, elapsedSeconds, retryAfterSeconds }: Pace): number {
  const remainingSeconds = expectedSeconds - elapsedSeconds;
  const lateSeconds = Math.min(LONGEST_LATE_WAIT_SECONDS, -remainingSeconds / 8);
  const afterwards = Math.max(1, Math.min(10, expectedSeconds / 30), lateSeconds);
  const wanted = remainingSeconds > 0 ? Math.min(remainingSeconds, LONGEST_WAIT_SECONDS) : afterwards;
  return Math.max(wanted, retryAfterSeconds ?? 0, 1);
}

/** The longest pause of our own between two tries; Azure may ask for more. */
const LONGEST_PAUSE_SECONDS = 60;

/**
 * Seconds until a refused move is made again: Azure's word, else a growing pause. It grows, if slower, when Azure asks
 * for a second or none again and again: a step has no endless number of moves.
 */
export function nextTrySeconds(tries: number, retryAfterSeconds: number | undefined): number {
  const growth = Math.max(1, tries / 3);
  if (retryAfterSeconds === undefined) return Math.min(LONGEST_PAUSE_SECONDS, BUSY_WAIT_SECONDS * growth);
  return Math.max(retryAfterSeconds, Math.min(LONGEST_PAUSE_SECONDS, growth));
}

/** Rights and directory objects may take this long to be known everywhere (AKS documents up to 60 minutes for its own identity). */
const PROPAGATION_PATIENCE_SECONDS = 3600;
const FAULT_PATIENCE_SECONDS = 1800;
const CONFLICT_PATIENCE_SECONDS = 2 * 3600;

/** How long one reason may keep a step waiting before it fails with that reason. */
export function patienceSeconds(failure: Failure): number {
  switch (failure.code) {
    case "AuthorizationFailed":
      // The app's own roles were granted before the first ticket; only a fresh assignment is worth waiting for.
      return 600;
    case "PrincipalNotFound":
    case "LinkedAuthorizationFailed":
      return PROPAGATION_PATIENCE_SECONDS;
    default:
      return failure.status === 409 || failure.status === 412 || failure.status === 429
        ? CONFLICT_PATIENCE_SECONDS
        : FAULT_PATIENCE_SECONDS;
  }
}

/** An accepted operation that has not ended after this long is given up (a gateway may take an hour, AKS half of one to fail). */
export function giveUpAfterSeconds(expectedSeconds: number): number {
  return Math.max(3600, expectedSeconds * 12);
}

export interface ReadAttempt {
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  /** How often it was tried by now. */
  readonly tries: number;
  readonly retryAfterSeconds: number | undefined;
  /** Since the whole reading began. */
  readonly elapsedSeconds: number;
}

/** Whoever asks for a dry run sits before it: after this time nothing more is asked. */
export const READING_SECONDS_MAX = 20;

/**
 * Seconds until a read that was refused is made again; undefined when it is not: the reason does not pass by waiting,
 * or not as long as somebody waits for the answer.
 */
export function pauseBeforeReadingAgain(attempt: ReadAttempt): number | undefined {
  const { status = 503, tries, retryAfterSeconds, elapsedSeconds } = attempt;
  const isPassing = status === 408 || status === 429 || status >= 500;
  const pauseSeconds = Math.max(retryAfterSeconds ?? 0, tries);
  return isPassing && elapsedSeconds + pauseSeconds <= READING_SECONDS_MAX ? pauseSeconds : undefined;
}
