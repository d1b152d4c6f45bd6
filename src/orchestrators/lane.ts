/**
 * A lane is a chain of steps. Where a step needs one of another lane, the lane waits for that lane's announcement; a
 * lane that stops announces for every step it will not do, so no other lane waits for ever; of one that was ended from
 * outside, those that wait for it find out by themselves.
 */
import type { OrchestrationContext } from "durable-functions";
import { outputsFor, type ScopedOutputs, scoped } from "../domain/clusterScope.ts";
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import { latentLaneStatus, skipped, untouched, waitingFor } from "../domain/laneProgress.ts";
import {
  type LaneStep,
  laneInstanceId,
  type OperationKey,
  type StepAnnouncement,
  type StepProgress,
  type Stop,
  stepEndedEvent,
} from "../domain/operation.ts";
import { awaitStep } from "./awaitStep.ts";
import { callActivity, callEnvironment, nowIso, type Steps } from "./calls.ts";
import { runStep } from "./runStep.ts";

export interface LaneInput {
  readonly operation: OperationKey;
  /** The environment as steps see it that name no cluster, … */
  readonly spec: EnvironmentSpec;
  /** … and as those of its steps do that name one. */
  readonly views: Readonly<Record<string, EnvironmentSpec>>;
  /** What is known before the first step. */
  readonly outputs: ScopedOutputs;
  readonly steps: readonly LaneStep[];
}

export interface LaneEnd {
  readonly stop?: Stop;
  /** What was learnt in this operation. */
  readonly outputs: ScopedOutputs;
}

export function* lane(context: OrchestrationContext): Steps<LaneEnd> {
  const input = context.df.getInput<LaneInput>();
  const progress: Record<string, StepProgress> = Object.fromEntries(input.steps.map((step) => [step.id, untouched]));
  const heard = new Map<string, StepAnnouncement>();
  let outputs: ScopedOutputs = {};
  let stop: Stop | undefined;
  const publish = (stepId: string, next: StepProgress): void => {
    progress[stepId] = next;
    context.df.setCustomStatus(latentLaneStatus(progress, outputs));
  };

  for (const step of input.steps) {
    if (stop === undefined) {
      const ready = yield* awaitNeeds(context, input, step, heard, (reason) =>
        publish(step.id, waitingFor(progress[step.id] ?? untouched, reason, nowIso(context))),
      );
      outputs = { ...outputs, ...ready.outputs };
      // Asked even when a needed step did not come: the environment knows the first reason, a failure or a cancel.
      stop = (yield* callEnvironment(context, input.spec.name, "findStop", input.operation)).stop ?? ready.stop;
    }
    if (stop === undefined) {
      const { cluster } = step;
      const spec = cluster === undefined ? input.spec : viewNamed(input, cluster);
      const known = outputsFor({ ...input.outputs, ...outputs }, cluster);
      const run = `${input.operation.ticketNumber}-${input.operation.attempt}`;
      const end = yield* runStep(context, {
        step,
        input: { stepId: step.definition ?? step.id, kind: step.kind, spec, outputs: known, run },
        operation: input.operation,
        before: progress[step.id] ?? untouched,
        publish: (next) => publish(step.id, next),
      });
      outputs = { ...outputs, ...scoped(end.outputs, cluster) };
      stop = end.stop;
      publish(step.id, stop === undefined ? end.progress : skipped(end.progress, reasonOf(stop), nowIso(context)));
      if (end.progress.state === "failed") {
        stop = { kind: "failed", stepId: step.id };
        yield* callEnvironment(context, spec.name, "requestStop", { operation: input.operation, stop });
      }
    } else {
      publish(step.id, skipped(progress[step.id] ?? untouched, reasonOf(stop), nowIso(context)));
    }
    const ok = stop === undefined;
    yield* announce(context, input, step, { ok, outputs });
  }
  return { outputs, ...(stop === undefined ? {} : { stop }) };
}

function viewNamed({ views }: LaneInput, cluster: string): EnvironmentSpec {
  const view = views[cluster];
  if (view === undefined)
    throw new Error(`The operation has no view of the cluster ${cluster}, which a step is about.`);
  return view;
}

/** Waits for the steps of other lanes that this one needs, one after the other: all must come anyway. */
function* awaitNeeds(
  context: OrchestrationContext,
  { operation, spec }: LaneInput,
  step: LaneStep,
  heard: Map<string, StepAnnouncement>,
  publishWait: (reason: string) => void,
): Steps<{ readonly outputs: ScopedOutputs; readonly stop?: Stop }> {
  let outputs: ScopedOutputs = {};
  for (const needed of step.awaits) {
    const { id, title } = needed;
    const stop: Stop = { kind: "failed", stepId: id };
    let announcement = heard.get(id);
    if (announcement === undefined) {
      publishWait(title);
      const said = yield* awaitStep(context, operation, needed);
      // Nobody else has told the environment why the operation stops.
      if (said === "laneEnded") yield* callEnvironment(context, spec.name, "requestStop", { operation, stop });
      announcement = said === "laneEnded" ? { ok: false, outputs: {} } : said;
      heard.set(id, announcement);
    }
    if (!announcement.ok) return { outputs, stop };
    outputs = { ...outputs, ...announcement.outputs };
  }
  return { outputs };
}

function* announce(
  context: OrchestrationContext,
  input: LaneInput,
  step: LaneStep,
  announcement: StepAnnouncement,
): Steps<void> {
  const instanceIds = step.awaitedBy.map((name) => laneInstanceId(input.operation, name));
  if (instanceIds.length === 0) return;
  yield* callActivity(context, "announceStep", { instanceIds, eventName: stepEndedEvent(step.id), announcement });
}

function reasonOf(stop: Stop): string {
  switch (stop.kind) {
    case "cancelled":
      return "the ticket was cancelled";
    case "displaced":
      return "the environment is another ticket's by now";
    case "failed":
      return `step ${stop.stepId ?? "of another lane"} failed`;
  }
}
