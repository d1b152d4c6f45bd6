import { type BuildFunction, plain } from "./functionFamily.ts";
import { datetimeText, parseDatetime, parseTimespan, timespanText } from "./timeText.ts";
import type { ScalarType, Value } from "./value.ts";

const toLong = (from: number, to: number): BuildFunction =>
  plain((value) => {
    const number = numberOf(value);
    if (number === null) return null;
    const whole = Math.trunc(number);
    return whole < from || whole > to ? null : whole;
  });

const toReal = plain((value) => numberOf(value));

const toDatetime = plain((value) => (typeof value === "string" ? parseDatetime(value) : numberOf(value)));

const toTimespan = plain((value) => (typeof value === "string" ? parseTimespan(value) : numberOf(value)));

const toBool = plain((value) => {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  const text = String(value ?? "").toLowerCase();
  return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : null;
});

const long = toLong(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);

/** From one type to another; null where that cannot be. */
export const conversionFunctions: Readonly<Record<string, BuildFunction>> = {
  toint: toLong(-(2 ** 31), 2 ** 31 - 1),
  tolong: long,
  toreal: toReal,
  todouble: toReal,
  todecimal: toReal,
  todatetime: toDatetime,
  totimespan: toTimespan,
  tobool: toBool,
  toboolean: toBool,
  tostring: ([value]) => {
    const type = value?.type ?? "string";
    return (row) => stringOf(value?.evaluate(row) ?? null, type);
  },
  toguid: plain((value) => {
    const text = String(value ?? "").toLowerCase();
    return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : null;
  }),
  gettype:
    ([value]) =>
    () =>
      value?.type ?? "null",
};

function numberOf(value: Value): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** The text of a value of that type; nothing becomes "". */
export function stringOf(value: Value, type: ScalarType): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" && type === "datetime") return fullDatetimeText(value);
  if (typeof value === "number" && type === "timespan") return timespanText(value);
  // .NET's way with truth values inside of text.
  if (typeof value === "boolean") return type === "dynamic" ? String(value) : value ? "true" : "false";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** tostring(datetime) always shows all seven decimals. */
function fullDatetimeText(epochMs: number): string {
  const text = datetimeText(epochMs);
  const [start = "", fraction = ""] = text.slice(0, -1).split(".");
  return `${start}.${fraction.padEnd(7, "0")}Z`;
}
