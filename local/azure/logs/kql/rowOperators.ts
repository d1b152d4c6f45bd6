import { expandedColumns } from "./columnList.ts";
import { KeyIndex } from "./keyIndex.ts";
import { type Ordering, orderOf } from "./ordering.ts";
import { type Scope, type Tabular, visible } from "./scope.ts";
import { items, part, type SyntaxNode } from "./syntaxNode.ts";
import type { Row } from "./value.ts";

/** What stays as it is when rows are only left out or put in order. */
function passedOn({ columns, isShared = false }: Tabular): Pick<Tabular, "columns" | "isShared"> {
  return { columns, isShared };
}

/** where: rows for which the condition is true, and not those for which it is null. */
export function filter(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const condition = scope.compilation.scalar(part(operator, "Condition"), scope);
  return {
    ...passedOn(input),
    stream: (sink) => input.stream((row) => (condition.evaluate(row) === true ? sink(row) : true)),
  };
}

export function take(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const count = scope.compilation.scalar(part(operator, "Expression"), scope.withColumns([]));
  return {
    ...passedOn(input),
    stream(sink) {
      let left = Number(count.evaluate([]));
      if (left <= 0) return true;
      let isWanted = true;
      input.stream((row) => {
        left -= 1;
        isWanted = sink(row);
        return isWanted && left > 0;
      });
      return isWanted;
    },
  };
}

export function countRows(_operator: SyntaxNode, input: Tabular): Tabular {
  return {
    columns: [{ name: "Count", type: "long" }],
    stream(sink) {
      let count = 0;
      input.stream(() => {
        count += 1;
        return true;
      });
      return sink([count]);
    },
  };
}

export function distinct(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const columns = expandedColumns(items(part(operator, "Expressions")), input, scope);
  return {
    columns: columns.map(({ column }) => column),
    stream(sink) {
      const seen = new KeyIndex();
      return input.stream((row) => {
        const values = columns.map(({ evaluate }) => evaluate(row));
        const before = seen.size;
        // The list is kept, and the row that goes on may be changed.
        return seen.add(values) < before || sink([...values]);
      });
    },
  };
}

/** sample-distinct: so many values of an expression; the first ones, where Kusto takes any. */
export function sampleDistinct(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const columns = expandedColumns([part(operator, "OfExpression")], input, scope);
  const count = scope.compilation.scalar(part(operator, "Expression"), scope.withColumns([]));
  return {
    columns: columns.map(({ column }) => column),
    stream(sink) {
      const seen = new KeyIndex();
      const most = Number(count.evaluate([]));
      input.stream((row) => {
        if (seen.size < most) seen.add(columns.map(({ evaluate }) => evaluate(row)));
        return seen.size < most;
      });
      return emit(
        Array.from({ length: seen.size }, (_, index) => [...seen.key(index)]),
        sink,
      );
    },
  };
}

export function sort(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const orderings = items(part(operator, "Expressions")).map((node) => orderOf(node, scope));
  return { ...passedOn(input), stream: (sink) => emit(sorted(input, orderings), sink) };
}

/** top: the first rows of an order; only so many are kept. */
export function top(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const count = scope.compilation.scalar(part(operator, "Expression"), scope.withColumns([]));
  const ordering = orderOf(part(operator, "ByExpression"), scope);
  return {
    ...passedOn(input),
    stream(sink) {
      const most = Math.max(0, Number(count.evaluate([])));
      let kept: { readonly row: Row; readonly keys: Row }[] = [];
      input.stream((row) => {
        kept.push({ row, keys: [ordering.evaluate(row)] });
        if (kept.length >= 2 * most + 1000) kept = kept.sort(byKeys([ordering])).slice(0, most);
        return true;
      });
      return emit(
        kept
          .sort(byKeys([ordering]))
          .slice(0, most)
          .map(({ row }) => row),
        sink,
      );
    },
  };
}

function sorted(input: Tabular, orderings: readonly Ordering[]): readonly Row[] {
  const rows: { readonly row: Row; readonly keys: Row }[] = [];
  input.stream((row) => {
    rows.push({ row, keys: orderings.map(({ evaluate }) => evaluate(row)) });
    return true;
  });
  return rows.sort(byKeys(orderings)).map(({ row }) => row);
}

function byKeys(orderings: readonly Ordering[]) {
  return (left: { readonly keys: Row }, right: { readonly keys: Row }): number => {
    for (const [index, { compare }] of orderings.entries()) {
      const order = compare(left.keys[index] ?? null, right.keys[index] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  };
}

export function emit(rows: Iterable<Row>, sink: (row: Row) => boolean): boolean {
  for (const row of rows) if (!sink(row)) return false;
  return true;
}

/** The result as it is shown: without the hidden column. */
export function shown(table: Tabular): Tabular {
  const indexes = visible(table.columns).map((column) => table.columns.indexOf(column));
  if (indexes.length === table.columns.length) return table;
  return {
    columns: visible(table.columns),
    stream: (sink) => table.stream((row) => sink(indexes.map((index) => row[index] ?? null))),
  };
}
