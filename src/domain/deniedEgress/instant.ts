/** Times as ISO 8601 texts in UTC, the form in which they are kept. */

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** The start of the minute that a time is in. */
export function minuteOf(at: string): string {
  return new Date(Math.floor(Date.parse(at) / MINUTE_MS) * MINUTE_MS).toISOString();
}

export function after(at: string, milliseconds: number): string {
  return new Date(Date.parse(at) + milliseconds).toISOString();
}

/** From one time to another; negative when the other is earlier. */
export function msBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}

export function isBefore(left: string, right: string): boolean {
  return msBetween(left, right) > 0;
}

export function earlier(left: string, right: string): string {
  return isBefore(right, left) ? right : left;
}

export function later(left: string, right: string): string {
  return isBefore(left, right) ? right : left;
}

/** "2026-11-02 08:15 UTC": what people read at night. */
export function clockInWords(at: string): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** "40 seconds", "12 minutes", "3 hours", "2 days": rounded down, never "0". */
export function spanInWords(milliseconds: number): string {
  const seconds = Math.max(1, Math.floor(milliseconds / 1000));
  const units = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
  ] as const;
  // Two days and more are said in days: "36 hours" is clearer than "1 day".
  const [unitSeconds, unit] = units.find(([each, name]) => seconds >= each * (name === "day" ? 2 : 1)) ?? [1, "second"];
  const count = Math.floor(seconds / unitSeconds);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
