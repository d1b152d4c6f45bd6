import { compileScalar } from "./compileScalar.ts";
import { compileTabular } from "./compileTabular.ts";
import { onceARun } from "./onceARun.ts";
import { UnsupportedQuery } from "./queryError.ts";
import type { Binding, Scope } from "./scope.ts";
import { kindOf, nameOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";

/** The scope after some lets, each of which sees those before it. */
export function withLets(statements: readonly SyntaxNode[], outer: Scope): Scope {
  return statements.reduce((scope, statement) => {
    if (kindOf(statement) !== "LetStatement")
      throw new UnsupportedQuery(`the statement ${kindOf(statement)}`, textOf(statement));
    return scope.withNames([[nameOf(part(statement, "Name")), bindingOf(part(statement, "Expression"), scope)]]);
  }, outer);
}

function bindingOf(node: SyntaxNode, scope: Scope): Binding {
  if (kindOf(node) === "FunctionDeclaration") return { kind: "function", declaration: node, scope };
  const isTable = (node.ResultType?.Columns ?? undefined) !== undefined;
  if (isTable) return { kind: "tabular", tabular: compileTabular(node, scope) };
  const scalar = compileScalar(node, scope);
  // Once, so that now() and long lists cost nothing for each row.
  const evaluate = onceARun(scope.compilation, () => scalar.evaluate([]));
  return { kind: "scalar", scalar: { type: scalar.type, isConstant: true, evaluate } };
}
