import { distinctNames } from "./distinctNames.ts";
import { joinBy } from "./joinOperator.ts";
import { joined } from "./joinRows.ts";
import type { Scope, Tabular } from "./scope.ts";
import type { SyntaxNode } from "./syntaxNode.ts";

/** lookup: a join that shows the keys once. Source: learn.microsoft.com/kusto/query/lookup-operator, checked 2026-11. */
export function lookupOperator(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const { kind, sides, rightKeys } = joinBy(operator, { kind: "leftouter", clause: "LookupClause" }, input, scope);
  const { left, right } = sides;
  const added = right.columns.flatMap((_, index) => (rightKeys.includes(index) ? [] : index));
  const kept = [...left.columns.keys(), ...added.map((index) => left.columns.length + index)];
  return {
    columns: distinctNames([...left.columns, ...added.flatMap((index) => right.columns[index] ?? [])]),
    stream: (sink) => joined(kind, sides, (row) => sink(kept.map((index) => row[index] ?? null))),
  };
}
