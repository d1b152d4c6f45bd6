import { stringOf } from "./conversionFunctions.ts";
import { UnsupportedQuery } from "./queryError.ts";
import { givenName } from "./resultNames.ts";
import type { Scalar, Scope, Tabular } from "./scope.ts";
import { typeNamed } from "./sources.ts";
import { items, kindOf, nameOf, optionalPart, parametersOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import type { Column, Row, ScalarType, Value } from "./value.ts";

interface Expansion {
  readonly column: Column;
  readonly index: number;
  readonly scalar: Scalar;
}

/**
 * mv-expand: a row for each element; shorter arrays are filled with null, an empty one leaves one row with null.
 * Source: learn.microsoft.com/kusto/query/mv-expand-operator, checked 2026-11.
 */
export function mvExpand(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  if (parametersOf(operator).size > 0) throw new UnsupportedQuery("mv-expand with parameters", textOf(operator));
  const columns: Column[] = [...input.columns];
  const expansions = items(part(operator, "Expressions")).map((node) => expansionOf(node, columns, scope));
  const clause = optionalPart(operator, "RowLimitClause");
  const limit = clause === undefined ? undefined : scope.compilation.scalar(part(clause, "RowLimit"), scope);
  return {
    columns,
    stream: (sink) =>
      input.stream((row) => {
        const lists = expansions.map(({ scalar }) => elementsOf(scalar.evaluate(row)));
        const length = Math.max(...lists.map((list) => list.length));
        const most = Math.min(length, Number(limit?.evaluate(row) ?? length));
        for (let index = 0; index < most; index++) {
          const next: Row = [...row];
          expansions.forEach((expansion, place) => {
            next[expansion.index] = converted(lists[place]?.[index] ?? null, expansion.column.type);
          });
          if (!sink(next)) return false;
        }
        return true;
      }),
  };
}

/** Adds the column when it is new. */
function expansionOf(node: SyntaxNode, columns: Column[], scope: Scope): Expansion {
  const expression = kindOf(node) === "MvExpandExpression" ? part(node, "Expression") : node;
  const isNamed = kindOf(expression) === "SimpleNamedExpression";
  const name = isNamed ? nameOf(expression) : givenName(expression);
  if (name === undefined) throw new UnsupportedQuery("mv-expand of an expression without a name", textOf(node));
  const clause = optionalPart(node, "ToTypeOf");
  const type = clause === undefined ? "dynamic" : typeNamed(/\(\s*(\w+)\s*\)/.exec(textOf(clause))?.[1] ?? "dynamic");
  const column = { name, type };
  const scalar = scope.compilation.scalar(expression, scope);
  const known = columns.findIndex((one) => one.name === name);
  if (known >= 0) columns[known] = column;
  else columns.push(column);
  return { column, index: known >= 0 ? known : columns.length - 1, scalar };
}

function elementsOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value.length === 0 ? [null] : value;
  if (value !== null && typeof value === "object")
    return Object.entries(value).map(([key, one]) => ({ [key]: one ?? null }));
  return [value];
}

function converted(value: Value, type: ScalarType): Value {
  if (type === "string") return stringOf(value, "dynamic");
  if (type === "dynamic" || value === null) return value;
  if (type === "bool") return value === true || value === "true";
  const number = typeof value === "object" ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}
