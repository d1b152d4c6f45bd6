import { isAggregate } from "./kustoLanguage.ts";
import { UnsupportedQuery } from "./queryError.ts";
import type { Scalar, Scope } from "./scope.ts";
import type { SimpleAggregate } from "./simpleAggregates.ts";
import { children, kindOf, nameOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";

/** The calls of aggregates in an expression, in the order of the text. */
export function aggregateCalls(node: SyntaxNode): readonly SyntaxNode[] {
  if (kindOf(node) === "FunctionCallExpression" && isAggregate(nameOf(part(node, "Name")))) return [node];
  return children(node).flatMap(aggregateCalls);
}

/**
 * Arithmetic around aggregates: `100.0 * countif(Failed) / count()`. Each aggregate runs for itself, and the expression is
 * worked out over their results.
 */
export function aggregateExpression(
  expression: SyntaxNode,
  scope: Scope,
  compile: (call: SyntaxNode, scope: Scope) => SimpleAggregate,
): SimpleAggregate {
  const calls = aggregateCalls(expression);
  if (calls.length === 0) throw new UnsupportedQuery("a summarize of what is no aggregate", textOf(expression));
  const aggregates = calls.map((call) => compile(call, scope));
  const results = new Map(calls.map((call, index) => [call.TextStart, resultAt(index, aggregates[index])] as const));
  const whole = scope.compilation.scalar(expression, scope.withColumns([]).withResults(results));
  return {
    type: whole.type,
    start() {
      const running = aggregates.map((aggregate) => aggregate.start());
      return {
        add(group, row) {
          for (const one of running) one.add(group, row);
        },
        result: (group) => whole.evaluate(running.map((one) => one.result(group))),
      };
    },
  };
}

function resultAt(index: number, aggregate: SimpleAggregate | undefined): Scalar {
  return { type: aggregate?.type ?? "dynamic", isConstant: false, evaluate: (row) => row[index] ?? null };
}
