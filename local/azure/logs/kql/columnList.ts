import { givenName } from "./resultNames.ts";
import { type Scope, type Tabular, visible } from "./scope.ts";
import { kindOf, type SyntaxNode } from "./syntaxNode.ts";
import type { Column, Row, Value } from "./value.ts";

export interface ColumnExpression {
  readonly column: Column;
  evaluate(row: Row): Value;
}

/** The columns of a list: names, assignments, expressions without a name (Column1 …), and * for all that came in. */
export function expandedColumns(
  nodes: readonly SyntaxNode[],
  input: Tabular,
  scope: Scope,
): readonly ColumnExpression[] {
  let unnamed = 0;
  return nodes.flatMap((node) => {
    if (kindOf(node) === "StarExpression") {
      return visible(input.columns).map((column) => columnOf(column, input.columns.indexOf(column)));
    }
    const scalar = scope.compilation.scalar(node, scope);
    const name = givenName(node) ?? `Column${++unnamed}`;
    return [{ column: { name, type: scalar.type }, evaluate: (row: Row) => scalar.evaluate(row) }];
  });
}

function columnOf(column: Column, index: number): ColumnExpression {
  return { column, evaluate: (row) => row[index] ?? null };
}
