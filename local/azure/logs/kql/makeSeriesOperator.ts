import { aggregationsOf } from "./aggregations.ts";
import { expandedColumns } from "./columnList.ts";
import { distinctNames } from "./distinctNames.ts";
import { inDynamic } from "./inDynamic.ts";
import { KeyIndex } from "./keyIndex.ts";
import { UnsupportedQuery } from "./queryError.ts";
import { givenName } from "./resultNames.ts";
import type { Scalar, Scope, Tabular } from "./scope.ts";
import { items, kindOf, optionalPart, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import type { Column, Row, Value } from "./value.ts";

/** Steps of one series at most. Source: learn.microsoft.com/kusto/query/make-series-operator, checked 2026-11. */
const MOST_STEPS = 1_048_576;

/**
 * make-series, with from, to and step: for each group an array of what each step came to, and the axis itself. Steps
 * without a row are 0, or what default= says.
 */
export function makeSeries(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const clause = optionalPart(operator, "ByClause");
  const keys = clause === undefined ? [] : expandedColumns(items(part(clause, "Expressions")), input, scope);
  const axisNode = part(part(operator, "OnClause"), "Expression");
  const axis = scope.compilation.scalar(axisNode, scope);
  const range = rangeOf(operator, scope);
  const series = items(part(operator, "Aggregates")).map((node) => seriesOf(node, scope));
  const columns: readonly Column[] = [
    ...keys.map(({ column }) => column),
    ...series.map(({ column }) => column),
    { name: givenName(axisNode) ?? "Column1", type: "dynamic" },
  ];
  return {
    columns: distinctNames(columns),
    stream(sink) {
      const [from, to, step] = range.map((one) => Number(one.evaluate([])));
      if (from === undefined || to === undefined || step === undefined || !(step > 0)) return true;
      const count = Math.min(MOST_STEPS, Math.max(0, Math.ceil((to - from) / step)));
      const [groups, places] = [new KeyIndex(), new KeyIndex()];
      const running = series.map(({ aggregation }) => aggregation.start());
      if (keys.length === 0) groups.add([]);
      input.stream((row) => {
        const at = axis.evaluate(row);
        if (typeof at !== "number" || at < from || at >= to) return true;
        const group = groups.add(keys.map(({ evaluate }) => evaluate(row)));
        const place = places.add([group, Math.floor((at - from) / step)]);
        for (const one of running) one.add(place, row);
        return true;
      });
      const steps = Array.from({ length: count }, (_, index) => index);
      const axisValues = steps.map((index) => inDynamic(from + index * step, axis.type));
      for (let group = 0; group < groups.size; group++) {
        const arrays = series.map((one, index) =>
          steps.map((number): Value => {
            const place = places.find([group, number]);
            const value = place < 0 ? one.otherwise.evaluate([]) : (running[index]?.result(place)[0] ?? null);
            return inDynamic(value, one.type);
          }),
        );
        const row: Row = [...groups.key(group), ...arrays, axisValues];
        if (!sink(row)) return false;
      }
      return true;
    },
  };
}

function rangeOf(operator: SyntaxNode, scope: Scope): readonly Scalar[] {
  const clause = part(operator, "RangeClause");
  const parts = ["MakeSeriesFromClause", "MakeSeriesToClause", "MakeSeriesStepClause"].map((name) =>
    optionalPart(clause, name),
  );
  const inner = scope.withColumns([]);
  return parts.map((one) => {
    if (one === undefined) throw new UnsupportedQuery("make-series without from, to and step", textOf(operator));
    return scope.compilation.scalar(part(one, "Expression"), inner);
  });
}

function seriesOf(node: SyntaxNode, scope: Scope) {
  const expression = kindOf(node) === "MakeSeriesExpression" ? part(node, "Expression") : node;
  const [aggregation, ...more] = aggregationsOf(expression, { scope, keyNames: new Set(), unnamed: () => "Column1" });
  const [column] = aggregation?.columns ?? [];
  if (aggregation === undefined || column === undefined || more.length > 0 || aggregation.columns.length > 1)
    throw new UnsupportedQuery("make-series of an aggregate with several columns", textOf(node));
  const clause = optionalPart(node, "DefaultExpression");
  const otherwise: Scalar =
    clause === undefined
      ? { type: column.type, isConstant: true, evaluate: () => 0 }
      : scope.compilation.scalar(part(clause, "Expression"), scope.withColumns([]));
  return { aggregation, otherwise, type: column.type, column: { name: column.name, type: "dynamic" as const } };
}
