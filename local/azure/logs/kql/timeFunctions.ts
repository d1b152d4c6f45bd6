import { type BuildFunction, ofNumber, plain } from "./functionFamily.ts";
import { UnsupportedQuery } from "./queryError.ts";

const DAY_MS = 86_400_000;

/** 0001-01-01 was a Monday, as was 1970-01-05. */

const PERIOD_MS: Readonly<Record<string, number>> = {
  day: DAY_MS,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
  week: 7 * DAY_MS,
};

const part = (name: string): ((date: Date) => number) | undefined => PARTS[name];
const PARTS: Readonly<Record<string, (date: Date) => number>> = {
  year: (date) => date.getUTCFullYear(),
  month: (date) => date.getUTCMonth() + 1,
  day: (date) => date.getUTCDate(),
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
  second: (date) => date.getUTCSeconds(),
  millisecond: (date) => date.getUTCMilliseconds(),
};

/** Instants and periods. */
export const timeFunctions: Readonly<Record<string, BuildFunction>> = {
  dayofweek: ofNumber((value) => new Date(value).getUTCDay() * DAY_MS),
  dayofmonth: ofNumber((value) => new Date(value).getUTCDate()),
  hourofday: ofNumber((value) => new Date(value).getUTCHours()),
  getyear: ofNumber((value) => new Date(value).getUTCFullYear()),
  getmonth: ofNumber((value) => new Date(value).getUTCMonth() + 1),
  datetime_part: plain((name, value) =>
    typeof value === "number" ? (part(String(name).toLowerCase())?.(new Date(value)) ?? null) : null,
  ),
  datetime_diff: (args, call) =>
    plain((name, first, second) => {
      const period = PERIOD_MS[String(name).toLowerCase()];
      if (period === undefined) throw new UnsupportedQuery(`the period "${String(name)}"`, call);
      if (typeof first !== "number" || typeof second !== "number") return null;
      return Math.floor(first / period) - Math.floor(second / period);
    })(args, call),
  datetime_add: (args, call) =>
    plain((name, amount, value) => {
      const period = PERIOD_MS[String(name).toLowerCase()];
      if (period === undefined) throw new UnsupportedQuery(`the period "${String(name)}"`, call);
      return typeof amount === "number" && typeof value === "number" ? value + amount * period : null;
    })(args, call),
  unixtime_seconds_todatetime: ofNumber((value) => value * 1000),
  unixtime_milliseconds_todatetime: ofNumber((value) => value),
  format_datetime: plain((value, format) => (typeof value === "number" ? formatDatetime(value, String(format)) : "")),
};

/** The patterns of format_datetime. Source: learn.microsoft.com/kusto/query/format-datetime-function, checked 2026-11. */
function formatDatetime(epochMs: number, format: string): string {
  const date = new Date(Math.floor(epochMs));
  const ticks = String(Math.round((epochMs - Math.floor(epochMs / 1000) * 1000) * 10_000)).padStart(7, "0");
  const hour12 = date.getUTCHours() % 12 === 0 ? 12 : date.getUTCHours() % 12;
  return format.replace(/yyyy|yy|MM|M|dd|d|HH|H|hh|h|mm|m|ss|s|f{1,7}|F{1,7}|tt/g, (pattern) => {
    const width = pattern.length;
    switch (pattern[0]) {
      case "y":
        return String(date.getUTCFullYear()).padStart(4, "0").slice(-width);
      case "M":
        return String(date.getUTCMonth() + 1).padStart(width, "0");
      case "d":
        return String(date.getUTCDate()).padStart(width, "0");
      case "H":
        return String(date.getUTCHours()).padStart(width, "0");
      case "h":
        return String(hour12).padStart(width, "0");
      case "m":
        return String(date.getUTCMinutes()).padStart(width, "0");
      case "s":
        return String(date.getUTCSeconds()).padStart(width, "0");
      case "t":
        return date.getUTCHours() < 12 ? "AM" : "PM";
      default:
        return pattern[0] === "F" ? ticks.slice(0, width).replace(/0+$/, "") : ticks.slice(0, width);
    }
  });
}
