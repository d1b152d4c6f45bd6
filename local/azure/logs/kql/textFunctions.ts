import { createHash } from "node:crypto";
import { textOfValue } from "./binaryOperators.ts";
import { stringOf } from "./conversionFunctions.ts";
import { type BuildFunction, plain } from "./functionFamily.ts";
import { regularExpression } from "./regularExpression.ts";
import type { Value } from "./value.ts";

/** Texts: their parts, their patterns, and what is made of them. */
export const textFunctions: Readonly<Record<string, BuildFunction>> = {
  strcat: (args) => (row) => args.map((arg) => stringOf(arg.evaluate(row), arg.type)).join(""),
  strcat_delim:
    ([delimiter, ...args]) =>
    (row) =>
      args.map((arg) => stringOf(arg.evaluate(row), arg.type)).join(textOfValue(delimiter?.evaluate(row) ?? "")),
  strlen: plain((text) => [...textOfValue(text)].length),
  tolower: plain((text) => textOfValue(text).toLowerCase()),
  toupper: plain((text) => textOfValue(text).toUpperCase()),
  substring: plain((text, start, length) => {
    const source = textOfValue(text);
    const from = Number(start) < 0 ? Math.max(0, source.length + Number(start)) : Number(start);
    return source.substring(from, length === null ? source.length : from + Math.max(0, Number(length)));
  }),
  indexof: plain((text, needle, from) => textOfValue(text).indexOf(textOfValue(needle), Number(from ?? 0))),
  countof: plain((text, needle, kind) => countOf(textOfValue(text), textOfValue(needle), kind)),
  split: plain((text, delimiter, index) => {
    const parts = textOfValue(text).split(textOfValue(delimiter));
    return index === null ? parts : parts.slice(Number(index), Number(index) + 1);
  }),
  extract:
    ([pattern, group, text]) =>
    (row) => {
      const match = regularExpression(textOfValue(pattern?.evaluate(row) ?? "")).exec(
        textOfValue(text?.evaluate(row) ?? ""),
      );
      return match?.[Number(group?.evaluate(row) ?? 0)] ?? "";
    },
  replace_string: plain((text, from, to) => {
    const needle = textOfValue(from);
    return needle === "" ? textOfValue(text) : textOfValue(text).replaceAll(needle, () => textOfValue(to));
  }),
  replace_regex: plain(replacePattern),
  // The old name, with the pattern first. Source: learn.microsoft.com/kusto/query/replace-regex-function (deprecated alias replace).
  replace: plain((pattern, replacement, text) => replacePattern(text, pattern, replacement)),
  extract_all: plain((pattern, groups, text) =>
    text === null ? extractAll(groups, pattern, null) : extractAll(text, pattern, groups),
  ),
  regex_quote: plain((text) => textOfValue(text).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")),
  strrep: plain((text, times, delimiter) =>
    Array.from({ length: Math.max(0, Number(times)) }, () => textOfValue(text)).join(textOfValue(delimiter)),
  ),
  trim: plain((pattern, text) => trimmed(textOfValue(pattern), textOfValue(text), "both")),
  trim_start: plain((pattern, text) => trimmed(textOfValue(pattern), textOfValue(text), "start")),
  trim_end: plain((pattern, text) => trimmed(textOfValue(pattern), textOfValue(text), "end")),
  hash_sha256:
    ([value]) =>
    (row) =>
      createHash("sha256")
        .update(stringOf(value?.evaluate(row) ?? null, value?.type ?? "string"))
        .digest("hex"),
  hash_md5:
    ([value]) =>
    (row) =>
      createHash("md5")
        .update(stringOf(value?.evaluate(row) ?? null, value?.type ?? "string"))
        .digest("hex"),
  strcmp: plain((left, right) => {
    const [first, second] = [textOfValue(left), textOfValue(right)];
    return first === second ? 0 : first < second ? -1 : 1;
  }),
  reverse: plain((text) => [...textOfValue(text)].reverse().join("")),
};

function countOf(text: string, needle: string, kind: Value): number {
  if (kind === "regex") return [...text.matchAll(new RegExp(regularExpression(needle).source, "g"))].length;
  let count = 0;
  // Plain needles may overlap. Source: learn.microsoft.com/kusto/query/countof-function.
  for (let at = text.indexOf(needle); needle !== "" && at >= 0; at = text.indexOf(needle, at + 1)) count++;
  return count;
}

function replacePattern(text: Value, pattern: Value, replacement: Value): string {
  const { source, flags } = regularExpression(textOfValue(pattern));
  // RE2 writes groups as \1, JavaScript as $1.
  const written = textOfValue(replacement)
    .replaceAll("$", "$$$$")
    .replace(/\\(\d)/g, "$$$1");
  return textOfValue(text).replace(new RegExp(source, `${flags}g`), written);
}

/**
 * Every match: with one group of the pattern its text, with more an array for each match; null where nothing matches.
 * Source: learn.microsoft.com/kusto/query/extract-all-function, checked 2026-11.
 */
function extractAll(text: Value, pattern: Value, wanted: Value): Value {
  const { source, flags } = regularExpression(textOfValue(pattern));
  const found = [...textOfValue(text).matchAll(new RegExp(source, `${flags}g`))].map((match) => {
    const groups = match.slice(1).map((group) => group ?? "");
    const chosen = Array.isArray(wanted) ? wanted.map((one) => match[Number(one)] ?? "") : groups;
    return chosen.length === 1 ? (chosen[0] ?? "") : chosen;
  });
  return found.length === 0 ? null : found;
}

function trimmed(pattern: string, text: string, side: "both" | "start" | "end"): string {
  const { source } = regularExpression(pattern);
  const start = side === "end" ? text : text.replace(new RegExp(`^(?:${source})`), "");
  return side === "start" ? start : start.replace(new RegExp(`(?:${source})$`), "");
}
