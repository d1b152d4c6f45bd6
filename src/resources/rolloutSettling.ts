import type { CommandResult, Settling } from "./commandDefinition.ts";

/** What `kubectl rollout status` says: exit 0 when all pods are ready, otherwise the last line tells what it waits for. */
export function readRollout(result: CommandResult): Settling {
  const detail = lastLine(result.logs);
  if (result.exitCode === 0) return { state: "settled", detail };
  return { state: "waiting", detail: detail === "" ? `kubectl ended with exit code ${result.exitCode}` : detail };
}

/** The last line of an output that says anything. */
export function lastLine(logs: string): string {
  return logs.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
