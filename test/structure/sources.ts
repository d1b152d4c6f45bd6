import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";

/** The repository's own sources, read once: who imports whom, how long functions are, and what comments say. */

export const repositoryDirectory = path.resolve(fileURLToPath(import.meta.url), "../../..");

export interface SourceImport {
  readonly line: number;
  /** Path in the repository ("src/domain/step.ts"), or the package ("zod", "node:fs"). */
  readonly target: string;
  readonly isOwn: boolean;
  readonly isTypeOnly: boolean;
}

export interface SourceFunction {
  readonly name: string;
  readonly line: number;
  readonly lineCount: number;
}

export interface Source {
  /** In the repository, with forward slashes. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly SourceImport[];
  readonly functions: readonly SourceFunction[];
  /** Their texts without the slashes and stars around them. */
  readonly comments: readonly string[];
}

const functionTypes = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

const folders = ["src", "local", "scripts", "demo", "bench", "test"];

export const sources: readonly Source[] = folders
  .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: repositoryDirectory }))
  .map((file) => file.split(path.sep).join("/"))
  .sort()
  .map(readSource);

function readSource(file: string): Source {
  const text = readFileSync(path.join(repositoryDirectory, file), "utf8");
  return { file, text, ...parseSource(file, text) };
}

/** Parses a text as if it stood in that file. */
export function parseSource(file: string, text: string): Omit<Source, "file" | "text"> {
  const { program, module, comments, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file} cannot be parsed: ${error.message}`);
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  const requested = [
    ...module.staticImports.map((one) => ({
      ...one.moduleRequest,
      isTypeOnly: one.entries.length > 0 && one.entries.every((entry) => entry.isType),
    })),
    ...module.staticExports
      .flatMap((one) => one.entries)
      .flatMap((entry) => (entry.moduleRequest === null ? [] : [{ ...entry.moduleRequest, isTypeOnly: entry.isType }])),
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
      value: unquoted(text.slice(start, end)),
      start,
      isTypeOnly: false,
    })),
  ];
  return {
    imports: requested.map(({ value, start, isTypeOnly }) => ({
      ...resolve(file, value),
      line: lineAt(start),
      isTypeOnly,
    })),
    functions: functionsIn(program).map(({ name, start, end }) => ({
      name,
      line: lineAt(start),
      lineCount: text.slice(start, end).split("\n").length,
    })),
    comments: comments.map(({ value }) => value),
  };
}

function unquoted(text: string): string {
  return text.replace(/^["'`]|["'`]$/g, "");
}

function resolve(file: string, specifier: string): { target: string; isOwn: boolean } {
  if (specifier.startsWith(".")) return { target: path.posix.join(path.posix.dirname(file), specifier), isOwn: true };
  const [scope = "", name = ""] = specifier.split("/");
  const target = specifier.startsWith("@") ? `${scope}/${name}` : specifier.startsWith("node:") ? specifier : scope;
  return { target, isOwn: false };
}

interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Every function below a node of the syntax tree, with the name it is known by. */
function functionsIn(node: unknown, name = "anonymous"): Span[] {
  if (Array.isArray(node)) return node.flatMap((child) => functionsIn(child, name));
  if (!isNode(node)) return [];
  const own = nameOf(node) ?? name;
  const isFunction = functionTypes.has(String(node.type));
  const below = Object.entries(node).flatMap(([key, child]) => (key === "parent" ? [] : functionsIn(child, own)));
  return isFunction ? [{ name: own, start: Number(node.start), end: Number(node.end) }, ...below] : below;
}

function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Functions, variables, methods and properties give the functions in them their name. */
function nameOf(node: Record<string, unknown>): string | undefined {
  const named = node.id ?? node.key;
  return isNode(named) && typeof named.name === "string" ? named.name : undefined;
}
