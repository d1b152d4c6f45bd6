import { LogsError } from "./logsError.ts";

/** Queries that one caller may ask within the seconds. Source: learn.microsoft.com/azure/azure-monitor/service-limits (query API), checked 2026-11. */
const MOST_QUERIES = 200;
const WITHIN_SECONDS = 30;

/** Counts queries by caller. Nothing of it outlives a restart: it is forgotten within half a minute. */
export class QueryThrottle {
  readonly #askedAt = new Map<string, number[]>();

  /** Throws 429 when the caller has asked too often. */
  take(objectId: string, nowEpochMs: number): void {
    const from = nowEpochMs - WITHIN_SECONDS * 1000;
    // A world that begins anew may begin earlier.
    const recent = (this.#askedAt.get(objectId) ?? []).filter((at) => at > from && at <= nowEpochMs);
    this.#askedAt.set(objectId, recent);
    if (recent.length < MOST_QUERIES) {
      recent.push(nowEpochMs);
      return;
    }
    const seconds = Math.max(1, Math.ceil(((recent[0] ?? nowEpochMs) - from) / 1000));
    throw new LogsError(
      429,
      "ThrottledError",
      `Rate limit is exceeded: ${MOST_QUERIES} queries within ${WITHIN_SECONDS} seconds. Try again in ${seconds} seconds.`,
      { headers: { "retry-after": String(seconds) } },
    );
  }
}
