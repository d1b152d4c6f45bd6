import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";

/** Text that came over the wire without anything that a terminal would obey: escape sequences, line breaks, direction marks. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/\p{Cf}/gu, "")
    .trim();
}

/** Cells that the text takes on a terminal. */
export function cellWidth(text: string): number {
  return stringWidth(text);
}

/** The text cut to the width, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  if (width <= 0) return "";
  if (stringWidth(text) <= width) return text;
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** The text cut or filled up to exactly the width. */
export function fitLeft(text: string, width: number): string {
  const short = cut(text, width);
  return short + " ".repeat(Math.max(0, width - stringWidth(short)));
}

/** The text set against the right edge of the width. */
export function fitRight(text: string, width: number): string {
  const short = cut(text, width);
  return " ".repeat(Math.max(0, width - stringWidth(short))) + short;
}

/** The text in lines of at most the width, broken between words; a longer word is cut into pieces. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    for (const piece of pieces(word, Math.max(1, width))) {
      const longer = line === "" ? piece : `${line} ${piece}`;
      if (stringWidth(longer) <= width) line = longer;
      else {
        if (line !== "") lines.push(line);
        line = piece;
      }
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function pieces(word: string, width: number): string[] {
  if (stringWidth(word) <= width) return [word];
  const parts: string[] = [];
  let part = "";
  for (const { segment } of graphemes.segment(word)) {
    if (part !== "" && stringWidth(part + segment) > width) {
      parts.push(part);
      part = "";
    }
    part += segment;
  }
  return [...parts, part];
}
