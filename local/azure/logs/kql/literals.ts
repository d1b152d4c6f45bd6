import { UnsupportedQuery } from "./queryError.ts";
import { children, items, kindOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { parseDatetime, parseTimespan } from "./timeText.ts";
import type { ScalarType, Value } from "./value.ts";

/** The value of a literal, from its text: `5`, `long(5)`, `2d`, `datetime(2026-11-23)`, `"text"`. */
export function literalValue(type: ScalarType, node: SyntaxNode): Value {
  if (type === "string") return String(node.LiteralValue ?? "");
  const text = textOf(node);
  const inner = (/^[a-z]+\s*\((.*)\)$/is.exec(text)?.[1] ?? text).trim();
  if (inner.toLowerCase() === "null" || inner === "") return null;
  switch (type) {
    case "bool":
      return inner.toLowerCase() === "true" || inner === "1";
    case "int":
    case "long":
      return Number(inner);
    case "real":
    case "decimal":
      return realValue(inner, node);
    case "datetime":
      return required(parseDatetime(inner.replace(/^(['"])(.*)\1$/, "$2")), node);
    case "timespan":
      return required(parseTimespan(inner.replace(/^(['"])(.*)\1$/, "$2")), node);
    case "guid":
      return inner.toLowerCase();
    case "dynamic":
      throw new UnsupportedQuery("the literal", text);
  }
}

/** JSON has no number for these; a query that needs them is refused and not answered wrongly. */
function realValue(text: string, node: SyntaxNode): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new UnsupportedQuery("the literal", textOf(node));
  return value;
}

function required(value: number | null, node: SyntaxNode): number {
  if (value === null) throw new UnsupportedQuery("the literal", textOf(node));
  return value;
}

/** What stands inside of dynamic(…): JSON, with Kusto's own literals allowed for values. */
export function dynamicLiteral(node: SyntaxNode): Value {
  switch (kindOf(node)) {
    case "JsonArrayExpression":
      return items(part(node, "Values")).map(dynamicLiteral);
    case "JsonObjectExpression":
      return Object.fromEntries(items(part(node, "Pairs")).map(pairOf));
    case "PrefixUnaryExpression":
      return Number(textOf(node));
    case "LiteralExpression": {
      const type = node.ResultType?.Name ?? "";
      if (type === "string") return String(node.LiteralValue ?? "");
      return JSON.parse(textOf(node)) as Value;
    }
    default:
      throw new UnsupportedQuery("the literal", textOf(node));
  }
}

function pairOf(pair: SyntaxNode): readonly [string, Value] {
  const name = children(pair).find((child) => child.NameInParent === "Name");
  if (name === undefined) throw new UnsupportedQuery("the literal", textOf(pair));
  return [String(JSON.parse(textOf(name).replace(/^'(.*)'$/s, '"$1"'))), dynamicLiteral(part(pair, "Value"))];
}
