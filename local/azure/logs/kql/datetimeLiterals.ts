import { parseDatetime } from "./timeText.ts";

export interface DatetimeLiterals {
  /** The text with all its datetimes alike: what the compiled query is kept under. */
  readonly shape: string;
  readonly values: readonly (number | null)[];
  /** Which datetime begins at a place of the text. */
  readonly indexes: ReadonlyMap<number, number>;
}

/** Texts and comments are stepped over; what is left and looks like datetime(…) is one. */
const TOKENS = new RegExp(
  [
    '@"(?:[^"]|"")*"',
    "@'(?:[^']|'')*'",
    '"(?:\\\\.|[^"\\\\])*"',
    "'(?:\\\\.|[^'\\\\])*'",
    "```[\\s\\S]*?```",
    "//[^\\n]*",
    "\\bdatetime\\s*\\(([^()'\"]*)\\)",
  ].join("|"),
  "g",
);

/** Finds the datetimes of a query that are written out. */
export function datetimeLiterals(query: string): DatetimeLiterals {
  const values: (number | null)[] = [];
  const indexes = new Map<number, number>();
  let shape = "";
  let end = 0;
  for (const match of query.matchAll(TOKENS)) {
    const inner = match[1]?.trim();
    const value = inner === undefined ? null : parseDatetime(inner);
    // What is no date stays in the text and is refused by the parser.
    if (inner === undefined || value === null) continue;
    shape += `${query.slice(end, match.index)}\u0000`;
    end = match.index + match[0].length;
    indexes.set(match.index, values.length);
    values.push(value);
  }
  return { shape: shape + query.slice(end), values, indexes };
}
