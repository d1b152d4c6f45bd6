/** Milliseconds of the units that Kusto writes after a number. */
const UNITS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  h: 3_600_000,
  hr: 3_600_000,
  hrs: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  ms: 1,
  milli: 1,
  millis: 1,
  millisecond: 1,
  milliseconds: 1,
  microsecond: 1e-3,
  microseconds: 1e-3,
  tick: 1e-4,
  ticks: 1e-4,
};

/** "2d", "1.02:03:04.5", "00:05:00" in milliseconds; null for what is no timespan. */
export function parseTimespan(text: string): number | null {
  const unit = /^\s*(-?\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text);
  if (unit !== null) {
    const factor = UNITS[(unit[2] ?? "").toLowerCase()];
    return factor === undefined ? null : Number(unit[1]) * factor;
  }
  const clock = /^\s*(-)?(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,7})?)?\s*$/.exec(text);
  if (clock === null) return /^\s*-?\d+\s*$/.test(text) ? Number(text) * 86_400_000 : null;
  const [, sign, days, hours, minutes, seconds, fraction] = clock;
  const whole = ((Number(days ?? 0) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0);
  return (whole + Number(fraction ?? 0)) * (sign === undefined ? 1000 : -1000);
}

const DATE_TIME =
  /^\s*(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?)?\s*(Z|[+-]\d{2}:?\d{2})?\s*$/i;

/** A date of ISO 8601, with or without a time, in milliseconds since 1970; null for anything else. */
export function parseDatetime(text: string): number | null {
  const match = DATE_TIME.exec(text);
  if (match === null) {
    // RFC 1123 and the like: JavaScript reads what .NET reads of them.
    const other = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(other) ? null : other;
  }
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const numbers = [year, month, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0].map(Number);
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = numbers;
  const whole = Date.UTC(y, mo - 1, d, h, mi, s);
  const back = new Date(whole);
  if (back.getUTCMonth() !== mo - 1 || back.getUTCDate() !== d || h > 23 || mi > 59 || s > 59) return null;
  return whole + Number(fraction ?? 0) * 1000 - offsetMs(zone);
}

function offsetMs(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? "");
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === "-" ? -minutes : minutes) * 60_000;
}

/** "2026-11-23T08:57:17.5Z": as many decimals as there are, at most seven. */
export function datetimeText(epochMs: number): string {
  const wholeSeconds = Math.floor(epochMs / 1000);
  const ticks = Math.round((epochMs - wholeSeconds * 1000) * 10_000);
  const date = new Date(wholeSeconds * 1000 + (ticks >= 1e7 ? 1000 : 0)).toISOString().slice(0, 19);
  return `${date}${fractionText(ticks % 1e7)}Z`;
}

/** "1.02:03:04.5000000": days only when there are any, decimals all seven or none. */
export function timespanText(milliseconds: number): string {
  const ticks = Math.round(Math.abs(milliseconds) * 10_000);
  const seconds = Math.floor(ticks / 1e7);
  const two = (value: number): string => String(value).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const rest = ticks % 1e7;
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(7, "0")}`;
  return `${milliseconds < 0 ? "-" : ""}${days === 0 ? "" : `${days}.`}${clock}${fraction}`;
}

function fractionText(ticks: number): string {
  return ticks === 0 ? "" : `.${String(ticks).padStart(7, "0").replace(/0+$/, "")}`;
}
