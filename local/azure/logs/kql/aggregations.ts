import { givenName } from "./columnList.ts";
import { UnsupportedQuery } from "./queryError.ts";
import { isStar, rowAggregation } from "./rowAggregation.ts";
import type { Scope } from "./scope.ts";
import { type Running, simpleAggregates } from "./simpleAggregates.ts";
import { items, kindOf, nameOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import type { Column, Row } from "./value.ts";

/** What one aggregate of a summarize adds up over the rows of a group. */
export interface Aggregation {
  readonly columns: readonly Column[];
  start(): { add(group: number, row: Row): void; result(group: number): Row };
}

/** The aggregation of one expression; arithmetic around an aggregate is not executed here. */
export function aggregationsOf(node: SyntaxNode, scope: Scope, keyNames: ReadonlySet<string>): readonly Aggregation[] {
  const isNamed = kindOf(node) === "SimpleNamedExpression";
  const call = isNamed ? part(node, "Expression") : node;
  if (kindOf(call) !== "FunctionCallExpression") throw new UnsupportedQuery("the aggregate", textOf(node));
  const name = nameOf(part(call, "Name"));
  const nodes = items(part(part(call, "ArgumentList"), "Expressions"));
  if (name === "arg_max" || name === "arg_min" || name === "take_any" || name === "any") {
    const given = isNamed ? nameOf(node) : undefined;
    if (name.startsWith("arg_") || nodes.length > 1 || isStar(nodes[0]))
      return [rowAggregation({ name, nodes, scope, keyNames, given })];
  }
  const args = nodes.map((argument) => scope.compilation.scalar(argument, scope));
  const aggregate = simpleAggregates[name]?.(args);
  if (aggregate === undefined) throw new UnsupportedQuery(`the aggregate ${name}()`, textOf(node));
  const column = { name: isNamed ? nameOf(node) : defaultName(name, nodes[0]), type: aggregate.type };
  return [{ columns: [column], start: () => once(aggregate.start()) }];
}

/** count_, sum_X, set_X: the function's name, shortened where Kusto does, and the column's. */
function defaultName(name: string, first: SyntaxNode | undefined): string {
  const short: Readonly<Record<string, string>> = { make_set: "set", make_list: "list", take_any: "any" };
  const column = first === undefined ? undefined : givenName(first);
  if (name === "countif" || name === "count") return `${name}_`;
  return `${short[name] ?? name}_${column ?? ""}`;
}

function once(running: Running): ReturnType<Aggregation["start"]> {
  return { add: (group, row) => running.add(group, row), result: (group) => [running.result(group)] };
}
