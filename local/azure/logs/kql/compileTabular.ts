import { bindArguments } from "./bindArguments.ts";
import { joinOperator } from "./joinOperator.ts";
import { lookupOperator } from "./lookupOperator.ts";
import { makeSeries } from "./makeSeriesOperator.ts";
import { mvExpand } from "./mvExpandOperator.ts";
import { onceARun } from "./onceARun.ts";
import { parseOperator } from "./parseOperator.ts";
import * as projections from "./projectOperators.ts";
import { UnsupportedQuery } from "./queryError.ts";
import { countRows, distinct, filter, sampleDistinct, shown, sort, take, top } from "./rowOperators.ts";
import { getSchema } from "./schemaOperator.ts";
import type { Scalar, Scope, Tabular } from "./scope.ts";
import { searchRows, searchTables } from "./searchOperator.ts";
import { datatable, print, range } from "./sources.ts";
import { summarize } from "./summarizeOperator.ts";
import { items, kindOf, nameOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { tableNamed, takerOf } from "./tables.ts";
import { unionOf } from "./unionOperator.ts";
import type { Row } from "./value.ts";

/** Compiles a tabular expression. */
export function compileTabular(node: SyntaxNode, scope: Scope): Tabular {
  const kind = kindOf(node);
  switch (kind) {
    case "PipeExpression": {
      const input = compileTabular(part(node, "Expression"), scope);
      return applyOperator(part(node, "Operator"), input, scope.withColumns(input.columns));
    }
    case "ParenthesizedExpression":
      return compileTabular(part(node, "Expression"), scope);
    case "MaterializeExpression":
      return materialized(compileTabular(part(node, "Expression"), scope), scope);
    case "NameReference":
      return named(node, scope);
    case "FunctionCallExpression":
      return called(node, scope);
    case "UnionOperator":
      return unionOf(node, undefined, scope);
    case "SearchOperator":
      return searchTables(node, scope);
    case "PrintOperator":
      return print(node, scope);
    case "DataTableExpression":
      return datatable(node, scope);
    case "RangeOperator":
      return range(node, scope);
    default:
      throw new UnsupportedQuery(`the table expression ${kind}`, textOf(node));
  }
}

type Apply = (operator: SyntaxNode, input: Tabular, scope: Scope) => Tabular;

const operators: Readonly<Record<string, Apply>> = {
  FilterOperator: filter,
  ExtendOperator: projections.extend,
  SerializeOperator: projections.extend,
  ProjectOperator: projections.project,
  ProjectAwayOperator: projections.projectAway,
  ProjectKeepOperator: projections.projectKeep,
  ProjectRenameOperator: projections.projectRename,
  ProjectReorderOperator: projections.projectReorder,
  SummarizeOperator: summarize,
  DistinctOperator: distinct,
  CountOperator: countRows,
  SortOperator: sort,
  TopOperator: top,
  TakeOperator: take,
  JoinOperator: joinOperator,
  SearchOperator: searchRows,
  UnionOperator: (operator, input, scope) => unionOf(operator, input, scope),
  MvExpandOperator: mvExpand,
  ParseOperator: parseOperator,
  ParseWhereOperator: parseOperator,
  MakeSeriesOperator: makeSeries,
  LookupOperator: lookupOperator,
  GetSchemaOperator: getSchema,
  SampleOperator: take,
  SampleDistinctOperator: sampleDistinct,
  // Names what others may refer to; who does is refused.
  AsOperator: (_operator, input) => input,
  // What a client should draw: the table stays as it is.
  RenderOperator: (_operator, input) => input,
};

function applyOperator(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const kind = kindOf(operator);
  const apply = operators[kind];
  if (apply === undefined) throw new UnsupportedQuery(`the operator ${kind}`, textOf(operator));
  const { windows } = scope.compilation;
  const before = windows.length;
  const own: Scalar[] = [];
  const result = apply(operator, withWindows(input, own), scope);
  own.push(...windows.splice(before));
  return result;
}

/** Takes every function that goes from row to row past every row, also where a condition would not ask it. */
function withWindows(input: Tabular, windows: readonly Scalar[]): Tabular {
  return {
    ...input,
    stream: (sink) =>
      windows.length === 0
        ? input.stream(sink)
        : input.stream((row) => {
            for (const window of windows) window.evaluate(row);
            return sink(row);
          }),
  };
}

function named(node: SyntaxNode, scope: Scope): Tabular {
  const name = nameOf(node);
  const binding = scope.binding(name);
  if (binding?.kind === "tabular") return binding.tabular;
  if (binding !== undefined) throw new UnsupportedQuery("a value in place of a table", textOf(node));
  const isKnown = Object.hasOwn(scope.compilation.tables, name) || (node.ReferencedSymbol ?? null) === null;
  if (!isKnown) throw new UnsupportedQuery(`the table "${name}", which is named inside of the query`, textOf(node));
  return tableNamed(name, takerOf(node), scope.compilation);
}

function called(node: SyntaxNode, scope: Scope): Tabular {
  const name = nameOf(part(node, "Name"));
  const given = items(part(part(node, "ArgumentList"), "Expressions"));
  const [first] = given;
  if (name === "table" && first !== undefined)
    return tableNamed(String(first.LiteralValue ?? ""), takerOf(node), scope.compilation);
  if (name === "materialize" && first !== undefined) return materialized(compileTabular(first, scope), scope);
  const binding = scope.binding(name);
  if (binding?.kind !== "function") throw new UnsupportedQuery(`the table function ${name}()`, textOf(node));
  return compileTabular(part(part(binding.declaration, "Body"), "Expression"), bindArguments(binding, given, scope));
}

/** Works a table out once in a run, whoever asks for it how often. */
function materialized(table: Tabular, { compilation }: Scope): Tabular {
  const visibleTable = shown(table);
  const rows = onceARun(compilation, () => {
    const kept: Row[] = [];
    visibleTable.stream((row) => {
      kept.push(row);
      return true;
    });
    return kept;
  });
  return { columns: visibleTable.columns, isShared: true, stream: (sink) => rows().every(sink) };
}
