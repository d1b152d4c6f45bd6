import { QueryError } from "./queryError.ts";
import { parseDatetime, parseTimespan } from "./timeText.ts";
import { isNumeric, type ScalarType, type Value } from "./value.ts";

/**
 * Refuses an order or an equality between types that have none. A text equals a number, a truth value or an instant that
 * it spells (`EventID == "4624"` is everywhere in public queries), but there is no order between texts, and none between a
 * text and anything else. Message: github.com/microsoft/BCTech/issues/24; SEM0064 for texts: seen with `<` in public code.
 */
export function refuseIncomparable(left: ScalarType, right: ScalarType, isOrder: boolean): void {
  if (left === "dynamic" || right === "dynamic") return;
  if (isOrder ? haveOrder(left, right) : left === "string" || right === "string" || areAlike(left, right)) return;
  throw new QueryError("SemanticError", "SEM0064", incomparable(left, right));
}

export function incomparable(left: string, right: string): string {
  return `Cannot compare values of types ${left} and ${right}. Try adding explicit casts`;
}

function haveOrder(left: ScalarType, right: ScalarType): boolean {
  return left !== "string" && areAlike(left, right);
}

function areAlike(left: ScalarType, right: ScalarType): boolean {
  const isNumber = (type: ScalarType): boolean => isNumeric(type) || type === "bool";
  return left === right || (isNumber(left) && isNumber(right));
}

/** What makes values of one type equal to those of the other: a text is read as the other's type; null where it spells none. */
export function readAs(own: ScalarType, other: ScalarType): ((value: Value) => Value) | undefined {
  if (own === "bool" && isNumeric(other)) return (value) => (value === null ? null : Number(value));
  if (own !== "string" || other === "string" || other === "dynamic") return undefined;
  return (value) => (typeof value === "string" ? spelt(value, other) : value);
}

function spelt(text: string, type: ScalarType): Value {
  switch (type) {
    case "datetime":
      return parseDatetime(text);
    case "timespan":
      return parseTimespan(text);
    case "bool":
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : null;
    case "guid":
      return text.toLowerCase();
    default:
      return text.trim() === "" || !Number.isFinite(Number(text)) ? null : Number(text);
  }
}
