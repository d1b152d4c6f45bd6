import { regularExpression } from "./regularExpression.ts";

type Prepare = (needle: string) => (text: string) => boolean;

/** Operators between texts, without their negations: each prepares a needle once and then tests many texts. */
export const textOperators: Readonly<Record<string, Prepare>> = {
  "=~": (needle) => {
    const lower = needle.toLowerCase();
    return (text) => text === needle || text.toLowerCase() === lower;
  },
  has: insensitive(hasTerm),
  has_cs: sensitive(hasTerm),
  hasprefix: insensitive((text, needle) => hasTerm(text, needle, "prefix")),
  hasprefix_cs: sensitive((text, needle) => hasTerm(text, needle, "prefix")),
  hassuffix: insensitive((text, needle) => hasTerm(text, needle, "suffix")),
  hassuffix_cs: sensitive((text, needle) => hasTerm(text, needle, "suffix")),
  contains: insensitive((text, needle) => text.includes(needle)),
  contains_cs: sensitive((text, needle) => text.includes(needle)),
  startswith: insensitive((text, needle) => text.startsWith(needle)),
  startswith_cs: sensitive((text, needle) => text.startsWith(needle)),
  endswith: insensitive((text, needle) => text.endsWith(needle)),
  endswith_cs: sensitive((text, needle) => text.endsWith(needle)),
  "matches regex": (needle) => {
    const pattern = regularExpression(needle);
    return (text) => pattern.test(text);
  },
};

type Holds = (text: string, needle: string) => boolean;

function insensitive(holds: Holds): Prepare {
  return (needle) => {
    const lower = needle.toLowerCase();
    return (text) => holds(text.toLowerCase(), lower);
  };
}

function sensitive(holds: Holds): Prepare {
  return (needle) => (text) => holds(text, needle);
}

const TERM_CHARACTER = /[\p{L}\p{N}]/u;

/**
 * Whether the needle stands in the text as whole terms: what touches it is no letter and no digit.
 * Source: learn.microsoft.com/kusto/query/datatypes-string-operators (what is a term), checked 2026-11.
 */
export function hasTerm(text: string, needle: string, edge: "both" | "prefix" | "suffix" = "both"): boolean {
  if (needle === "") return true;
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
    const freeBefore = edge === "suffix" || isEdge(text[at - 1], needle[0]);
    const freeAfter = edge === "prefix" || isEdge(text[at + needle.length], needle[needle.length - 1]);
    if (freeBefore && freeAfter) return true;
  }
  return false;
}

/** A needle that begins or ends with what is in no term needs no edge there. */
function isEdge(neighbour: string | undefined, own: string | undefined): boolean {
  return neighbour === undefined || own === undefined || !TERM_CHARACTER.test(own) || !TERM_CHARACTER.test(neighbour);
}
