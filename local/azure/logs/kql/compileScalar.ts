import { binaryOperator } from "./binaryOperators.ts";
import { callFunction } from "./callFunction.ts";
import { refuseIncomparable } from "./comparable.ts";
import { dynamicLiteral, literalValue } from "./literals.ts";
import { membership } from "./membership.ts";
import { onceARun } from "./onceARun.ts";
import { UnsupportedQuery } from "./queryError.ts";
import type { Scalar, Scope } from "./scope.ts";
import { columnTerm, searchTerm } from "./searchOperator.ts";
import { starCondition } from "./starCondition.ts";
import { items, kindOf, nameOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { compareValues, isScalarType, nothingOf, type ScalarType, type Value } from "./value.ts";

/** Compiles a scalar expression into a closure: the tree is walked once, and never again for a row. */
export function compileScalar(node: SyntaxNode, scope: Scope): Scalar {
  const kind = kindOf(node);
  switch (kind) {
    case "LiteralExpression":
      return literal(node, scope);
    case "DynamicExpression":
      return constant("dynamic", dynamicLiteral(part(node, "Expression")));
    case "NameReference":
      return nameReference(node, scope);
    case "ParenthesizedExpression":
    case "SimpleNamedExpression":
      return compileScalar(part(node, "Expression"), scope);
    case "BinaryExpression":
      return binary(node, scope);
    case "InExpression":
    case "HasAnyExpression":
    case "HasAllExpression":
      return membership(node, scope);
    case "BetweenExpression":
      return between(node, scope);
    case "PrefixUnaryExpression":
      return prefix(node, scope);
    case "FunctionCallExpression":
      return callFunction(node, scope, typeOf(node));
    case "PathExpression":
      return dynamicAccess(node, scope, constant("string", nameOf(part(node, "Selector"))));
    case "ElementExpression":
      return dynamicAccess(node, scope, compileScalar(part(part(node, "Selector"), "Expression"), scope));
    case "ToScalarExpression":
      return toScalar(node, scope);
    default:
      throw new UnsupportedQuery(`the expression ${kind}`, textOf(node));
  }
}

/** The type that Microsoft's analyser has worked out. */
export function typeOf(node: SyntaxNode): ScalarType {
  const name = node.ResultType?.Name ?? "";
  if (isScalarType(name)) return name;
  // A column that only a table without rows would have; resolving it says so.
  if (name === "unknown") return "dynamic";
  throw new UnsupportedQuery(`an expression of type "${name}"`, textOf(node));
}

export function constant(type: ScalarType, value: Value): Scalar {
  return { type, isConstant: true, evaluate: () => value };
}

function literal(node: SyntaxNode, scope: Scope): Scalar {
  const { compilation } = scope;
  const type = typeOf(node);
  if (type === "bool" && typeof node.LiteralValue === "string") return searchTerm(node, scope);
  const index = compilation.datetimeIndex(node.TextStart);
  if (type === "datetime" && index !== undefined) {
    return { type, isConstant: true, evaluate: () => compilation.run.datetimes[index] ?? null };
  }
  return constant(type, literalValue(type, node));
}

function nameReference(node: SyntaxNode, scope: Scope): Scalar {
  const name = nameOf(node);
  const binding = scope.columnIndex(name) === undefined ? scope.binding(name) : undefined;
  if (binding?.kind === "scalar") return binding.scalar;
  if (binding !== undefined) throw new UnsupportedQuery("a table in place of a value", textOf(node));
  const index = scope.requiredColumn(name);
  const type = scope.columns[index]?.type ?? "dynamic";
  return { type, isConstant: false, evaluate: (row) => row[index] ?? nothingOf(type) };
}

function binary(node: SyntaxNode, scope: Scope): Scalar {
  const right = compileScalar(part(node, "Right"), scope);
  const operator = textOf(part(node, "Operator")).toLowerCase().replace(/\s+/g, " ");
  if (kindOf(part(node, "Left")) === "StarExpression") return starCondition(operator, right, scope);
  const left = compileScalar(part(node, "Left"), scope);
  if (operator === ":") return columnTerm(node, left, right);
  if (/^[=!<>]=|^[<>]>?$/.test(operator)) refuseIncomparable(left.type, right.type, /^[<>]=?$/.test(operator));
  const type = typeOf(node);
  const evaluate = binaryOperator({ operator, left, right, type });
  if (evaluate === undefined) throw new UnsupportedQuery(`the operator "${operator}"`, textOf(node));
  return { type, isConstant: left.isConstant && right.isConstant, evaluate };
}

function between(node: SyntaxNode, scope: Scope): Scalar {
  const left = compileScalar(part(node, "Left"), scope);
  const range = part(node, "Right");
  const low = compileScalar(part(range, "First"), scope);
  const high = compileScalar(part(range, "Second"), scope);
  const isNegated = textOf(part(node, "Operator")).startsWith("!");
  // A timespan after a datetime is counted from the lower bound. Source: learn.microsoft.com/kusto/query/between-operator.
  const isSpan = left.type === "datetime" && high.type === "timespan";
  return {
    type: "bool",
    isConstant: false,
    evaluate(row) {
      const value = left.evaluate(row);
      const from = low.evaluate(row);
      const to = isSpan ? (from as number) + (high.evaluate(row) as number) : high.evaluate(row);
      if (value === null || from === null || to === null) return null;
      return (compareValues(value, from) >= 0 && compareValues(value, to) <= 0) !== isNegated;
    },
  };
}

function prefix(node: SyntaxNode, scope: Scope): Scalar {
  const operand = compileScalar(part(node, "Expression"), scope);
  const operator = textOf(part(node, "Operator"));
  if (operator === "+") return operand;
  if (operator !== "-") throw new UnsupportedQuery(`the operator "${operator}"`, textOf(node));
  return {
    ...operand,
    evaluate(row) {
      const value = operand.evaluate(row);
      return typeof value === "number" ? -value : null;
    },
  };
}

function dynamicAccess(node: SyntaxNode, scope: Scope, selector: Scalar): Scalar {
  const container = compileScalar(part(node, "Expression"), scope);
  return {
    type: "dynamic",
    isConstant: container.isConstant && selector.isConstant,
    evaluate(row) {
      const value = container.evaluate(row);
      const key = selector.evaluate(row);
      if (Array.isArray(value)) return typeof key === "number" ? (value.at(key) ?? null) : null;
      return value !== null && typeof value === "object" && typeof key === "string" ? (value[key] ?? null) : null;
    },
  };
}

/** The first value of a table; asked for once in a run. */
function toScalar(node: SyntaxNode, scope: Scope): Scalar {
  const { compilation } = scope;
  const table = compilation.tabular(part(node, "Expression"), scope.withColumns([]));
  const type = table.columns[0]?.type ?? "dynamic";
  const first = onceARun(compilation, () => {
    let value = nothingOf(type);
    table.stream((row) => {
      value = row[0] ?? nothingOf(type);
      return false;
    });
    return value;
  });
  return { type, isConstant: true, evaluate: first };
}

/** The expressions of a list that a node has as a part. */
export function compileAll(list: SyntaxNode, scope: Scope): readonly Scalar[] {
  return items(list).map((item) => compileScalar(item, scope));
}
