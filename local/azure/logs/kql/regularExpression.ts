import { QueryError } from "./queryError.ts";

const known = new Map<string, RegExp>();
const KNOWN_MAX = 500;

/**
 * A pattern of RE2, as Kusto has it, as JavaScript's: the same but for named groups, flags at the front and what RE2 refuses
 * (look-around, back references). Source: learn.microsoft.com/kusto/query/regex, checked 2026-11.
 */
export function regularExpression(pattern: string): RegExp {
  const before = known.get(pattern);
  if (before !== undefined) return before;
  if (/\(\?<?[=!]|\\[1-9]/.test(pattern)) throw refused(pattern);
  const [, flags = "", body = pattern] = /^\(\?([a-zA-Z]+)\)(.*)$/s.exec(pattern) ?? [];
  try {
    const made = new RegExp(body.replaceAll("(?P<", "(?<"), flags.replace(/[^ims]/g, ""));
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(pattern, made);
    return made;
  } catch {
    throw refused(pattern);
  }
}

function refused(pattern: string): QueryError {
  return new QueryError("SemanticError", "SEM0420", `Regex pattern is ill-formed: '${pattern}'`);
}
