import { expandedColumns } from "./columnList.ts";
import { namePattern } from "./namePattern.ts";
import { UnsupportedQuery } from "./queryError.ts";
import { type Scope, type Tabular, visible } from "./scope.ts";
import { items, kindOf, nameOf, optionalPart, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import type { Column, Row } from "./value.ts";

/** extend and serialize: new columns after those that came in; one that is there already changes in its place. */
export function extend(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const list = optionalPart(operator, "Expressions");
  const added = list === undefined ? [] : expandedColumns(items(list), input, scope);
  const columns: Column[] = [...input.columns];
  // All of them see the row as it came in; so all are computed before any is set.
  const places = added.map(({ column }) => {
    const known = columns.findIndex(({ name }) => name === column.name);
    if (known >= 0) columns[known] = column;
    else columns.push(column);
    return known >= 0 ? known : columns.length - 1;
  });
  const isAppending = places.every((place, index) => place === input.columns.length + index);
  return {
    columns,
    stream: (sink) =>
      input.stream((row) => {
        const values = added.map(({ evaluate }) => evaluate(row));
        // An array that grows by a push takes room for many more.
        if (isAppending) return sink(row.concat(values));
        const extended = input.isShared === true ? [...row] : row;
        places.forEach((place, index) => {
          extended[place] = values[index] ?? null;
        });
        return sink(extended);
      }),
  };
}

export function project(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const columns = expandedColumns(items(part(operator, "Expressions")), input, scope);
  return {
    columns: columns.map(({ column }) => column),
    stream: (sink) => input.stream((row) => sink(columns.map(({ evaluate }) => evaluate(row)))),
  };
}

export function projectAway(operator: SyntaxNode, input: Tabular): Tabular {
  const isNamed = patternOf(operator);
  return keep(
    input,
    visible(input.columns).filter(({ name }) => !isNamed(name)),
  );
}

export function projectKeep(operator: SyntaxNode, input: Tabular): Tabular {
  const isNamed = patternOf(operator);
  return keep(
    input,
    visible(input.columns).filter(({ name }) => isNamed(name)),
  );
}

export function projectReorder(operator: SyntaxNode, input: Tabular): Tabular {
  const columns = visible(input.columns);
  const nodes = items(part(operator, "Expressions"));
  if (nodes.some((node) => kindOf(node) === "OrderedExpression"))
    throw new UnsupportedQuery("project-reorder with an order", textOf(operator));
  const first = nodes.flatMap((node) => columns.filter(({ name }) => namePattern(nameOf(node))(name)));
  return keep(input, [...new Set([...first, ...columns])]);
}

export function projectRename(operator: SyntaxNode, input: Tabular): Tabular {
  const names = new Map(
    items(part(operator, "Expressions")).map((node) => [nameOf(part(node, "Expression")), nameOf(node)] as const),
  );
  const { columns, stream } = keep(input, visible(input.columns));
  return { columns: columns.map((column) => ({ ...column, name: names.get(column.name) ?? column.name })), stream };
}

function keep(input: Tabular, columns: readonly Column[]): Tabular {
  const indexes = columns.map((column) => input.columns.indexOf(column));
  const pick = (row: Row): Row => indexes.map((index) => row[index] ?? null);
  return { columns, stream: (sink) => input.stream((row) => sink(pick(row))) };
}

function patternOf(operator: SyntaxNode): (name: string) => boolean {
  const matchers = items(part(operator, "Expressions")).map((node) => namePattern(nameOf(node)));
  return (name) => matchers.some((matches) => matches(name));
}
