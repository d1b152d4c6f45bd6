/** Longer than this nobody is made to wait by a header, in seconds. */
const RETRY_AFTER_SECONDS_MAX = 3600;

/** `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3); undefined for anything else. */
export function retryAfterSecondsOf(header: string | null | undefined, nowEpochMs: number): number | undefined {
  if (header === null || header === undefined || header.trim() === "") return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - nowEpochMs) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.ceil(seconds)), RETRY_AFTER_SECONDS_MAX) : undefined;
}
