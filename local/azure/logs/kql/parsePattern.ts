import { UnsupportedQuery } from "./queryError.ts";
import { regularExpression } from "./regularExpression.ts";
import { typeNamed } from "./sources.ts";
import { kindOf, nameOf, part, type SyntaxNode, textOf } from "./syntaxNode.ts";
import type { Column, ScalarType } from "./value.ts";

export type ParseKind = "simple" | "relaxed" | "regex";

/** A column of parse, and the group of the pattern that holds its text. */
export interface ParseField extends Column {
  readonly group: string;
}

export interface ParsePattern {
  readonly pattern: RegExp;
  readonly fields: readonly ParseField[];
}

/**
 * The pattern of parse as a regular expression: texts as they are, or with kind=regex as patterns of their own; columns and
 * * for whatever is between them, as little as will do, or as much with the flag U.
 */
export function parsePattern(nodes: readonly SyntaxNode[], kind: ParseKind, flags: string): ParsePattern {
  if (/[^imsU]/.test(flags)) throw new UnsupportedQuery("these flags of parse", flags);
  const isGreedy = flags.includes("U");
  const anything = `${kind === "regex" ? "." : "[\\s\\S]"}*${isGreedy ? "" : "?"}`;
  const fields: ParseField[] = [];
  const groupFor = (column: Column, pattern: string): string => {
    const group = `field${fields.length}`;
    fields.push({ ...column, group });
    return `(?<${group}>${pattern})`;
  };
  const parts = nodes.map((node) => {
    switch (kindOf(node)) {
      case "StarExpression":
        return anything;
      case "LiteralExpression":
        return constantOf(node, kind, isGreedy);
      case "NameDeclaration":
        return groupFor({ name: nameOf(node), type: "string" }, anything);
      case "NameAndTypeDeclaration": {
        const type = typeNamed(textOf(part(node, "Type")));
        return groupFor({ name: nameOf(part(node, "Name")), type }, valuePattern(type, kind, anything));
      }
      default:
        throw new UnsupportedQuery("this part of parse", textOf(node));
    }
  });
  return { pattern: new RegExp(`^${parts.join("")}$`, flags.replace("U", "")), fields };
}

const WHOLE = "\\s*[-+]?\\d+";
const REAL = "\\s*[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?";
const CLOCK = "\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,7})?)?";

/** A value takes what belongs to it, even where * follows: "443" of `Port: int *` over "443. Action". */
const VALUES: Readonly<Partial<Record<ScalarType, string>>> = {
  int: WHOLE,
  long: WHOLE,
  real: REAL,
  decimal: REAL,
  bool: "[Tt]rue|[Ff]alse",
  datetime: `\\d{4}-\\d{1,2}-\\d{1,2}(?:[T ]${CLOCK})?(?:Z|[+-]\\d{2}:?\\d{2})?`,
  timespan: `-?(?:\\d+\\.)?${CLOCK}`,
};

function valuePattern(type: ScalarType, kind: ParseKind, anything: string): string {
  const value = VALUES[type];
  if (value === undefined) return anything;
  // Other spellings of time there are many; and with kind=relaxed a column may hold what is no value.
  const isOpen = kind === "relaxed" || type === "datetime" || type === "timespan";
  return isOpen ? `${value}|${anything}` : value;
}

function constantOf(node: SyntaxNode, kind: ParseKind, isGreedy: boolean): string {
  const text = String(node.LiteralValue ?? "");
  if (kind !== "regex") return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // The flag also turns the quantifiers around that are written out.
  if (isGreedy && /[*+?}]/.test(text.replace(/\\./g, "")))
    throw new UnsupportedQuery("the flag U beside quantifiers", textOf(node));
  return `(?:${regularExpression(text).source})`;
}
