import { aggregationsOf } from "./aggregations.ts";
import { expandedColumns } from "./columnList.ts";
import { distinctNames } from "./distinctNames.ts";
import { KeyIndex } from "./keyIndex.ts";
import type { Scope, Tabular } from "./scope.ts";
import { items, optionalPart, part, type SyntaxNode } from "./syntaxNode.ts";

/** summarize: a row a group; without by one row, also over nothing. */
export function summarize(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const clause = optionalPart(operator, "ByClause");
  const keys = clause === undefined ? [] : expandedColumns(items(part(clause, "Expressions")), input, scope);
  const keyNames = new Set(keys.map(({ column }) => column.name));
  let unnamed = keys.filter(({ column }) => /^Column\d+$/.test(column.name)).length;
  const place = { scope, keyNames, unnamed: () => `Column${++unnamed}` };
  const aggregations = items(part(operator, "Aggregates")).flatMap((node) => aggregationsOf(node, place));
  const columns = [...keys.map(({ column }) => column), ...aggregations.flatMap(({ columns: own }) => own)];
  return {
    columns: distinctNames(columns),
    stream(sink) {
      const groups = new KeyIndex();
      const running = aggregations.map((one) => one.start());
      if (keys.length === 0) groups.add([]);
      input.stream((row) => {
        const group = groups.add(keys.map(({ evaluate }) => evaluate(row)));
        for (const one of running) one.add(group, row);
        return true;
      });
      for (let group = 0; group < groups.size; group++) {
        if (!sink([...groups.key(group), ...running.flatMap((one) => one.result(group))])) return false;
      }
      return true;
    },
  };
}
