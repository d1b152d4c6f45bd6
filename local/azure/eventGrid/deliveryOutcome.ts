/**
 * What becomes of an event after one attempt to deliver it.
 * Source: learn.microsoft.com/azure/event-grid/delivery-and-retry (schedule, status codes, dead letters), checked 2026-11.
 */
import type { OutboundAnswer } from "../core/outboundRequest.ts";

/** Azure seconds between an attempt that failed and the next; the last one goes on for ever. */
const BACK_OFF_SECONDS = [10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200];

/** What the schedule is stretched to after some answers, in Azure seconds. */
const LEAST_SECONDS: Readonly<Record<number, number>> = { 401: 300, 403: 300, 404: 300, 408: 120, 503: 30 };

/** Every wait is up to so much longer than the schedule says, as a share. */
const JITTER = 0.1;

/** Azure seconds from an event's last attempt to its dead letter; what can never be delivered does not wait. */
const DEAD_LETTER_SECONDS = 300;

const SECONDS_PER_MINUTE = 60;

/** Answers after which there is no second attempt. */
const FINAL = { webHook: [400, 401, 403, 413], azureFunction: [400, 403, 413] } as const;

export interface Attempt {
  readonly answer: OutboundAnswer;
  /** Attempts so far, this one included. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly destination: keyof typeof FINAL;
  /** In [0, 1). */
  readonly random: number;
}

export type AfterAttempt =
  | { readonly kind: "delivered" }
  | { readonly kind: "retry"; readonly delaySeconds: number }
  | { readonly kind: "undeliverable"; readonly reason: string; readonly delaySeconds: number };

export function afterAttempt({ answer, attempts, maxAttempts, destination, random }: Attempt): AfterAttempt {
  const status = answer.kind === "answered" ? answer.status : undefined;
  if (status !== undefined && status >= 200 && status <= 204) return { kind: "delivered" };
  const final: readonly number[] = FINAL[destination];
  if (status !== undefined && final.includes(status)) {
    return { kind: "undeliverable", reason: REFUSED_FOR_GOOD, delaySeconds: 0 };
  }
  if (attempts >= maxAttempts) {
    return { kind: "undeliverable", reason: "MaxDeliveryAttemptsExceeded", delaySeconds: DEAD_LETTER_SECONDS };
  }
  const scheduled = BACK_OFF_SECONDS[Math.min(attempts, BACK_OFF_SECONDS.length) - 1] ?? 0;
  const least = LEAST_SECONDS[status ?? 0] ?? 0;
  return { kind: "retry", delaySeconds: Math.max(scheduled, least) * (1 + JITTER * random) };
}

/** Looked at only when the next attempt is due, so an event may live longer than its time. */
export function hasExpired(publishedAtEpochMs: number, timeToLiveMinutes: number, nowEpochMs: number): boolean {
  return nowEpochMs - publishedAtEpochMs > timeToLiveMinutes * SECONDS_PER_MINUTE * 1000;
}

/** The word for what is never tried again is an estimate: the documentation shows dead letters of the other two kinds only. */
const REFUSED_FOR_GOOD = "UndeliverableDueToHttpError";

const OUTCOMES: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  408: "TimedOut",
  413: "PayloadTooLarge",
  429: "Busy",
  503: "Busy",
};

/** Event Grid's word for an answer, as dead letters have it. */
export function outcomeOf(answer: OutboundAnswer): string {
  switch (answer.kind) {
    case "timedOut":
      return "TimedOut";
    case "refused":
      return "SocketError";
    case "unresolved":
      return "ResolutionError";
    case "answered":
      return OUTCOMES[answer.status] ?? "GenericError";
  }
}
