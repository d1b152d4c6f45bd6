import { binaryOperator } from "./binaryOperators.ts";
import { stringOf } from "./conversionFunctions.ts";
import { UnsupportedQuery } from "./queryError.ts";
import { type Scalar, type Scope, visible } from "./scope.ts";
import type { Row } from "./value.ts";

/**
 * `* has "x"`: whether the operator holds for the text of any column.
 * Source: learn.microsoft.com/kusto/query/where-operator (where * has), checked 2026-11.
 */
export function starCondition(operator: string, right: Scalar, scope: Scope): Scalar {
  if (operator.startsWith("!")) throw new UnsupportedQuery(`the operator "${operator}" after *`, `* ${operator}`);
  const tests = columnTexts(scope).map((left) => {
    const test = binaryOperator({ operator, left, right, type: "bool" });
    if (test === undefined) throw new UnsupportedQuery(`the operator "${operator}" after *`, `* ${operator}`);
    return test;
  });
  return { type: "bool", isConstant: false, evaluate: (row) => tests.some((test) => test(row) === true) };
}

/** Every column that is shown, as text. */
export function columnTexts(scope: Scope): readonly Scalar[] {
  return visible(scope.columns).map((column) => {
    const index = scope.columns.indexOf(column);
    return {
      type: "string",
      isConstant: false,
      evaluate: (row: Row) => stringOf(row[index] ?? null, column.type),
    };
  });
}
