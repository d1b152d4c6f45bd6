import type { Scope } from "./scope.ts";
import { kindOf, optionalPart, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { compareValues, type Row, type Value } from "./value.ts";

export interface Ordering {
  evaluate(row: Row): Value;
  compare(left: Value, right: Value): number;
}

/**
 * One key of sort or top. Without a word it is descending; nulls are last then, and first when ascending.
 * Source: learn.microsoft.com/kusto/query/sort-operator, checked 2026-11.
 */
export function orderOf(node: SyntaxNode, scope: Scope): Ordering {
  const isOrdered = kindOf(node) === "OrderedExpression";
  const scalar = scope.compilation.scalar(isOrdered ? part(node, "Expression") : node, scope);
  const clause = isOrdered ? optionalPart(node, "Ordering") : undefined;
  const words = clause === undefined ? "" : textOf(clause).toLowerCase();
  const sign = /\basc\b/.test(words) ? 1 : -1;
  const nullsFirst = /\bnulls\s+first\b/.test(words) || (sign === 1 && !/\bnulls\s+last\b/.test(words));
  return {
    evaluate: (row) => scalar.evaluate(row),
    compare(left, right) {
      if (left === null || right === null) {
        if (left === right) return 0;
        return (left === null) === nullsFirst ? -1 : 1;
      }
      return sign * compareValues(left, right);
    },
  };
}
