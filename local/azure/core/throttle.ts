import type { Clock } from "../../clock.ts";
import type { ArmError } from "./armError.ts";
import { gatewayError } from "./gatewayError.ts";

type Kind = "reads" | "writes" | "deletes";

/**
 * ARM's token buckets: tokens a bucket holds and tokens it gains a second, for each subscription, principal and region.
 * Source: learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling, checked 2026-11.
 */
const BUCKETS: Readonly<Record<Kind, { readonly size: number; readonly refillPerSecond: number }>> = {
  reads: { size: 250, refillPerSecond: 25 },
  writes: { size: 200, refillPerSecond: 10 },
  deletes: { size: 200, refillPerSecond: 10 },
};

/** The subscription-wide ("global") limits are so many times those of one principal. Source: the same page. */
const GLOBAL_FACTOR = 15;

interface Bucket {
  tokens: number;
  filledAtEpochMs: number;
}

/** Counts requests against the buckets. Limits are not kept across a restart: they refill within seconds. */
export class Throttle {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a token and returns the headers that say what is left; throws 429 when there is none. */
  take(method: string, objectId: string, subscriptionId: string): Readonly<Record<string, string>> {
    const kind: Kind = method === "DELETE" ? "deletes" : method === "GET" || method === "HEAD" ? "reads" : "writes";
    const { size, refillPerSecond } = BUCKETS[kind];
    const own = this.#fill(`${kind}|${objectId}`, size, refillPerSecond);
    const global = this.#fill(`${kind}|global`, size * GLOBAL_FACTOR, refillPerSecond * GLOBAL_FACTOR);
    const missing = Math.max(
      (1 - own.tokens) / refillPerSecond,
      (1 - global.tokens) / (refillPerSecond * GLOBAL_FACTOR),
    );
    if (missing > 0) throw throttled(kind, subscriptionId, objectId, Math.ceil(missing));
    own.tokens -= 1;
    global.tokens -= 1;
    return {
      [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(Math.floor(own.tokens)),
      [`x-ms-ratelimit-remaining-subscription-global-${kind}`]: String(Math.floor(global.tokens)),
    };
  }

  #fill(key: string, size: number, refillPerSecond: number): Bucket {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: size, filledAtEpochMs: now };
    bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.filledAtEpochMs) / 1000) * refillPerSecond);
    bucket.filledAtEpochMs = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

function throttled(kind: Kind, subscriptionId: string, objectId: string, retryAfterSeconds: number): ArmError {
  const verb = kind === "reads" ? "read" : kind === "writes" ? "write" : "delete";
  return gatewayError(
    429,
    "SubscriptionRequestsThrottled",
    `Number of '${verb}' requests for subscription '${subscriptionId}' actor '${objectId}' exceeded. Please try again after '${retryAfterSeconds}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
    { headers: { "retry-after": String(retryAfterSeconds) } },
  );
}
