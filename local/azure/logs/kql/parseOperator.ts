import { textOfValue } from "./binaryOperators.ts";
import { UnsupportedQuery } from "./queryError.ts";
import type { Scope, Tabular } from "./scope.ts";
import { typeNamed } from "./sources.ts";
import { items, kindOf, nameOf, parametersOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { parseDatetime, parseTimespan } from "./timeText.ts";
import { type Column, nothingOf, type ScalarType, type Value } from "./value.ts";

/** parse, kind=simple: texts that must occur in this order, and columns for what is between them. */
export function parseOperator(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const kind = parametersOf(operator).get("kind");
  if (kind !== undefined && textOf(kind) !== "simple")
    throw new UnsupportedQuery("this kind of parse", textOf(operator));
  const text = scope.compilation.scalar(part(operator, "Expression"), scope);
  const { pattern, fields } = patternOf(items(part(operator, "Patterns")));
  const columns: Column[] = [...input.columns];
  const places = fields.map((field) => {
    const known = columns.findIndex(({ name }) => name === field.name);
    if (known >= 0) columns[known] = field;
    else columns.push(field);
    return known >= 0 ? known : columns.length - 1;
  });
  return {
    columns,
    stream: (sink) =>
      input.stream((row) => {
        const match = pattern.exec(textOfValue(text.evaluate(row)));
        const values = fields.map(({ type }, index) => converted(match?.[index + 1], type));
        // When one of the columns cannot be read as its type the whole row does not match.
        const isRead = match !== null && values.every((value) => value !== undefined);
        const extended = input.isShared === true ? [...row] : row;
        fields.forEach(({ type }, index) => {
          extended[places[index] ?? 0] = isRead ? (values[index] ?? nothingOf(type)) : nothingOf(type);
        });
        return sink(extended);
      }),
  };
}

function patternOf(nodes: readonly SyntaxNode[]): { readonly pattern: RegExp; readonly fields: readonly Column[] } {
  const fields: Column[] = [];
  const parts = nodes.map((node) => {
    switch (kindOf(node)) {
      case "StarExpression":
        return "[\\s\\S]*?";
      case "LiteralExpression":
        return String(node.LiteralValue ?? "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      case "NameDeclaration":
        fields.push({ name: nameOf(node), type: "string" });
        return "([\\s\\S]*?)";
      case "NameAndTypeDeclaration": {
        const type = typeNamed(textOf(part(node, "Type")));
        fields.push({ name: nameOf(part(node, "Name")), type });
        return type === "string" ? "([\\s\\S]*?)" : "(\\S*?)";
      }
      default:
        throw new UnsupportedQuery("this part of parse", textOf(node));
    }
  });
  return { pattern: new RegExp(`^${parts.join("")}$`), fields };
}

function converted(text: string | undefined, type: ScalarType): Value | undefined {
  if (text === undefined) return undefined;
  switch (type) {
    case "string":
      return text;
    case "datetime":
      return parseDatetime(text) ?? undefined;
    case "timespan":
      return parseTimespan(text) ?? undefined;
    default: {
      const number = Number(text);
      return text.trim() === "" || !Number.isFinite(number) ? undefined : number;
    }
  }
}
