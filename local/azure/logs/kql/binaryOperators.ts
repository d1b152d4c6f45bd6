import { readAs } from "./comparable.ts";
import type { Scalar } from "./scope.ts";
import { textOperators } from "./textOperators.ts";
import { compareValues, isNumeric, type Row, type ScalarType, type Value } from "./value.ts";

export interface BinaryOperation {
  /** Lower case, single blanks: "matches regex". */
  readonly operator: string;
  readonly left: Scalar;
  readonly right: Scalar;
  /** Of the result. */
  readonly type: ScalarType;
}

type Evaluate = (row: Row) => Value;

/** The closure of a binary operator; undefined for one that this engine does not know. */
export function binaryOperator(operation: BinaryOperation): Evaluate | undefined {
  const { operator, left, right } = operation;
  switch (operator) {
    case "and":
      return (row) => {
        const first = left.evaluate(row);
        if (first === false) return false;
        const second = right.evaluate(row);
        return second === false ? false : first === null ? null : second;
      };
    case "or":
      return (row) => {
        const first = left.evaluate(row);
        if (first === true) return true;
        const second = right.evaluate(row);
        return second === true ? true : first === null ? null : second;
      };
    case "==":
    case "!=":
    case "<>":
      return equality(operation, operator === "==");
    case "<":
      return comparison(operation, (order) => order < 0);
    case "<=":
      return comparison(operation, (order) => order <= 0);
    case ">":
      return comparison(operation, (order) => order > 0);
    case ">=":
      return comparison(operation, (order) => order >= 0);
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return arithmetic(operation);
    default:
      return textOperator(operation);
  }
}

/**
 * Two nulls are neither equal nor unequal (null); a null is unequal to anything else.
 * Source: learn.microsoft.com/kusto/query/scalar-data-types/null-values, checked 2026-11.
 */
function equality({ left, right }: BinaryOperation, whenEqual: boolean): Evaluate {
  const [ofLeft, ofRight] = [readAs(left.type, right.type), readAs(right.type, left.type)];
  if (ofLeft !== undefined || ofRight !== undefined) return equalityAcross({ left, right, ofLeft, ofRight }, whenEqual);
  return (row) => {
    const first = left.evaluate(row);
    const second = right.evaluate(row);
    if (first === second) return first === null ? null : whenEqual;
    if (first === null || second === null) return !whenEqual;
    const isObject = typeof first === "object" || typeof second === "object";
    return (isObject && compareValues(first, second) === 0) === whenEqual;
  };
}

interface Across {
  readonly left: Scalar;
  readonly right: Scalar;
  readonly ofLeft: ((value: Value) => Value) | undefined;
  readonly ofRight: ((value: Value) => Value) | undefined;
}

/** Between a text and another type: a text that spells no value of it is unequal to all. */
function equalityAcross({ left, right, ofLeft, ofRight }: Across, whenEqual: boolean): Evaluate {
  return (row) => {
    const [first, second] = [left.evaluate(row), right.evaluate(row)];
    const [one, other] = [ofLeft?.(first) ?? first, ofRight?.(second) ?? second];
    return (one !== null && one === other) === whenEqual;
  };
}

function comparison({ left, right }: BinaryOperation, holds: (order: number) => boolean): Evaluate {
  return (row) => {
    const first = left.evaluate(row);
    const second = right.evaluate(row);
    return first === null || second === null ? null : holds(compareValues(first, second));
  };
}

function arithmetic({ operator, left, right, type }: BinaryOperation): Evaluate {
  // A quotient of whole numbers is whole; that of timespans is not. Source: learn.microsoft.com/kusto/query/numerical-operators.
  const isWhole = (type === "long" || type === "int") && isNumeric(left.type) && isNumeric(right.type);
  const compute = operations(operator, isWhole);
  return (row) => {
    const first = left.evaluate(row);
    const second = right.evaluate(row);
    if (typeof first !== "number" || typeof second !== "number") return null;
    const result = compute(first, second);
    return Number.isFinite(result) ? result : null;
  };
}

function operations(operator: string, isWhole: boolean): (left: number, right: number) => number {
  switch (operator) {
    case "+":
      return (left, right) => left + right;
    case "-":
      return (left, right) => left - right;
    case "*":
      return (left, right) => left * right;
    case "/":
      return isWhole ? (left, right) => Math.trunc(left / right) : (left, right) => left / right;
    default:
      // Of whole numbers never negative: 0 ≤ N % D < |D|.
      return isWhole
        ? (left, right) => ((left % right) + Math.abs(right)) % Math.abs(right)
        : (left, right) => left % right;
  }
}

function textOperator({ operator, left, right }: BinaryOperation): Evaluate | undefined {
  const isNegated = operator.startsWith("!");
  const positive = operator === "!~" ? "=~" : operator.replace(/^!/, "");
  const holds = textOperators[positive];
  if (holds === undefined) return undefined;
  const needle = right.isConstant ? onceARun(right, holds) : undefined;
  return (row) => {
    const text = textOfValue(left.evaluate(row));
    const test = needle === undefined ? holds(textOfValue(right.evaluate(row))) : needle(row);
    return test(text) !== isNegated;
  };
}

/** The prepared test of a constant needle, prepared again when the needle is another. */
function onceARun(right: Scalar, prepare: (needle: string) => (text: string) => boolean) {
  let known: { readonly needle: string; readonly test: (text: string) => boolean } | undefined;
  return (row: Row): ((text: string) => boolean) => {
    const needle = textOfValue(right.evaluate(row));
    if (known?.needle !== needle) known = { needle, test: prepare(needle) };
    return known.test;
  };
}

/** Text operators see dynamic values as their text. */
export function textOfValue(value: Value): string {
  if (typeof value === "string") return value;
  return value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}
