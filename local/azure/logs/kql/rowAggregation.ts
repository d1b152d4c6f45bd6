import type { Aggregation } from "./aggregations.ts";
import { UnsupportedQuery } from "./queryError.ts";
import { givenName } from "./resultNames.ts";
import { type Scalar, type Scope, visible } from "./scope.ts";
import { kindOf, type SyntaxNode } from "./syntaxNode.ts";
import { type Column, compareValues, nothingOf, type Row, type Value } from "./value.ts";

export interface RowAggregate {
  /** "arg_max", "arg_min", "take_any". */
  readonly name: string;
  readonly nodes: readonly SyntaxNode[];
  readonly scope: Scope;
  /** Columns of the by clause. */
  readonly keyNames: ReadonlySet<string>;
  /** The name that the first column is given. */
  readonly given: string | undefined;
}

/** arg_max, arg_min and take_any: whole rows; * stands for every column that is no key. */
export function rowAggregation({ name, nodes, scope, keyNames, given }: RowAggregate): Aggregation {
  const [by, ...others] = nodes;
  if (by === undefined) throw new UnsupportedQuery("the aggregate without arguments", name);
  const isArg = name.startsWith("arg_");
  const sign = name === "arg_min" ? -1 : 1;
  const first = isStar(by) ? undefined : scope.compilation.scalar(by, scope);
  const lead: readonly { readonly column: Column; readonly scalar: Scalar }[] =
    first === undefined
      ? []
      : [
          {
            column: { name: given ?? givenName(by) ?? `${isArg ? name.slice(4) : "any"}_`, type: first.type },
            scalar: first,
          },
        ];
  const rest = (isStar(by) ? [by] : others).flatMap((node) =>
    restOf(node, scope, new Set([...keyNames, ...lead.map(({ column }) => column.name)])),
  );
  const all = [...lead, ...rest];
  return {
    columns: all.map(({ column }) => column),
    start() {
      const best: Value[] = [];
      const kept: Row[] = [];
      return {
        add(group, row) {
          const value = isArg ? (first?.evaluate(row) ?? null) : null;
          const before = best[group] ?? null;
          const isBetter =
            kept[group] === undefined ||
            (isArg && value !== null && (before === null || compareValues(value, before) * sign > 0));
          if (!isBetter) return;
          best[group] = value;
          kept[group] = all.map(({ scalar }) => scalar.evaluate(row));
        },
        result: (group) => kept[group] ?? all.map(({ column }) => nothingOf(column.type)),
      };
    },
  };
}

function restOf(node: SyntaxNode, scope: Scope, taken: ReadonlySet<string>) {
  if (!isStar(node)) {
    const scalar = scope.compilation.scalar(node, scope);
    return [{ column: { name: givenName(node) ?? "Column1", type: scalar.type }, scalar }];
  }
  return visible(scope.columns)
    .filter(({ name }) => !taken.has(name))
    .map((column) => {
      const index = scope.columns.indexOf(column);
      const scalar: Scalar = {
        type: column.type,
        isConstant: false,
        evaluate: (row) => row[index] ?? nothingOf(column.type),
      };
      return { column, scalar };
    });
}

export function isStar(node: SyntaxNode | undefined): boolean {
  return node !== undefined && kindOf(node) === "StarExpression";
}
