import type { OrchestrationContext } from "durable-functions";
import type { StepInput } from "../activities/stepInput.ts";
import { begun, failed, moved } from "../domain/laneProgress.ts";
import type { OperationKey, StepProgress, Stop } from "../domain/operation.ts";
import { giveUpAfterSeconds, nextLookSeconds, nextTrySeconds, patienceSeconds } from "../domain/pace.ts";
import { type RefusalStreak, refusalStreak, streakSeconds } from "../domain/refusalStreak.ts";
import type { Outputs, Step } from "../domain/step.ts";
import type { Failure, StepCursor, StepOutcome } from "../domain/stepOutcome.ts";
import { callActivity, callEnvironment, nowIso, type Steps, sleepSeconds } from "./calls.ts";

/** No step needs as many moves; a loop that waits has an end. */
const MOVES_MAX = 1000;

export interface StepRun {
  readonly step: Step;
  readonly input: Omit<StepInput, "cursor" | "at" | "elapsedSeconds" | "isStopping">;
  readonly operation: OperationKey;
  readonly before: StepProgress;
  publish(progress: StepProgress): void;
}

export interface StepEnd {
  readonly progress: StepProgress;
  readonly outputs: Outputs;
  /** Why the step was left before it had begun anything. */
  readonly stop?: Stop;
}

/** Takes one step to its end, publishing its progress after each move. Always returns; a failure is in the progress. */
export function* runStep(context: OrchestrationContext, run: StepRun): Steps<StepEnd> {
  const { step, input, publish } = run;
  const startedMs = context.df.currentUtcDateTime.getTime();
  let progress = begun(run.before, nowIso(context));
  let cursor: StepCursor | undefined;
  let streak: RefusalStreak | undefined;
  publish(progress);
  try {
    for (let move = 0; move < MOVES_MAX; move++) {
      const sinceStartSeconds = (context.df.currentUtcDateTime.getTime() - startedMs) / 1000;
      // The lane has asked before the first move, and a write of ours is followed to its end whatever happens elsewhere.
      const stop = move === 0 || isOursUnderWay(cursor) ? undefined : yield* findStop(context, run);
      const position: StepInput = {
        ...input,
        at: nowIso(context),
        elapsedSeconds: sinceStartSeconds,
        ...(cursor === undefined ? {} : { cursor }),
        ...(stop === undefined ? {} : { isStopping: true }),
      };
      const report = yield* callActivity(context, "advanceStep", position);
      const nowMs = context.df.currentUtcDateTime.getTime();
      const elapsedSeconds = (nowMs - startedMs) / 1000;
      if (report.outcome.kind === "busy") streak = refusalStreak(streak, report.outcome.failure.code, nowMs);
      const outcome = impatient(report.outcome, streak, elapsedSeconds, step);
      progress = moved(progress, outcome, report.calls, nowIso(context));
      publish(progress);
      if (outcome.kind === "withheld") return { progress, outputs: {}, ...(stop === undefined ? {} : { stop }) };
      if (outcome.kind === "done") return { progress, outputs: outcome.outputs };
      if (outcome.kind === "rejected") return { progress, outputs: outcome.outputs ?? {} };
      cursor = outcome.cursor;
      if (outcome.kind === "busy") {
        yield* sleepSeconds(context, nextTrySeconds(streak?.tries ?? 1, outcome.retryAfterSeconds));
      } else {
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

function isOursUnderWay(cursor: StepCursor | undefined): boolean {
  return cursor?.change !== undefined && cursor.isForeign === undefined;
}

function* findStop(context: OrchestrationContext, { input, operation }: StepRun): Steps<Stop | undefined> {
  return (yield* callEnvironment(context, input.spec.name, "findStop", operation)).stop;
}

/** Turns a wait that has lasted too long into its failure. */
function impatient(
  outcome: StepOutcome,
  streak: RefusalStreak | undefined,
  elapsedSeconds: number,
  step: Step,
): StepOutcome {
  if (outcome.kind === "busy" && streak !== undefined && streakSeconds(streak) >= patienceSeconds(outcome.failure)) {
    return { kind: "rejected", failure: outcome.failure };
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
