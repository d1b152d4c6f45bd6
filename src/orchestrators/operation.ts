/** One ticket from its acceptance to its end: wait for the environment, claim its groups, run the lanes, remember what was built, make room for the next. */
import type { OrchestrationContext } from "durable-functions";
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import { laneInstanceId, lanesOf, type OperationKey, type OperationStatus } from "../domain/operation.ts";
import { type Action, operationPlan } from "../domain/operationPlan.ts";
import type { Outputs, Step } from "../domain/step.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { awaitEnvironment } from "./awaitEnvironment.ts";
import { callActivity, callEnvironment, callGroupClaims, nowIso, type Steps } from "./calls.ts";
import { claimEnvironmentGroups } from "./claimEnvironmentGroups.ts";
import type { LaneEnd, LaneInput } from "./lane.ts";

export interface OperationInput {
  readonly ticket: { readonly number: string; readonly system: string; readonly requestedBy: string };
  readonly action: Action;
  readonly spec: EnvironmentSpec;
  /** What was known of the environment when the ticket came; nothing for a new one. */
  readonly outputs: Outputs;
  /** Digest of the ticket's content: the same number with another content is another ticket. */
  readonly fingerprint: string;
  readonly attempt: number;
  readonly createdAt: string;
}

export function* operation(context: OrchestrationContext): Steps<OperationStatus> {
  const input = context.df.getInput<OperationInput>();
  const { ticket, spec, attempt } = input;
  const key: OperationKey = { ticketNumber: ticket.number, attempt };
  const publish = (status: OperationStatus): OperationStatus => {
    context.df.setCustomStatus(status);
    return status;
  };

  const admission = yield* awaitEnvironment(context, spec.name, key, (holder) =>
    publish({ state: "queued", waitingFor: holder.ticketNumber }),
  );
  if (admission !== "granted") return publish({ ...endOf(admission), finishedAt: nowIso(context) });

  const startedAt = nowIso(context);
  publish({ state: "running", startedAt });
  const refusal = yield* claimEnvironmentGroups(context, spec, key);
  const end: LanesEnd =
    refusal === undefined ? yield* carryOut(context, input, key) : { state: "failed", outputs: {}, failure: refusal };
  yield* callGroupClaims(context, spec.subscriptionId, "release", key);
  const { next } = yield* callEnvironment(context, spec.name, "release", key);
  if (next !== undefined) yield* callActivity(context, "wakeOperation", next);
  const { outputs: _, ...ended } = end;
  return publish({ ...ended, startedAt, finishedAt: nowIso(context) });
}

type Subject = { readonly spec: EnvironmentSpec; readonly outputs: Outputs };

/** Runs the action's plan on what stands there, and remembers what stands there afterwards. */
function* carryOut(context: OrchestrationContext, input: OperationInput, key: OperationKey): Steps<LanesEnd> {
  const { action, spec } = input;
  const subject = yield* subjectOf(context, input);
  const end = yield* runLanes(context, key, subject, operationPlan(action, subject.spec, subject.outputs).steps);
  if (action === "provision") {
    const built = { spec, outputs: end.outputs, ticketNumber: key.ticketNumber };
    yield* callEnvironment(context, spec.name, "recordBuilt", built);
  } else if (end.state === "succeeded") {
    yield* callEnvironment(context, spec.name, "forgetBuilt", null);
  }
  return end;
}

/** What is worked on: what the ticket describes, or what stands there now that the environment is this operation's. */
function* subjectOf(context: OrchestrationContext, { action, spec, outputs, ticket }: OperationInput): Steps<Subject> {
  if (action === "provision") {
    // Before the first write, so that what a failed operation leaves behind is known, too.
    yield* callEnvironment(context, spec.name, "recordBuilt", { spec, outputs: {}, ticketNumber: ticket.number });
    return { spec, outputs: {} };
  }
  const { built } = yield* callEnvironment(context, spec.name, "findBuilt", null);
  return built ?? { spec, outputs };
}

type LanesEnd = {
  readonly state: "succeeded" | "failed" | "cancelled";
  readonly outputs: Outputs;
  readonly failure?: Failure;
};

function* runLanes(
  context: OrchestrationContext,
  key: OperationKey,
  { spec, outputs: known }: Subject,
  steps: readonly Step[],
): Steps<LanesEnd> {
  const tasks = [...lanesOf(steps).keys()].map((name) => {
    const input: LaneInput = { operation: key, lane: name, spec, outputs: known, steps };
    return context.df.callSubOrchestrator("lane", input, laneInstanceId(key, name));
  });
  try {
    const ends: readonly LaneEnd[] = yield context.df.Task.all(tasks);
    const outputs: Outputs = Object.assign({}, ...ends.map((end) => end.outputs));
    const stops = ends.flatMap((end) => (end.stop === undefined ? [] : [end.stop]));
    if (stops.length === 0) return { state: "succeeded", outputs };
    return { state: stops.some((stop) => stop.kind === "failed") ? "failed" : "cancelled", outputs };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const advice = "This is a fault of Portcullis itself: its log says more. Retrying is safe.";
    return { state: "failed", outputs: {}, failure: { code: "LaneFailed", message, advice } };
  }
}

function endOf(admission: "cancelled" | "gaveUp"): OperationStatus {
  if (admission === "cancelled") return { state: "cancelled" };
  const message = "The environment was held by other tickets for more than a day.";
  return {
    state: "failed",
    failure: { code: "EnvironmentBusy", message, advice: "Look at the tickets before this one, then retry." },
  };
}
