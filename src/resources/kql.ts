/**
 * The only place where KQL is put together. A query is a text of our own with values in it, and every value is made by a
 * constructor that knows what such a value looks like and refuses everything else; so nothing from outside can end a literal
 * and go on as a query.
 */
import { isAddress, parsePrefix } from "../domain/addressPrefix.ts";
import { parseArmId } from "../domain/armId.ts";

declare const madeByThisFile: unique symbol;

/** A piece of KQL that was made here: no other file can make one. */
export interface Kql {
  readonly text: string;
  readonly [madeByThisFile]: true;
}

/** What a workspace is asked, and the span of TimeGenerated that it looks at. */
export interface LogQuestion {
  readonly query: Kql;
  readonly startTime: string;
  readonly endTime: string;
}

const madeHere = new WeakSet<Kql>();

/** The text of our own, with values that were made here, and nothing else, put in. */
export function kql(text: TemplateStringsArray, ...values: readonly Kql[]): Kql {
  // The raw text: a backslash in a pattern is the pattern's.
  const pieces = text.raw.map((piece, index) => {
    const value = values[index];
    if (value === undefined) return piece;
    if (!madeHere.has(value))
      throw new Error("Only values that were made by the constructors of kql.ts go into a query.");
    return piece + value.text;
  });
  return made(pieces.join(""));
}

/** Several values with the same text between them: `, ` in a list, ` or ` in a condition. */
export function kqlJoined(values: readonly Kql[], between: ", " | " or " | ",\n" = ", "): Kql {
  if (values.length === 0) throw new Error("A list in a query needs a member.");
  if (!values.every((value) => madeHere.has(value)))
    throw new Error("Only values that were made by the constructors of kql.ts go into a query.");
  return made(values.map(({ text }) => text).join(between));
}

/** An instant, given as ISO 8601 in UTC. */
export function kqlDatetime(iso: string): Kql {
  const epochMs = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z$/.test(iso) ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(epochMs)) throw refused("an instant in UTC", iso);
  return made(`datetime(${new Date(epochMs).toISOString()})`);
}

/** A prefix in CIDR notation, as a string. */
export function kqlPrefix(prefix: string): Kql {
  const parsed = parsePrefix(prefix);
  if (parsed === undefined) throw refused("an IPv4 prefix", prefix);
  return quoted(parsed.network);
}

/** An IPv4 address, as a string. */
export function kqlAddress(address: string): Kql {
  if (!isAddress(address)) throw refused("an IPv4 address", address);
  return quoted(address);
}

/** The id of an ARM resource, as a string. */
export function kqlResourceId(id: string): Kql {
  if (parseArmId(id) === undefined) throw refused("a resource id", id);
  return quoted(id);
}

/** Characters of a DNS name. Source: RFC 1035 §2.3.4. */
const NAME_CHARACTERS_MAX = 253;
const name = /^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/;

/** A DNS name in lower case, or the end of one that begins with a dot, as a string. */
export function kqlName(text: string): Kql {
  if (!name.test(text) || text.length > NAME_CHARACTERS_MAX) throw refused("a DNS name in lower case", text);
  return quoted(text);
}

/** A whole number. */
export function kqlNumber(number: number): Kql {
  if (!Number.isSafeInteger(number)) throw refused("a whole number", String(number));
  return made(String(number));
}

/** Whatever comes here has been looked at; the letters that could end or change a string are looked for once more. */
function quoted(text: string): Kql {
  if (!/^[\p{L}\p{N}\p{M}_./()-]+$/u.test(text)) throw refused("a text without quotes, blanks and backslashes", text);
  return made(`"${text}"`);
}

function made(text: string): Kql {
  const piece = { text } as Kql;
  madeHere.add(piece);
  return piece;
}

function refused(what: string, value: string): Error {
  return new Error(`${JSON.stringify(value)} is not ${what}; it does not go into a query.`);
}
