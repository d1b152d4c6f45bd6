import { datetimeText, timespanText } from "./timeText.ts";
import type { ScalarType, Value } from "./value.ts";

/** A value as it stands inside of a dynamic one: JSON knows no datetimes and timespans, so they are texts there. */
export function inDynamic(value: Value, type: ScalarType): Value {
  if (typeof value !== "number") return value;
  if (type === "datetime") return datetimeText(value);
  return type === "timespan" ? timespanText(value) : value;
}
