import { type Scope, type Tabular, visible } from "./scope.ts";
import { items, kindOf, nameOf, optionalPart, part, type SyntaxNode } from "./syntaxNode.ts";
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

/**
 * The name that an expression has without being given one: a column's own, also through bin() and the like, and the last
 * name of a path joined with those before it. Source: learn.microsoft.com/kusto/query/tabular-expression-statements and the
 * analyser's own result schemas.
 */
export function givenName(node: SyntaxNode): string | undefined {
  switch (kindOf(node)) {
    case "SimpleNamedExpression":
    case "NameReference":
      return nameOf(node);
    case "PathExpression": {
      const before = givenName(part(node, "Expression"));
      return before === undefined ? undefined : `${before}_${nameOf(part(node, "Selector"))}`;
    }
    case "ElementExpression": {
      const before = givenName(part(node, "Expression"));
      const selector = part(part(node, "Selector"), "Expression");
      return before === undefined ? undefined : `${before}_${String(selector.LiteralValue ?? "")}`;
    }
    case "FunctionCallExpression":
      return nameThrough(node);
    default:
      return undefined;
  }
}

/** Functions whose result keeps the name of the column that goes in first. */
const TRANSPARENT: ReadonlySet<string> = new Set([
  "bin",
  "floor",
  "bin_at",
  "tostring",
  "toint",
  "tolong",
  "toreal",
  "todouble",
  "todatetime",
  "totimespan",
  "tobool",
  "startofday",
  "startofweek",
  "startofmonth",
  "startofyear",
]);

function nameThrough(node: SyntaxNode): string | undefined {
  const name = nameOf(part(node, "Name"));
  const list = optionalPart(part(node, "ArgumentList"), "Expressions");
  const first = list === undefined ? undefined : items(list)[0];
  return TRANSPARENT.has(name) && first !== undefined ? givenName(first) : undefined;
}
