import { expandedColumns } from "./columnList.ts";
import { UnsupportedQuery } from "./queryError.ts";
import { emit } from "./rowOperators.ts";
import type { Scope, Tabular } from "./scope.ts";
import { items, kindOf, nameOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { type Column, isScalarType, type Row, type ScalarType } from "./value.ts";

/** print: one row; values without a name are print_0, print_1 … by their place. */
export function print(operator: SyntaxNode, scope: Scope): Tabular {
  const nodes = items(part(operator, "Expressions"));
  const none: Tabular = { columns: [], stream: () => true };
  const columns = expandedColumns(nodes, none, scope.withColumns([]));
  const isNamed = nodes.map((node) => kindOf(node) === "SimpleNamedExpression");
  return {
    columns: columns.map(({ column }, index) =>
      isNamed[index] === true ? column : { ...column, name: `print_${index}` },
    ),
    stream: (sink) => sink(columns.map(({ evaluate }) => evaluate([]))),
  };
}

export function datatable(node: SyntaxNode, scope: Scope): Tabular {
  const columns = items(part(part(node, "Schema"), "Columns")).map(columnOf);
  const values = items(part(node, "Values")).map((value) => scope.compilation.scalar(value, scope.withColumns([])));
  return {
    columns,
    stream(sink) {
      const rows: Row[] = [];
      for (let start = 0; start + columns.length <= values.length; start += columns.length) {
        rows.push(values.slice(start, start + columns.length).map((value) => value.evaluate([])));
      }
      return emit(rows, sink);
    },
  };
}

function columnOf(node: SyntaxNode): Column {
  return { name: nameOf(part(node, "Name")), type: typeNamed(textOf(part(node, "Type"))) };
}

const ALIASES: Readonly<Record<string, ScalarType>> = {
  date: "datetime",
  time: "timespan",
  double: "real",
  boolean: "bool",
};

export function typeNamed(text: string): ScalarType {
  const name = ALIASES[text] ?? text;
  if (!isScalarType(name)) throw new UnsupportedQuery(`the type "${text}"`, text);
  return name;
}

/** range: whole steps from the first value to the last, both in it. */
export function range(node: SyntaxNode, scope: Scope): Tabular {
  const [from, to, step] = ["From", "To", "Step"].map((name) =>
    scope.compilation.scalar(part(node, name), scope.withColumns([])),
  );
  return {
    columns: [{ name: nameOf(part(node, "Name")), type: from?.type ?? "long" }],
    stream(sink) {
      const [start, end, width] = [from, to, step].map((one) => Number(one?.evaluate([])));
      if (start === undefined || end === undefined || width === undefined || width === 0) return true;
      for (let index = 0; width > 0 ? start + index * width <= end : start + index * width >= end; index++) {
        if (!sink([start + index * width])) return false;
      }
      return true;
    },
  };
}
