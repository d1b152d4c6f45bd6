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
  for (const [index, word] of pattern.entries()) {
    const segment = segments[index] ?? "";
    const name = /^\{(.+)\}$/.exec(word)?.[1];
    if (name !== undefined) params[name] = segment;
    else if (!sameText(word, segment)) return undefined;
  }
  const resourceId = resourceLength === 0 ? undefined : `/${segments.slice(0, resourceLength).join("/")}`;
  return { operation, params, resourceId, scope: resourceId ?? scopeOf(segments) };
}

/** "{Microsoft.X/ys}/act" stands for the full path of a Y in a resource group. */
function patternOf(path: string): { readonly pattern: readonly string[]; readonly resourceLength: number } {
  const type = /^\/?\{(Microsoft\.[^}]+)\}/.exec(path);
  if (type?.[1] === undefined) return { pattern: path.split("/").filter((part) => part !== ""), resourceLength: 0 };
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
  return { pattern: [...resource, ...rest], resourceLength: resource.length };
}

function scopeOf(segments: readonly string[]): string {
  if (segments[0]?.toLowerCase() !== "subscriptions" || segments.length < 2) return "/";
  const length = segments[2]?.toLowerCase() === "resourcegroups" && segments.length > 3 ? 4 : 2;
  return `/${segments.slice(0, length).join("/")}`;
}
