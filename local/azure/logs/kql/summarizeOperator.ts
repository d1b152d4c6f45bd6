import { type Aggregation, aggregationsOf } from "./aggregations.ts";
import { expandedColumns } from "./columnList.ts";
import type { Scope, Tabular } from "./scope.ts";
import { items, optionalPart, part, type SyntaxNode } from "./syntaxNode.ts";
import { keyOf, type Row } from "./value.ts";

interface Group {
  readonly keys: Row;
  readonly states: readonly ReturnType<Aggregation["start"]>[];
}

/** summarize: a row a group; without by one row, also over nothing. */
export function summarize(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const clause = optionalPart(operator, "ByClause");
  const keys = clause === undefined ? [] : expandedColumns(items(part(clause, "Expressions")), input, scope);
  const keyNames = new Set(keys.map(({ column }) => column.name));
  const aggregations = items(part(operator, "Aggregates")).flatMap((node) => aggregationsOf(node, scope, keyNames));
  const start = (values: Row): Group => ({ keys: values, states: aggregations.map((one) => one.start()) });
  return {
    columns: [...keys.map(({ column }) => column), ...aggregations.flatMap(({ columns }) => columns)],
    stream(sink) {
      const groups = new Map<string, Group>();
      if (keys.length === 0) groups.set("", start([]));
      input.stream((row) => {
        const values = keys.map(({ evaluate }) => evaluate(row));
        const key = keyOf(values);
        let group = groups.get(key);
        if (group === undefined) {
          group = start(values);
          groups.set(key, group);
        }
        for (const state of group.states) state.add(row);
        return true;
      });
      for (const { keys: values, states } of groups.values()) {
        if (!sink([...values, ...states.flatMap((state) => state.result())])) return false;
      }
      return true;
    },
  };
}
