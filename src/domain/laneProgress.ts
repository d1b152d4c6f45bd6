/** How the picture of a step changes with what happens to it. Pure: the lane's orchestration publishes what these return. */
import type { StepProgress } from "./operation.ts";
import type { CallCounts, Failure, StepOutcome } from "./stepOutcome.ts";

/** Texts of Azure can be long; the custom status of a lane may not exceed 16 KB of UTF-16 for all its steps. */
const LONGEST_TEXT = 600;

export const untouched: StepProgress = { state: "waiting", reads: 0, writes: 0, failures: 0 };

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
      return { ...counted, ...resourceOf(outcome), waitingFor: outcome.waitingFor };
    case "busy":
      return { ...counted, waitingFor: short(`${outcome.failure.code}: ${outcome.failure.message}`) };
    case "done":
      return {
        ...counted,
        ...resourceOf(outcome),
        ...(outcome.change === undefined ? {} : { detail: short(outcome.change) }),
        ...(outcome.finding === undefined
          ? {}
          : { finding: { ...outcome.finding, detail: short(outcome.finding.detail) } }),
        state: outcome.change === undefined && outcome.finding === undefined ? "unchanged" : "done",
        since: now,
        finishedAt: now,
      };
    case "rejected":
      return {
        ...failed(counted, outcome.failure, now),
        ...resourceOf(outcome),
        ...(outcome.finding === undefined ? {} : { finding: outcome.finding }),
      };
  }
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

function short(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
