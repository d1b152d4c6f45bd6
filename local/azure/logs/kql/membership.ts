import { textOfValue } from "./binaryOperators.ts";
import { readAs } from "./comparable.ts";
import { compileScalar } from "./compileScalar.ts";
import { onceARun } from "./onceARun.ts";
import { UnsupportedQuery } from "./queryError.ts";
import type { Scalar, Scope } from "./scope.ts";
import { items, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { hasTerm } from "./textOperators.ts";
import type { Row, ScalarType, Value } from "./value.ts";

/** in, !in, in~, !in~, has_any, has_all; on the right values, one array of them, or the first column of a table. */
export function membership(node: SyntaxNode, scope: Scope): Scalar {
  const left = compileScalar(part(node, "Left"), scope);
  const operator = textOf(part(node, "Operator"));
  const elements = elementsOf(items(part(part(node, "Right"), "Expressions")), scope);
  const test = testOf(operator, elements, left.type);
  if (test === undefined) throw new UnsupportedQuery(`the operator "${operator}"`, textOf(node));
  return { type: "bool", isConstant: false, evaluate: (row) => test(left.evaluate(row), row) };
}

type Elements = (row: Row) => readonly Value[];

function testOf(
  operator: string,
  elements: Elements,
  type: ScalarType,
): ((value: Value, row: Row) => Value) | undefined {
  switch (operator) {
    case "in":
    case "!in": {
      const set = prepared(elements, (values) => new Set(values.map((value) => alike(value, type))));
      return (value, row) => set(row).has(value) === (operator === "in");
    }
    case "in~":
    case "!in~": {
      const set = prepared(elements, (values) => new Set(values.map((value) => textOfValue(value).toLowerCase())));
      return (value, row) => set(row).has(textOfValue(value).toLowerCase()) === (operator === "in~");
    }
    case "has_any":
    case "has_all": {
      const terms = prepared(elements, (values) => values.map((value) => textOfValue(value).toLowerCase()));
      return (value, row) => {
        const text = textOfValue(value).toLowerCase();
        const has = (term: string): boolean => hasTerm(text, term);
        return operator === "has_any" ? terms(row).some(has) : terms(row).every(has);
      };
    }
    default:
      return undefined;
  }
}

/** An element as the type of what is looked for: `DestinationPort in ("80", "443")`. */
function alike(value: Value, type: ScalarType): Value {
  if (type === "string" && typeof value === "number") return String(value);
  return typeof value === "string" ? (readAs("string", type)?.(value) ?? value) : value;
}

/** Prepares the same list once. */
function prepared<T>(elements: Elements, prepare: (values: readonly Value[]) => T): (row: Row) => T {
  let known: { readonly values: readonly Value[]; readonly result: T } | undefined;
  return (row) => {
    const values = elements(row);
    if (known?.values !== values) known = { values, result: prepare(values) };
    return known.result;
  };
}

function elementsOf(nodes: readonly SyntaxNode[], scope: Scope): Elements {
  const { compilation } = scope;
  const isTable = (node: SyntaxNode): boolean => (node.ResultType?.Columns ?? undefined) !== undefined;
  const compute =
    nodes.length === 1 && nodes[0] !== undefined && isTable(nodes[0])
      ? firstColumn(nodes[0], scope)
      : flattened(nodes.map((node) => compileScalar(node, scope)));
  if (!compute.isConstant) return compute.values;
  return onceARun(compilation, () => compute.values([]));
}

interface ElementList {
  readonly isConstant: boolean;
  values(row: Row): readonly Value[];
}

function firstColumn(node: SyntaxNode, scope: Scope): ElementList {
  const table = scope.compilation.tabular(node, scope.withColumns([]));
  return {
    isConstant: true,
    values() {
      const values: Value[] = [];
      table.stream((row) => {
        values.push(row[0] ?? null);
        return true;
      });
      return values;
    },
  };
}

/** An array among the values stands for its elements. */
function flattened(scalars: readonly Scalar[]): ElementList {
  return {
    isConstant: scalars.every(({ isConstant }) => isConstant),
    values: (row) =>
      scalars.flatMap((scalar) => {
        const value = scalar.evaluate(row);
        return Array.isArray(value) ? value : [value];
      }),
  };
}
