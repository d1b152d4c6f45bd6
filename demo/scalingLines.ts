import { clockText, durationText } from "../src/cli/durationText.ts";
import type { ScalingRecord, SyncRecord } from "./scalingRecord.ts";

/** What has changed between two states of the record, a line each: for a log, and for the lower half of the screen. */
export function scalingLines(before: ScalingRecord, now: ScalingRecord, beginEpochMs: number): readonly string[] {
  const said = [
    ...countChange("nodes", before.last.nodes.length, now.last.nodes.length),
    ...countChange("routes in the cluster's table", before.last.sourceRoutes.length, now.last.sourceRoutes.length),
    ...countChange("routes in the gateway's table", before.last.gatewayRoutes.length, now.last.gatewayRoutes.length),
    ...answerChanges(before, now),
    ...syncChanges(before, now),
  ];
  const at = clockText((now.last.atEpochMs - beginEpochMs) / 1000).padStart(7);
  return said.map((text) => `${at}  ${text}`);
}

function countChange(what: string, before: number, now: number): readonly string[] {
  return before === now ? [] : [`${what}: ${before} → ${now}`];
}

const answerWords = {
  "200": "answers 200 through the gateway",
  "502 no pod yet": "502: its pod is not in the gateway yet",
  "502 unreachable": "502: the gateway has its pod, but no route to it",
} as const;

function answerChanges(before: ScalingRecord, now: ScalingRecord): readonly string[] {
  const known = new Map(before.last.nodes.map(({ name, answer }) => [name, answer]));
  return now.last.nodes.flatMap(({ name, answer }) => {
    if (answer === undefined || known.get(name) === answer) return [];
    const words =
      answer in answerWords ? answerWords[answer as keyof typeof answerWords] : `answers ${answer.slice(6)}`;
    return [`${name}  ${words}`];
  });
}

function syncChanges(before: ScalingRecord, now: ScalingRecord): readonly string[] {
  const written = now.syncs.slice(before.syncs.length).map(syncText);
  const healthy = now.syncs
    .filter(({ instanceId, healthyAt }) => {
      const known = before.syncs.find((sync) => sync.instanceId === instanceId);
      return healthyAt !== undefined && known?.healthyAt === undefined;
    })
    .map(({ reason, secondsToHealthy }) => `all backends healthy${reason === "event" ? since(secondsToHealthy) : ""}`);
  return [...written, ...healthy];
}

/** In the app's own words, with what made it look; a look of a watch has no event of its own. It is done when it was found to be in effect. */
export function syncText({ reason, writes, change = "", secondsToWritten }: SyncRecord): string {
  const short = change.replace(/: .*$/, "");
  const what = `the app's sync is done: ${short}, ${writes} ${writes === 1 ? "write" : "writes"}`;
  return reason === "event" ? `${what}${since(secondsToWritten)}` : `${what} (${reason})`;
}

function since(seconds: number | undefined): string {
  return seconds === undefined ? "" : `, ${durationText(seconds)} after the event`;
}
