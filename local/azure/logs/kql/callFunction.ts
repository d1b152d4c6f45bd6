import { addressFunctions } from "./addressFunctions.ts";
import { bindArguments } from "./bindArguments.ts";
import { calendarFunctions } from "./calendarFunctions.ts";
import { compileAll, constant } from "./compileScalar.ts";
import { conversionFunctions } from "./conversionFunctions.ts";
import { dynamicFunctions } from "./dynamicFunctions.ts";
import { encodingFunctions } from "./encodingFunctions.ts";
import type { BuildFunction } from "./functionFamily.ts";
import { logicFunctions } from "./logicFunctions.ts";
import { numberFunctions } from "./numberFunctions.ts";
import { UnsupportedQuery } from "./queryError.ts";
import { INGESTION_COLUMN, type Scalar, type Scope } from "./scope.ts";
import { items, nameOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { textFunctions } from "./textFunctions.ts";
import { timeFunctions } from "./timeFunctions.ts";
import { nothingOf, type ScalarType } from "./value.ts";
import { previousValue, rowCumulativeSum, rowNumber } from "./windowFunctions.ts";

const functions: Readonly<Record<string, BuildFunction>> = {
  ...logicFunctions,
  ...textFunctions,
  ...numberFunctions,
  ...timeFunctions,
  ...conversionFunctions,
  ...dynamicFunctions,
  ...addressFunctions,
  ...encodingFunctions,
  ...calendarFunctions,
};

/** Compiles a call of a scalar function: one that reads the row's surroundings, one of `let`, or one of the families. */
export function callFunction(node: SyntaxNode, scope: Scope, type: ScalarType): Scalar {
  const result = scope.result(node.TextStart);
  if (result !== undefined) return result;
  const name = nameOf(part(node, "Name"));
  const list = part(part(node, "ArgumentList"), "Expressions");
  const { compilation } = scope;
  switch (name) {
    case "ingestion_time":
      return ingestionTime(scope);
    case "now":
    case "ago":
      return timeOfRun(name, compileAll(list, scope), scope);
    case "column_ifexists":
      return columnIfExists(items(list), scope, type);
    case "row_number":
      return rowNumber(compileAll(list, scope), scope);
    case "row_cumsum":
      return rowCumulativeSum(compileAll(list, scope), scope);
    case "prev":
      return previousValue(compileAll(list, scope), scope);
  }
  const binding = scope.binding(name);
  if (binding?.kind === "function") {
    const inner = bindArguments(binding, items(list), scope);
    return compilation.scalar(part(part(binding.declaration, "Body"), "Expression"), inner);
  }
  const build = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (build === undefined) throw new UnsupportedQuery(`the function ${name}()`, textOf(node));
  const args = compileAll(list, scope);
  return { type, isConstant: args.every(({ isConstant }) => isConstant), evaluate: build(args, textOf(node)) };
}

/** Null where rows are no longer those of a table: after project, summarize, union and join. */
function ingestionTime(scope: Scope): Scalar {
  const index = scope.columnIndex(INGESTION_COLUMN.name);
  if (index === undefined) return constant("datetime", null);
  return { type: "datetime", isConstant: false, evaluate: (row) => row[index] ?? null };
}

function timeOfRun(name: "now" | "ago", args: readonly Scalar[], { compilation }: Scope): Scalar {
  const sign = name === "ago" ? -1 : 1;
  const [offset] = args;
  return {
    type: "datetime",
    isConstant: true,
    evaluate: (row) => compilation.run.nowEpochMs + sign * Number(offset?.evaluate(row) ?? 0),
  };
}

function columnIfExists([column, fallback]: readonly SyntaxNode[], scope: Scope, type: ScalarType): Scalar {
  if (column === undefined || fallback === undefined) return constant(type, nothingOf(type));
  const index = scope.columnIndex(String(column.LiteralValue ?? ""));
  if (index === undefined) return scope.compilation.scalar(fallback, scope);
  return {
    type: scope.columns[index]?.type ?? type,
    isConstant: false,
    evaluate: (row) => row[index] ?? nothingOf(type),
  };
}
