import { incomparable } from "./comparable.ts";
import type { Diagnostic } from "./kustoLanguage.ts";
import { QueryError, UnsupportedQuery } from "./queryError.ts";
import { children, kindOf, optionalPart, type SyntaxNode, textOf } from "./syntaxNode.ts";

/** Functions of Log Analytics alone, which the analyser does not know. Source: learn.microsoft.com/azure/azure-monitor/logs/cross-workspace-query. */
const CROSS_WORKSPACE: ReadonlySet<string> = new Set(["workspace", "app", "resource", "arg", "adx"]);

/** Throws what Azure answers to the analyser's first error, in Azure's words and with Azure's code. */
export function refuseMistakes(query: string, syntax: SyntaxNode, diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter(({ severity }) => severity === "Error");
  const error = errors.find(isSyntaxError) ?? errors[0];
  if (error === undefined) return;
  if (isSyntaxError(error)) throw syntaxError(query, error);
  const operator = operatorAt(syntax, error.start);
  const name = query.slice(error.start, error.start + error.length);
  const prefix = operator === undefined ? "" : `'${operator}' operator: `;
  switch (error.code) {
    case "KS204":
      throw semantic("SEM0100", `${prefix}Failed to resolve table or column expression named '${name}'`);
    case "KS142":
      throw semantic("SEM0100", `${prefix}Failed to resolve column or scalar expression named '${name}'`);
    case "KS211":
      if (CROSS_WORKSPACE.has(name)) throw new UnsupportedQuery(`the function ${name}()`, query.slice(error.start));
      throw semantic("SEM0260", `Unknown function: '${name}'.`);
    default:
      throw otherMistake(error, prefix, name);
  }
}

/** Orders between types that have none are Azure's own words; the rest are the analyser's. */
function otherMistake({ code, message }: Diagnostic, prefix: string, name: string): QueryError {
  const [, left, right] = /'[<>]=?'.* types (\w+) and (\w+)\./.exec(message) ?? [];
  if (left !== undefined && right !== undefined) return semantic("SEM0064", `${prefix}${incomparable(left, right)}`);
  return semantic("SEM0001", `${prefix}${message} (${code} at '${name}')`);
}

/** The analyser's codes below 100 are the parser's own; 175 and 176 stand for an operator that is none, 198 for what is left over. */
function isSyntaxError({ code }: Diagnostic): boolean {
  const number = Number(code.replace(/\D/g, ""));
  return number < 100 || number === 175 || number === 176 || number === 198;
}

function syntaxError(query: string, { start, length }: Diagnostic): QueryError {
  const before = query.slice(0, start).split("\n");
  const place = { line: before.length, pos: before.at(-1)?.length ?? 0, token: query.slice(start, start + length) };
  const message = `Query could not be parsed at '${place.token}' on line [${place.line},${place.pos}]`;
  return new QueryError("SyntaxError", "SYN0002", message, place);
}

function semantic(code: string, message: string): QueryError {
  return new QueryError("SemanticError", code, message);
}

/** The keyword of the operator that a place belongs to: that around it, or for a table the first that takes its rows. */
function operatorAt(node: SyntaxNode, place: number): string | undefined {
  let found: string | undefined;
  const visit = (one: SyntaxNode): void => {
    const end = one.TextStart + textOf(one).length;
    if (place < one.TextStart || place >= end) return;
    const kind = kindOf(one);
    const next = kind === "PipeExpression" ? optionalPart(one, "Operator") : undefined;
    if (next !== undefined && place < next.TextStart) found = textOf(next).split(/[\s(]/)[0];
    if (kind.endsWith("Operator")) found = textOf(one).split(/[\s(]/)[0];
    for (const child of children(one)) visit(child);
  };
  visit(node);
  return found;
}
