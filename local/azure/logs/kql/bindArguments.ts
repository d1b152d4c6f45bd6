import { withLets } from "./letStatements.ts";
import { UnsupportedQuery } from "./queryError.ts";
import type { Binding, Scope } from "./scope.ts";
import { items, kindOf, nameOf, optionalPart, part, type SyntaxNode, textOf } from "./syntaxNode.ts";

/** The scope of a function's body: what the function could see where it was written, and its parameters. */
export function bindArguments(
  { declaration, scope }: Extract<Binding, { readonly kind: "function" }>,
  given: readonly SyntaxNode[],
  caller: Scope,
): Scope {
  const statements = items(part(part(declaration, "Body"), "Statements"));
  const parameters = items(part(part(declaration, "Parameters"), "Parameters"));
  const bindings = parameters.map((parameter, index) => bind(parameter, index, given, caller));
  return withLets(statements, scope.withColumns([]).withNames(bindings));
}

function bind(
  parameter: SyntaxNode,
  index: number,
  given: readonly SyntaxNode[],
  caller: Scope,
): readonly [string, Binding] {
  const { compilation } = caller;
  const declared = part(parameter, "NameAndType");
  const name = nameOf(part(declared, "Name"));
  const named = given.find((argument) => kindOf(argument) === "SimpleNamedExpression" && nameOf(argument) === name);
  const fallback = optionalPart(parameter, "DefaultValue");
  const argument = named ?? given[index] ?? (fallback === undefined ? undefined : part(fallback, "Value"));
  if (argument === undefined) throw new UnsupportedQuery(`a call without its argument "${name}"`, textOf(parameter));
  const isTable = kindOf(part(declared, "Type")) === "SchemaTypeExpression";
  return [
    name,
    isTable
      ? { kind: "tabular", tabular: compilation.tabular(argument, caller.withColumns([])) }
      : { kind: "scalar", scalar: compilation.scalar(argument, caller) },
  ];
}
