import type { OrchestrationContext } from "durable-functions";
import type { StepInput } from "../activities/stepInput.ts";
import { begun, failed, moved } from "../domain/laneProgress.ts";
import type { StepProgress } from "../domain/operation.ts";
import { giveUpAfterSeconds, nextLookSeconds, nextTrySeconds, patienceSeconds } from "../domain/pace.ts";
import type { Outputs, Step } from "../domain/step.ts";
import type { Failure, StepCursor, StepOutcome } from "../domain/stepOutcome.ts";
import { callActivity, nowIso, type Steps, sleepSeconds } from "./calls.ts";

/** No step needs as many moves; a loop that waits has an end. */
const MOVES_MAX = 1000;

export interface StepEnd {
  readonly progress: StepProgress;
  readonly outputs: Outputs;
}

/** Takes one step to its end, publishing its progress after each move. Always returns; a failure is in the progress. */
export function* runStep(
  context: OrchestrationContext,
  step: Step,
  input: Omit<StepInput, "cursor" | "elapsedSeconds">,
  publish: (progress: StepProgress) => void,
  before: StepProgress,
): Steps<StepEnd> {
  const startedMs = context.df.currentUtcDateTime.getTime();
  let progress = begun(before, nowIso(context));
  let cursor: StepCursor | undefined;
  let busySince: { readonly code: string; readonly epochMs: number; readonly tries: number } | undefined;
  publish(progress);
  try {
    for (let move = 0; move < MOVES_MAX; move++) {
      const sinceStartSeconds = (context.df.currentUtcDateTime.getTime() - startedMs) / 1000;
      const position = { ...input, elapsedSeconds: sinceStartSeconds, ...(cursor === undefined ? {} : { cursor }) };
      const report = yield* callActivity(context, "advanceStep", position);
      const nowMs = context.df.currentUtcDateTime.getTime();
      const elapsedSeconds = (nowMs - startedMs) / 1000;
      const outcome = impatient(report.outcome, busySince, nowMs, elapsedSeconds, step);
      progress = moved(progress, outcome, report.calls, nowIso(context));
      publish(progress);
      if (outcome.kind === "done") return { progress, outputs: outcome.outputs };
      if (outcome.kind === "rejected") return { progress, outputs: {} };
      cursor = outcome.cursor;
      if (outcome.kind === "busy") {
        const { code } = outcome.failure;
        busySince =
          busySince?.code === code ? { ...busySince, tries: busySince.tries + 1 } : { code, epochMs: nowMs, tries: 1 };
        yield* sleepSeconds(context, nextTrySeconds(busySince.tries, outcome.retryAfterSeconds));
      } else {
        busySince = undefined;
        const { retryAfterSeconds, lookAfterSeconds } = outcome;
        const pace = { expectedSeconds: step.expectedSeconds, elapsedSeconds, retryAfterSeconds };
        yield* sleepSeconds(context, lookAfterSeconds ?? nextLookSeconds(pace));
      }
    }
    return {
      progress: failed(progress, gaveUp(`It was not finished after ${MOVES_MAX} moves.`), nowIso(context)),
      outputs: {},
    };
  } catch (error) {
    return { progress: failed(progress, crashed(error), nowIso(context)), outputs: {} };
  }
}

/** Turns a wait that has lasted too long into its failure. */
function impatient(
  outcome: StepOutcome,
  busySince: { readonly code: string; readonly epochMs: number } | undefined,
  nowMs: number,
  elapsedSeconds: number,
  step: Step,
): StepOutcome {
  if (outcome.kind === "busy" && busySince?.code === outcome.failure.code) {
    const waitedSeconds = (nowMs - busySince.epochMs) / 1000;
    if (waitedSeconds >= patienceSeconds(outcome.failure)) return { kind: "rejected", failure: outcome.failure };
  }
  if (outcome.kind === "accepted" && elapsedSeconds >= giveUpAfterSeconds(step.expectedSeconds)) {
    const minutes = Math.round(elapsedSeconds / 60);
    return { kind: "rejected", failure: gaveUp(`It was still "${outcome.waitingFor}" after ${minutes} minutes.`) };
  }
  return outcome;
}

function gaveUp(message: string): Failure {
  return {
    code: "NotFinishedInTime",
    message,
    advice: "Look at the resource in Azure; when it has settled, retry this ticket.",
  };
}

function crashed(error: unknown): Failure {
  return {
    code: "ActivityFailed",
    message: error instanceof Error ? error.message : String(error),
    advice: "This is a fault of Portcullis itself: its log says more. Retrying is safe.",
  };
}
