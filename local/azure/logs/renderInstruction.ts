import type { JsonObject } from "../core/resourceType.ts";

/**
 * What `Prefer: include-render=true` adds to the answer: how the query's last operator wants it drawn.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/api/prefer-options, checked 2026-11.
 */
export function renderInstruction(query: string): JsonObject {
  const [, visualization = null, rest = ""] = /\|\s*render\s+(\w+)([^|]*)$/.exec(query) ?? [];
  const given = (name: string): string | null =>
    new RegExp(`\\b${name}\\s*=\\s*(?:'([^']*)'|"([^"]*)"|(\\w+))`).exec(rest)?.slice(1).find(Boolean) ?? null;
  return {
    visualization,
    title: given("title"),
    accumulate: given("accumulate") === "true",
    isQuerySorted: false,
    kind: given("kind") ?? (visualization === null ? null : "default"),
    annotation: "",
    by: null,
  };
}
