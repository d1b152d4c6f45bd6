import { aggregateCalls, aggregateExpression } from "./aggregateExpression.ts";
import { UnsupportedQuery } from "./queryError.ts";
import { givenName } from "./resultNames.ts";
import { isStar, rowAggregation } from "./rowAggregation.ts";
import type { Scope } from "./scope.ts";
import { type Running, type SimpleAggregate, simpleAggregates } from "./simpleAggregates.ts";
import { percentileOf } from "./statistics.ts";
import { items, kindOf, nameOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import type { Column, Row } from "./value.ts";

/** What one aggregate of a summarize adds up over the rows of a group. */
export interface Aggregation {
  readonly columns: readonly Column[];
  start(): { add(group: number, row: Row): void; result(group: number): Row };
}

export interface AggregationPlace {
  readonly scope: Scope;
  /** Columns of the by clause. */
  readonly keyNames: ReadonlySet<string>;
  /** The next name for a column that has none. */
  unnamed(): string;
}

/** The aggregation of one expression of a summarize: an aggregate, or arithmetic around some. */
export function aggregationsOf(node: SyntaxNode, place: AggregationPlace): readonly Aggregation[] {
  const isNamed = kindOf(node) === "SimpleNamedExpression";
  const given = isNamed ? nameOf(node) : undefined;
  const expression = isNamed ? part(node, "Expression") : node;
  const call = kindOf(expression) === "FunctionCallExpression" ? expression : undefined;
  if (call === undefined || !aggregateCalls(call).includes(call)) {
    const whole = aggregateExpression(expression, place.scope, simpleAggregate);
    const name = given ?? givenName(expression) ?? place.unnamed();
    return [single({ name, type: whole.type }, whole)];
  }
  const name = nameOf(part(call, "Name"));
  const nodes = items(part(part(call, "ArgumentList"), "Expressions"));
  if (isOfRows(name, nodes)) return [rowAggregation({ name, nodes, ...place, given })];
  if (name === "percentiles") return percentiles(nodes, place.scope);
  const aggregate = simpleAggregate(call, place.scope);
  return [single({ name: given ?? nameOfAggregate(call, nodes) ?? place.unnamed(), type: aggregate.type }, aggregate)];
}

function isOfRows(name: string, [first, ...others]: readonly SyntaxNode[]): boolean {
  if (name === "arg_max" || name === "arg_min") return true;
  return (name === "take_any" || name === "any") && (others.length > 0 || isStar(first));
}

/** The one aggregate of a call. */
function simpleAggregate(call: SyntaxNode, scope: Scope): SimpleAggregate {
  const name = nameOf(part(call, "Name"));
  const args = items(part(part(call, "ArgumentList"), "Expressions")).map((one) =>
    scope.compilation.scalar(one, scope),
  );
  const aggregate = Object.hasOwn(simpleAggregates, name) ? simpleAggregates[name]?.(args) : undefined;
  if (aggregate === undefined) throw new UnsupportedQuery(`the aggregate ${name}()`, textOf(call));
  return aggregate;
}

/** The analyser's own name, but for two whose names are made of their arguments. */
function nameOfAggregate(call: SyntaxNode, [first, second]: readonly SyntaxNode[]): string | undefined {
  const name = nameOf(part(call, "Name"));
  const column = first === undefined ? undefined : givenName(first);
  if (name === "take_any") return column;
  return name === "percentile" && second !== undefined ? percentileName(column, second) : givenName(call);
}

/** percentile_Duration_99_5 */
function percentileName(column: string | undefined, percentage: SyntaxNode): string {
  return `percentile_${column ?? ""}_${textOf(percentage).replaceAll(".", "_")}`;
}

/** percentiles: a column for each percentage. */
function percentiles([value, ...percentages]: readonly SyntaxNode[], scope: Scope): readonly Aggregation[] {
  return percentages.map((percentage) => {
    const [of, share] = [value, percentage].map((one) => one && scope.compilation.scalar(one, scope));
    const aggregate = percentileOf(of, share);
    const name = percentileName(value === undefined ? undefined : givenName(value), percentage);
    return single({ name, type: aggregate.type }, aggregate);
  });
}

function single(column: Column, { start }: { start(): Running }): Aggregation {
  return {
    columns: [column],
    start() {
      const running = start();
      return { add: (group, row) => running.add(group, row), result: (group) => [running.result(group)] };
    },
  };
}
