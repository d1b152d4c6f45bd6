/** How the picture of a step changes with what happens to it. Pure: the lane's orchestration publishes what these return. */
import type { ScopedOutputs } from "./clusterScope.ts";
import type { LaneStatus, StepProgress } from "./operation.ts";

import type { CallCounts, Failure, Finding, StepOutcome } from "./stepOutcome.ts";

/** Texts of Azure can be long; this much of each tells what there is to know. */
const LONGEST_TEXT = 600;

/** What is tried, one after the other, when all texts of a lane together are too long. */
const TEXT_LENGTHS = [LONGEST_TEXT, 300, 100];

/** The Durable extension refuses a longer custom status, which would end the lane: 16 KB of UTF-16. */
const STATUS_CHARACTERS_MAX = (16 * 1024) / 2;

export const noCalls: CallCounts = { reads: 0, writes: 0, failures: 0 };

export const untouched: StepProgress = { state: "waiting", ...noCalls };

export function waitingFor(progress: StepProgress, reason: string, now: string): StepProgress {
  return { ...progress, state: "waiting", since: progress.since ?? now, waitingFor: reason };
}

export function begun(progress: StepProgress, now: string): StepProgress {
  const { waitingFor: _, ...rest } = progress;
  return { ...rest, state: "running", since: now, startedAt: now };
}

/** After one move: what it waits for now, or how it ended. */
export function moved(progress: StepProgress, outcome: StepOutcome, calls: CallCounts, now: string): StepProgress {
  const { waitingFor: _, ...rest } = progress;
  const counted = { ...rest, ...sumCalls(progress, calls) };
  switch (outcome.kind) {
    case "accepted":
      return {
        ...counted,
        ...resourceOf(outcome),
        ...detailOf(outcome.cursor.change),
        waitingFor: short(outcome.waitingFor),
      };
    case "withheld":
      return counted;
    case "busy":
      return { ...counted, waitingFor: short(`${outcome.failure.code}: ${outcome.failure.message}`) };
    case "done": {
      const change = outcome.change ?? earlierChange(counted);
      return {
        ...counted,
        ...resourceOf(outcome),
        ...detailOf(change ?? outcome.note),
        ...findingOf(outcome),
        ...warningsOf(outcome),
        state: change === undefined && outcome.finding === undefined ? "unchanged" : "done",
        since: now,
        finishedAt: now,
      };
    }
    case "rejected":
      return { ...failed(counted, outcome.failure, now), ...resourceOf(outcome), ...findingOf(outcome) };
  }
}

/** The last move found everything right, but an earlier one had written: it was superseded, or its answer never came. */
function earlierChange({ detail, writes }: StepProgress): string | undefined {
  return detail ?? (writes > 0 ? "written; Azure's answer to the write was lost" : undefined);
}

export function failed(progress: StepProgress, failure: Failure, now: string): StepProgress {
  const { waitingFor: _, ...rest } = progress;
  return {
    ...rest,
    state: "failed",
    since: now,
    finishedAt: now,
    failure: { ...failure, message: short(failure.message) },
  };
}

/** Not begun, and it will not be. */
export function skipped(progress: StepProgress, reason: string, now: string): StepProgress {
  return { ...progress, state: "skipped", since: now, waitingFor: reason };
}

/** What a lane tells of itself: texts in full, or as much of them as the Durable extension takes. */
export function laneStatus(steps: Readonly<Record<string, StepProgress>>, outputs: ScopedOutputs): LaneStatus {
  const fits = TEXT_LENGTHS.map((characters) => ({ steps: shortened(steps, characters), outputs })).find(
    (status) => JSON.stringify(status).length <= STATUS_CHARACTERS_MAX,
  );
  return fits ?? { steps: shortened(steps, 0), outputs };
}

/**
 * The same, made when it becomes JSON: a lane says it at every step of each of its replays, and only what was said last
 * is ever written.
 */
export function latentLaneStatus(
  steps: Readonly<Record<string, StepProgress>>,
  outputs: ScopedOutputs,
): { toJSON(): LaneStatus } {
  const asOfNow = { ...steps };
  return { toJSON: () => laneStatus(asOfNow, outputs) };
}

function shortened(steps: LaneStatus["steps"], characters: number): LaneStatus["steps"] {
  const entries = Object.entries(steps).map(([id, progress]) => {
    const { detail, waitingFor: wait, failure, finding, warnings } = progress;
    return [
      id,
      {
        ...progress,
        ...(detail === undefined ? {} : { detail: short(detail, characters) }),
        ...(wait === undefined ? {} : { waitingFor: short(wait, characters) }),
        ...(warnings === undefined ? {} : { warnings: warnings.map((text) => short(text, characters)) }),
        ...(failure === undefined ? {} : { failure: { ...failure, message: short(failure.message, characters) } }),
        ...(finding === undefined ? {} : { finding: { ...finding, detail: short(finding.detail, characters) } }),
      },
    ];
  });
  return Object.fromEntries(entries);
}

export function sumCalls(left: CallCounts, right: CallCounts): CallCounts {
  return {
    reads: left.reads + right.reads,
    writes: left.writes + right.writes,
    failures: left.failures + right.failures,
  };
}

function resourceOf(outcome: { readonly resourceId?: string }): { readonly resourceId?: string } {
  return outcome.resourceId === undefined ? {} : { resourceId: outcome.resourceId };
}

function detailOf(change: string | undefined): { readonly detail?: string } {
  return change === undefined ? {} : { detail: short(change) };
}

function warningsOf({ warnings = [] }: { readonly warnings?: readonly string[] }): Pick<StepProgress, "warnings"> {
  return warnings.length === 0 ? {} : { warnings: warnings.map((text) => short(text)) };
}

function findingOf({ finding }: { readonly finding?: Finding }): { readonly finding?: Finding } {
  return finding === undefined ? {} : { finding: { ...finding, detail: short(finding.detail) } };
}

function short(text: string, characters = LONGEST_TEXT): string {
  return text.length <= characters ? text : `${text.slice(0, Math.max(0, characters - 1))}…`;
}
