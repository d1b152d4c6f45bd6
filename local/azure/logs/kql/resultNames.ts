import { items, kindOf, nameOf, optionalPart, part, type SyntaxNode } from "./syntaxNode.ts";

/** How Kusto names the result of a function: ResultNameKind of the language service, by its numbers. */
const KIND = {
  nameAndArgument: [1, 2],
  prefixAndArgument: [3, 4],
  literalColumn: 5,
  prefix: 6,
  argument: [7, 8],
} as const;

/**
 * The name that an expression has without being given one: a column's own, what its function makes of that, and the last
 * name of a path joined with those before it. Undefined where Kusto counts: Column1, Column2.
 */
export function givenName(node: SyntaxNode): string | undefined {
  switch (kindOf(node)) {
    case "SimpleNamedExpression":
    case "NameReference":
      return nameOf(node);
    case "PathExpression": {
      const before = givenName(part(node, "Expression"));
      return before === undefined ? undefined : `${before}_${nameOf(part(node, "Selector"))}`;
    }
    case "ElementExpression": {
      const before = givenName(part(node, "Expression"));
      const selector = part(part(node, "Selector"), "Expression");
      return before === undefined ? undefined : `${before}_${String(selector.LiteralValue ?? "")}`;
    }
    case "FunctionCallExpression":
      return nameOfCall(node);
    default:
      return undefined;
  }
}

function nameOfCall(node: SyntaxNode): string | undefined {
  const { ResultNameKind: kind = 0, ResultNamePrefix: prefix, Name } = node.ReferencedSymbol ?? { Name: "" };
  const list = optionalPart(part(node, "ArgumentList"), "Expressions");
  const first = list === undefined ? undefined : items(list)[0];
  const argument = first === undefined ? undefined : givenName(first);
  if (KIND.nameAndArgument.some((one) => one === kind)) return `${Name}_${argument ?? ""}`;
  if (KIND.prefixAndArgument.some((one) => one === kind)) return `${prefix ?? Name}_${argument ?? ""}`;
  if (KIND.argument.some((one) => one === kind)) return argument;
  if (kind === KIND.prefix) return prefix ?? undefined;
  return kind === KIND.literalColumn && typeof first?.LiteralValue === "string" ? first.LiteralValue : undefined;
}
