import { type BuildFunction, ofNumber, plain } from "./functionFamily.ts";
import { formatTimespan } from "./timespanFormat.ts";
import type { Value } from "./value.ts";

const DAY_MS = 86_400_000;

/** Kusto's smallest step, in milliseconds: a period ends one before the next begins. */
const TICK_MS = 1e-4;

const utc = (value: number): { readonly year: number; readonly month: number } => ({
  year: new Date(value).getUTCFullYear(),
  month: new Date(value).getUTCMonth(),
});

/** From the Sunday before 1 January 1970 to it; weeks begin on Sunday here, unlike bins of 7 d. Source: learn.microsoft.com/kusto/query/startofweek-function. */
const SUNDAY_OFFSET_DAYS = 4;

/** startof… and endof… of a period, so many periods later (or earlier) with a second argument. */
function ends(period: string, start: (value: number, by: number) => number): Readonly<Record<string, BuildFunction>> {
  const at = (plus: number, tick: number): BuildFunction =>
    plain((value, offset) => (typeof value === "number" ? start(value, Number(offset ?? 0) + plus) - tick : null));
  return { [`startof${period}`]: at(0, 0), [`endof${period}`]: at(1, TICK_MS) };
}

/** Numbers of the calendar and the ends of its periods. */
export const calendarFunctions: Readonly<Record<string, BuildFunction>> = {
  ...ends("day", (value, by) => (Math.floor(value / DAY_MS) + by) * DAY_MS),
  ...ends(
    "week",
    (value, by) =>
      (Math.floor((value / DAY_MS + SUNDAY_OFFSET_DAYS) / 7) + by) * 7 * DAY_MS - SUNDAY_OFFSET_DAYS * DAY_MS,
  ),
  ...ends("month", (value, by) => Date.UTC(utc(value).year, utc(value).month + by, 1)),
  ...ends("year", (value, by) => Date.UTC(utc(value).year + by, 0, 1)),
  dayofyear: ofNumber((value) => Math.floor((value - Date.UTC(utc(value).year, 0, 1)) / DAY_MS) + 1),
  monthofyear: ofNumber((value) => utc(value).month + 1),
  week_of_year: ofNumber(isoWeek),
  weekofyear: ofNumber(isoWeek),
  make_datetime: plain((...parts) => makeDatetime(parts)),
  make_timespan: plain((...parts) => makeTimespan(parts)),
  format_timespan: plain((value, format) => (typeof value === "number" ? formatTimespan(value, String(format)) : "")),
  unixtime_microseconds_todatetime: ofNumber((value) => value / 1000),
  unixtime_nanoseconds_todatetime: ofNumber((value) => value / 1e6),
};

/** The week of ISO 8601, which belongs to the year of its Thursday. */
function isoWeek(value: number): number {
  const day = Math.floor(value / DAY_MS);
  const thursday = (day - ((day + 3) % 7) + 3) * DAY_MS;
  return Math.floor((thursday - Date.UTC(utc(thursday).year, 0, 1)) / (7 * DAY_MS)) + 1;
}

function makeDatetime([year, month, day = 1, hour = 0, minute = 0, second = 0]: readonly Value[]): Value {
  const numbers = [year, month, day ?? 1, hour, minute, second].map(Number);
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = numbers;
  if (numbers.some(Number.isNaN) || mo < 1 || mo > 12 || h > 23 || mi > 59 || s >= 60) return null;
  const value = Date.UTC(y, mo - 1, d, h, mi) + s * 1000;
  return new Date(value).getUTCMonth() === mo - 1 && d >= 1 ? value : null;
}

/** (hour, minute[, second]) or (day, hour, minute, second). */
function makeTimespan(parts: readonly Value[]): Value {
  const given = parts.filter((one) => one !== null).map(Number);
  const [day = 0, hour = 0, minute = 0, second = 0] = given.length === 4 ? given : [0, ...given];
  return [day, hour, minute, second].some(Number.isNaN)
    ? null
    : day * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000;
}
