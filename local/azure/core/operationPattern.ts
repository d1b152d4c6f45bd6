import type { ArmOperation } from "./resourceType.ts";
import { sameText } from "./sameText.ts";

export interface OperationMatch {
  readonly operation: ArmOperation;
  readonly params: Readonly<Record<string, string>>;
  /** The resource that a type in braces stands for. */
  readonly resourceId: string | undefined;
  /** What the caller needs the action on: the resource, or the group or subscription in the path; "/" when there is none. */
  readonly scope: string;
}

/** The operations whose path fits, whatever their method. */
export function matchOperations(
  operations: readonly ArmOperation[],
  segments: readonly string[],
): readonly OperationMatch[] {
  return operations.flatMap((operation) => matchOperation(operation, segments) ?? []);
}

function matchOperation(operation: ArmOperation, segments: readonly string[]): OperationMatch | undefined {
  const { pattern, resourceLength } = patternOf(operation.path);
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if ("parameter" in expected) params[expected.parameter] = segment;
    else if (!sameText(expected.word, segment)) return undefined;
  }
  const resourceId = resourceLength === 0 ? undefined : `/${segments.slice(0, resourceLength).join("/")}`;
  return { operation, params, resourceId, scope: resourceId ?? scopeOf(segments) };
}

interface PathPattern {
  readonly pattern: readonly PatternWord[];
  /** How many of its words name the resource; 0 when none does. */
  readonly resourceLength: number;
}

/** A word that stands as it is, or the name of a parameter. */
type PatternWord = { readonly word: string } | { readonly parameter: string };

/** Made once for each path: every request is compared with all of them. */
const patterns = new Map<string, PathPattern>();

function patternOf(path: string): PathPattern {
  let known = patterns.get(path);
  if (known === undefined) {
    const { words, resourceLength } = wordsOf(path);
    known = { pattern: words.map(patternWord), resourceLength };
    patterns.set(path, known);
  }
  return known;
}

function patternWord(word: string): PatternWord {
  const parameter = /^\{(.+)\}$/.exec(word)?.[1];
  return parameter === undefined ? { word } : { parameter };
}

/** "{Microsoft.X/ys}/act" stands for the full path of a Y in a resource group. */
function wordsOf(path: string): { readonly words: readonly string[]; readonly resourceLength: number } {
  const type = /^\/?\{(Microsoft\.[^}]+)\}/.exec(path);
  if (type?.[1] === undefined) return { words: path.split("/").filter((part) => part !== ""), resourceLength: 0 };
  const [namespace = "", ...types] = type[1].split("/");
  const names = types.flatMap((name) => [name, `{${name}Name}`]);
  const resource = [
    "subscriptions",
    "{subscriptionId}",
    "resourceGroups",
    "{resourceGroupName}",
    "providers",
    namespace,
    ...names,
  ];
  const rest = path
    .slice(type[0].length)
    .split("/")
    .filter((part) => part !== "");
  return { words: [...resource, ...rest], resourceLength: resource.length };
}

function scopeOf(segments: readonly string[]): string {
  if (segments[0]?.toLowerCase() !== "subscriptions" || segments.length < 2) return "/";
  const length = segments[2]?.toLowerCase() === "resourcegroups" && segments.length > 3 ? 4 : 2;
  return `/${segments.slice(0, length).join("/")}`;
}
