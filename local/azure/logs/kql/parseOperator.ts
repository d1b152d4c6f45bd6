import { textOfValue } from "./binaryOperators.ts";
import { type ParseField, type ParseKind, parsePattern } from "./parsePattern.ts";
import { UnsupportedQuery } from "./queryError.ts";
import type { Scope, Tabular } from "./scope.ts";
import { items, kindOf, parametersOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import { parseDatetime, parseTimespan } from "./timeText.ts";
import { type Column, nothingOf, type Row, type ScalarType, type Value } from "./value.ts";

/**
 * parse, and parse-where, which leaves out the rows that do not match. A column that cannot be read as its type makes the
 * row one that does not match; with kind=relaxed the column alone is empty.
 * Source: learn.microsoft.com/kusto/query/parse-operator, parse-where-operator, checked 2026-11.
 */
export function parseOperator(operator: SyntaxNode, input: Tabular, scope: Scope): Tabular {
  const kind = kindOfParse(operator);
  const text = scope.compilation.scalar(part(operator, "Expression"), scope);
  const flags = parametersOf(operator).get("flags");
  const { pattern, fields } = parsePattern(
    items(part(operator, "Patterns")),
    kind,
    flags === undefined ? "" : textOf(flags),
  );
  const columns: Column[] = [...input.columns];
  const places = fields.map(({ name, type }) => placeOf({ name, type }, columns));
  const isWhere = kindOf(operator) === "ParseWhereOperator";
  return {
    columns,
    stream: (sink) =>
      input.stream((row) => {
        const values = read(pattern.exec(textOfValue(text.evaluate(row))), fields, kind);
        if (values === undefined && isWhere) return true;
        const extended = input.isShared === true ? [...row] : row;
        fields.forEach(({ type }, index) => {
          extended[places[index] ?? 0] = values?.[index] ?? nothingOf(type);
        });
        return sink(extended);
      }),
  };
}

function kindOfParse(operator: SyntaxNode): ParseKind {
  const given = parametersOf(operator).get("kind");
  const kind = given === undefined ? "simple" : textOf(given);
  if (kind === "simple" || kind === "relaxed" || kind === "regex") return kind;
  throw new UnsupportedQuery("this kind of parse", textOf(operator));
}

function placeOf(column: Column, columns: Column[]): number {
  const known = columns.findIndex(({ name }) => name === column.name);
  if (known < 0) return columns.push(column) - 1;
  columns[known] = column;
  return known;
}

/** Undefined for what does not match. */
function read(match: RegExpExecArray | null, fields: readonly ParseField[], kind: ParseKind): Row | undefined {
  if (match === null) return undefined;
  const values = fields.map(({ type, group }) => converted(match.groups?.[group] ?? "", type));
  if (kind !== "relaxed" && values.includes(undefined)) return undefined;
  return values.map((value) => value ?? null);
}

function converted(text: string, type: ScalarType): Value | undefined {
  switch (type) {
    case "string":
      return text;
    case "datetime":
      return parseDatetime(text) ?? undefined;
    case "timespan":
      return parseTimespan(text) ?? undefined;
    case "bool":
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : undefined;
    default: {
      const number = Number(text);
      const isWhole = type === "int" || type === "long";
      return text.trim() === "" || !Number.isFinite(number) || (isWhole && !Number.isInteger(number))
        ? undefined
        : number;
    }
  }
}
