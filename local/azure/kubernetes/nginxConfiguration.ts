/**
 * The part of nginx's configuration that a container of the local Azure can have: servers with `listen`, locations with
 * `return`. Any other directive stops the container at start, with nginx's own words, instead of being passed over.
 */

/** One `location`: how it matches, and what it returns. */
export interface NginxLocation {
  readonly exact: boolean;
  readonly path: string;
  readonly contentType: string;
  readonly status: number;
  /** Text with nginx's $variables. */
  readonly text: string;
}

export interface NginxServer {
  readonly port: number;
  readonly locations: readonly NginxLocation[];
}

interface Directive {
  readonly words: readonly string[];
  readonly block: readonly Directive[] | undefined;
}

const DEFAULT_CONTENT_TYPE = "text/plain";

/** Directives that change nothing of what is answered here. */
const IGNORED = new Set([
  "pid",
  "worker_processes",
  "error_log",
  "access_log",
  "user",
  "events",
  "include",
  "sendfile",
  "keepalive_timeout",
  "server_name",
  "server_tokens",
]);

/** Reads a configuration file; a string is nginx's complaint. */
export function parseNginx(text: string): readonly NginxServer[] | string {
  try {
    const tokens = tokenize(text);
    const directives = readBlock(tokens, { at: 0 }, false);
    const http = only(directives, ["http"]).flatMap((directive) => directive.block ?? []);
    const contentType = contentTypeOf(http, DEFAULT_CONTENT_TYPE);
    return only(http, ["server", "default_type"])
      .filter(isNamed("server"))
      .map((server) => readServer(server.block ?? [], contentType));
  } catch (cause) {
    return `nginx: [emerg] ${(cause as Error).message}`;
  }
}

function readServer(directives: readonly Directive[], inherited: string): NginxServer {
  const known = only(directives, ["listen", "location", "default_type"]);
  const contentType = contentTypeOf(known, inherited);
  const listen = known.find(isNamed("listen"))?.words[1] ?? "80";
  const port = Number(listen.split(":").at(-1));
  if (!Number.isInteger(port)) throw new Error(`invalid port in "${listen}" of the "listen" directive`);
  return { port, locations: known.filter(isNamed("location")).map((location) => readLocation(location, contentType)) };
}

function readLocation({ words, block }: Directive, inherited: string): NginxLocation {
  const [, first = "", second] = words;
  const exact = first === "=" && second !== undefined;
  const path = exact ? second : first;
  if (!path.startsWith("/"))
    throw new Error(`unsupported location "${words.slice(1).join(" ")}": the local Azure knows "/path" and "= /path"`);
  const inside = only(block ?? [], ["return", "default_type"]);
  const [, status = "", text = ""] = inside.find(isNamed("return"))?.words ?? [];
  if (!/^\d{3}$/.test(status))
    throw new Error(`location "${path}" has no "return" with a status, which is all that the local Azure serves`);
  return { exact, path, contentType: contentTypeOf(inside, inherited), status: Number(status), text };
}

/** Throws for directives that are neither wanted nor without effect. */
function only(directives: readonly Directive[], wanted: readonly string[]): readonly Directive[] {
  const unknown = directives.find(({ words }) => !wanted.includes(words[0] ?? "") && !IGNORED.has(words[0] ?? ""));
  if (unknown !== undefined)
    throw new Error(`unknown directive "${unknown.words[0]}" (the local Azure serves "return" only)`);
  return directives.filter(({ words }) => wanted.includes(words[0] ?? ""));
}

function isNamed(name: string): (directive: Directive) => boolean {
  return ({ words }) => words[0] === name;
}

function contentTypeOf(directives: readonly Directive[], inherited: string): string {
  return directives.find(isNamed("default_type"))?.words[1] ?? inherited;
}

interface Token {
  readonly text: string;
  readonly isQuoted: boolean;
}

function tokenize(text: string): readonly Token[] {
  const pattern = /#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([{};])|([^\s{};"']+)/g;
  const tokens: Token[] = [];
  for (const [whole, double, single, mark, word] of text.matchAll(pattern)) {
    if (whole.startsWith("#")) continue;
    const quoted = double ?? single;
    tokens.push(
      quoted === undefined
        ? { text: mark ?? word ?? "", isQuoted: false }
        : { text: unescaped(quoted), isQuoted: true },
    );
  }
  return tokens;
}

function unescaped(text: string): string {
  return text.replace(
    /\\([nrt"'\\])/g,
    (_, character: string) => ({ n: "\n", r: "\r", t: "\t" })[character] ?? character,
  );
}

function readBlock(tokens: readonly Token[], position: { at: number }, isInner: boolean): readonly Directive[] {
  const directives: Directive[] = [];
  let words: string[] = [];
  while (position.at < tokens.length) {
    const token = tokens[position.at++];
    const mark = token?.isQuoted ? undefined : token?.text;
    if (mark === "}") {
      if (!isInner) throw new Error('unexpected "}"');
      return directives;
    }
    if (mark === ";" || mark === "{") {
      directives.push({ words, block: mark === "{" ? readBlock(tokens, position, true) : undefined });
      words = [];
    } else words.push(token?.text ?? "");
  }
  if (isInner || words.length > 0) throw new Error('unexpected end of file, expecting ";" or "}"');
  return directives;
}
