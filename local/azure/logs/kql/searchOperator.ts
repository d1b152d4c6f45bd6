import { textOfValue } from "./binaryOperators.ts";
import { filter } from "./rowOperators.ts";
import type { Scalar, Scope, Tabular } from "./scope.ts";
import { columnTexts } from "./starCondition.ts";
import { items, kindOf, optionalPart, parametersOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { textOperators } from "./textOperators.ts";
import { unionOfTables } from "./unionOperator.ts";

/**
 * search: rows in which a term stands, of the tables that are named or of all, with the table's name in $table. Terms ignore
 * case unless kind=case_sensitive. Source: learn.microsoft.com/kusto/query/search-operator, checked 2026-11.
 */
export function searchTables(operator: SyntaxNode, scope: Scope): Tabular {
  const clause = optionalPart(operator, "InClause");
  const nodes = clause === undefined ? [] : items(part(clause, "Expressions"));
  const table = unionOfTables({ nodes, sourceName: "$table", taker: "search" }, scope);
  return filter(operator, table, scope.withColumns(table.columns));
}

/** search after a pipe: the same over the rows that come in. */
export const searchRows: typeof filter = filter;

/** A text that stands for a condition, `search "Deny*" or "10.0.0.4"`: some column has the term. */
export function searchTerm(node: SyntaxNode, scope: Scope): Scalar {
  const test = termTest(String(node.LiteralValue), isCaseSensitive(node));
  const texts = columnTexts(scope);
  return { type: "bool", isConstant: false, evaluate: (row) => texts.some((text) => test(String(text.evaluate(row)))) };
}

/** `Action:"Deny"`: the column has the term. */
export function columnTerm(node: SyntaxNode, left: Scalar, right: Scalar): Scalar {
  const test = termTest(textOfValue(right.evaluate([])), isCaseSensitive(node));
  return { type: "bool", isConstant: false, evaluate: (row) => test(textOfValue(left.evaluate(row))) };
}

function isCaseSensitive(node: SyntaxNode): boolean {
  if (kindOf(node) !== "SearchOperator") return node.Parent !== null && isCaseSensitive(node.Parent);
  const kind = parametersOf(node).get("kind");
  return kind !== undefined && textOf(kind) === "case_sensitive";
}

/** "x" is a whole term, "x*" how one begins, "*x" how one ends, "*x*" and "x*y" any text in the place of *. */
function termTest(term: string, isCased: boolean): (text: string) => boolean {
  const bare = term.replace(/^\*|\*$/g, "");
  if (term === "*" || bare === "") return () => true;
  if (bare.includes("*")) {
    const pattern = bare.split("*").map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const expression = new RegExp(pattern.join(".*"), isCased ? "s" : "si");
    return (text) => expression.test(text);
  }
  const [starts, ends] = [term.startsWith("*"), term.endsWith("*")];
  const operator = starts ? (ends ? "contains" : "hassuffix") : ends ? "hasprefix" : "has";
  return textOperators[isCased ? `${operator}_cs` : operator]?.(bare) ?? (() => false);
}
