import { QueryError } from "./queryError.ts";
import { type Compilation, INGESTION_COLUMN, type Tabular } from "./scope.ts";
import { kindOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";

/** A table of the workspace, by its name; `taker` is the operator that is to have its rows. */
export function tableNamed(name: string, taker: string | undefined, compilation: Compilation): Tabular {
  const columns = Object.hasOwn(compilation.tables, name) ? compilation.tables[name] : undefined;
  if (columns === undefined) throw unresolvedTable(name, taker);
  return {
    columns: [...columns, INGESTION_COLUMN],
    stream(sink) {
      const { source } = compilation.run;
      if (!source.has(name)) throw unresolvedTable(name, taker);
      return source.stream(name, columns, sink);
    },
  };
}

export function unresolvedTable(name: string, taker: string | undefined): QueryError {
  const prefix = taker === undefined ? "" : `'${taker}' operator: `;
  const message = `${prefix}Failed to resolve table or column expression named '${name}'`;
  return new QueryError("SemanticError", "SEM0100", message);
}

/** The keyword of the operator that takes a table's rows first. */
export function takerOf(node: SyntaxNode): string | undefined {
  const parent = node.Parent;
  if (parent === null) return undefined;
  const isInput = kindOf(parent) === "PipeExpression" && node.NameInParent === "Expression";
  const operator = isInput ? part(parent, "Operator") : kindOf(parent).endsWith("Operator") ? parent : undefined;
  return operator === undefined ? takerOf(parent) : textOf(operator).split(/[\s(]/)[0];
}
