/** What a ticket's reader is shown, computed from what durable instances say. Pure: the same instances give the same view. */
import type { ScopedOutputs } from "./clusterScope.ts";
import { criticalPathSeconds, sequentialSeconds } from "./criticalPath.ts";
import { noCalls, sumCalls, untouched } from "./laneProgress.ts";
import type { LaneStatus, OperationStatus, StepProgress } from "./operation.ts";
import type { Plan, Step } from "./step.ts";
import type { CallCounts, Failure, Finding } from "./stepOutcome.ts";
import { isMoveBack } from "./switchTrafficPlan.ts";

export interface TicketFacts {
  readonly plan: Plan;
  readonly attempt: number;
  readonly createdAt: string;
  /** Undefined until the orchestration has run for the first time. */
  readonly operation: OperationStatus | undefined;
  /** The durable runtime's own word: an orchestration can end without having said anything. */
  readonly runtime: { readonly isEnded: boolean; readonly text: string };
  readonly lanes: readonly LaneStatus[];
  readonly nowEpochMs: number;
}

export type TicketState = "queued" | "running" | "stopping" | "succeeded" | "failed" | "cancelled";

export interface StepView extends Step, Omit<StepProgress, "finding" | "warnings"> {
  readonly seconds: number;
}

export interface TicketView {
  readonly state: TicketState;
  readonly attempt: number;
  readonly summary: string;
  readonly waitingFor?: string;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly progressPercent: number;
  readonly elapsedSeconds: number;
  readonly expectedSeconds: number;
  readonly expectedEndAt?: string;
  readonly warnings: readonly string[];
  readonly steps: readonly Omit<StepView, "needs" | "definition">[];
  readonly outputs: ScopedOutputs;
  readonly verification: readonly Finding[];
  readonly azure: CallCounts;
  readonly makespanSeconds?: number;
  readonly criticalPathSeconds: number;
  readonly sequentialSeconds: number;
  readonly failure?: Failure & { readonly stepId?: string };
}

export function ticketView(facts: TicketFacts): TicketView {
  const progress: Record<string, StepProgress> = Object.assign({}, ...facts.lanes.map((lane) => lane.steps));
  const steps = facts.plan.steps.map((step) => viewOfStep(step, progress[step.id] ?? untouched, facts));
  const failure = failureOf(facts, steps);
  const state = stateOf(facts, steps);
  const startedAt = facts.operation?.startedAt;
  const finishedAt = facts.operation?.finishedAt;
  const endMs = finishedAt === undefined ? facts.nowEpochMs : Date.parse(finishedAt);
  const elapsedSeconds = startedAt === undefined ? 0 : secondsBetween(Date.parse(startedAt), endMs);
  const remainingSeconds = remaining(facts.plan, steps);
  const wholeSeconds = criticalPathSeconds(facts.plan);
  const isEnded = finishedAt !== undefined || state === "failed" || state === "cancelled" || state === "succeeded";
  return {
    state,
    attempt: facts.attempt,
    summary: summaryOf(state, steps, facts.operation, failure),
    createdAt: facts.createdAt,
    progressPercent: state === "succeeded" ? 100 : Math.floor(100 * (1 - remainingSeconds / wholeSeconds)),
    elapsedSeconds,
    expectedSeconds: wholeSeconds,
    warnings: [...facts.plan.warnings, ...facts.plan.steps.flatMap(({ id }) => progress[id]?.warnings ?? [])],
    steps: steps.map(({ needs: _needs, definition: _definition, ...step }) => step),
    outputs: isTakingDown(steps) ? {} : Object.assign({}, ...facts.lanes.map((lane) => lane.outputs)),
    verification: facts.plan.steps.flatMap(({ id }) => {
      const finding = progress[id]?.finding;
      return finding === undefined ? [] : [{ ...finding, id }];
    }),
    azure: [facts.operation?.looks ?? noCalls, ...steps].reduce<CallCounts>(sumCalls, noCalls),
    criticalPathSeconds: wholeSeconds,
    sequentialSeconds: sequentialSeconds(facts.plan),
    ...given("waitingFor", facts.operation?.waitingFor),
    ...given("startedAt", startedAt),
    ...given("finishedAt", finishedAt),
    ...given("makespanSeconds", finishedAt === undefined || startedAt === undefined ? undefined : elapsedSeconds),
    ...given(
      "expectedEndAt",
      isEnded || startedAt === undefined
        ? undefined
        : new Date(facts.nowEpochMs + remainingSeconds * 1000).toISOString(),
    ),
    ...given("failure", failure),
  };
}

/** The longest way through what is not done yet; a running step counts with what is left of its expected time. */
function remaining(plan: Plan, steps: readonly StepView[]): number {
  const left = new Map(steps.map((step) => [step.id, isOver(step) ? 0 : leftSeconds(step)]));
  return criticalPathSeconds({
    steps: plan.steps.map((step) => ({ ...step, expectedSeconds: left.get(step.id) ?? 0 })),
  });
}

function isOver(step: StepView): boolean {
  return step.state === "done" || step.state === "unchanged";
}

/**
 * A step that is late has a twentieth of its time left, so that the whole never looks done before it is. One that failed
 * or was left keeps what it had, so that the whole never goes backwards.
 */
function leftSeconds(step: StepView): number {
  if (step.startedAt === undefined) return step.expectedSeconds;
  return Math.max(step.expectedSeconds - step.seconds, step.expectedSeconds / 20);
}

function viewOfStep(step: Step, progress: StepProgress, facts: TicketFacts): StepView {
  const { finding: _finding, warnings: _warnings, ...rest } = progress;
  const shown = leftBehind(rest, facts);
  return { ...step, ...shown, seconds: secondsOf(shown, facts.nowEpochMs) };
}

/** A lane that was ended from outside says of its steps what was true at its end for ever. */
function leftBehind<Shown extends StepProgress>(progress: Shown, { operation, lanes }: TicketFacts): Shown {
  const finishedAt = operation?.finishedAt;
  const isOpen = progress.state === "running" || progress.state === "waiting";
  if (finishedAt === undefined || lanes.length === 0 || !isOpen) return progress;
  const waitingFor =
    progress.state === "running"
      ? "its lane ended before it; what Azure has begun goes on"
      : "its lane ended before it was begun";
  return { ...progress, state: "skipped", since: finishedAt, waitingFor };
}

/** From start to end of what has ended or was left; the time in its state of what has not; nothing for what was never begun. */
function secondsOf({ state, since, startedAt, finishedAt }: StepProgress, nowEpochMs: number): number {
  const from = state === "skipped" ? startedAt : (startedAt ?? since);
  const to = state === "skipped" ? since : finishedAt;
  if (from === undefined) return 0;
  return secondsBetween(Date.parse(from), to === undefined ? nowEpochMs : Date.parse(to));
}

function stateOf(facts: TicketFacts, steps: readonly StepView[]): TicketState {
  const said = facts.operation?.state ?? "queued";
  if (facts.runtime.isEnded && (said === "queued" || said === "running")) return "failed";
  const isStopping = steps.some((step) => step.state === "failed" || step.state === "skipped");
  return said === "running" && isStopping ? "stopping" : said;
}

function failureOf(
  facts: TicketFacts,
  steps: readonly StepView[],
): (Failure & { readonly stepId?: string }) | undefined {
  const step = steps
    .filter((each) => each.failure !== undefined)
    .sort((left, right) => (left.finishedAt ?? "").localeCompare(right.finishedAt ?? ""))[0];
  if (step?.failure !== undefined) return { ...step.failure, stepId: step.id };
  if (facts.operation?.failure !== undefined) return facts.operation.failure;
  if (!facts.runtime.isEnded || stateOf(facts, steps) !== "failed") return undefined;
  return {
    code: "OperationEnded",
    message: `The orchestration ended without a result: ${facts.runtime.text}`,
    advice: "Retry the ticket; what is done is not written again.",
  };
}

function summaryOf(
  state: TicketState,
  steps: readonly StepView[],
  operation: OperationStatus | undefined,
  failure: Failure | undefined,
): string {
  const written = steps.filter((step) => step.state === "done" && step.kind !== "verification").length;
  const right = steps.filter((step) => step.state === "unchanged").length;
  const writes = steps.reduce((sum, step) => sum + step.writes, 0);
  switch (state) {
    case "queued":
      return operation?.waitingFor === undefined
        ? "Accepted; it begins in a moment."
        : `Waits for ticket ${operation.waitingFor}, which works on this environment.`;
    case "running":
      return `At work: ${
        steps
          .filter((step) => step.state === "running")
          .map((step) => step.title)
          .join(", ") || "between two steps"
      }.`;
    case "stopping":
      return "Stopping: what Azure has already begun is followed to its end, nothing new is begun.";
    case "succeeded":
      if (isTakingDown(steps)) return takenDown(steps);
      return writes === 0
        ? `Everything was right already: 0 writes, ${counted(right, "step")} unchanged, all verified.`
        : `Built and verified: ${counted(written, "step")} written, ${right} unchanged, ${counted(writes, "write")}.`;
    case "failed":
      return `${failure === undefined ? "Failed." : `Failed: ${failure.code}. ${failure.message}`}${putBack(steps)}`;
    case "cancelled":
      return `Cancelled: ${counted(deleted(steps), "resource")} deleted, what was begun was followed to its end.`;
  }
}

/** What a decommission or a retirement knows at its start is gone at its end: it has no outputs. */
function isTakingDown(steps: readonly Step[]): boolean {
  return steps.some((step) => step.kind === "deletion");
}

/** What became of what was begun, where an operation puts it back. */
function putBack(steps: readonly StepView[]): string {
  const back = steps.filter(({ id }) => isMoveBack(id));
  if (back.length === 0) return "";
  return back.every(isOver) ? " Everything was put back." : " Not everything could be put back, as the steps say.";
}

function takenDown(steps: readonly StepView[]): string {
  const leftCount = steps.filter((step) => step.detail?.startsWith("left: ")).length;
  const writeCount = steps.reduce((sum, { writes }) => sum + writes, 0);
  if (writeCount === 0)
    return `Nothing was there to take down: 0 writes${leftCount === 0 ? "" : `, ${leftCount} left, as the steps say`}.`;
  const kept = leftCount === 0 ? "nothing is left" : `${leftCount} left, as the steps say`;
  return `Taken down: ${deleted(steps)} deleted, ${kept}.`;
}

function deleted(steps: readonly StepView[]): number {
  return steps.filter((step) => step.kind === "deletion" && step.state === "done").length;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, Math.round((toMs - fromMs) / 100) / 10);
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: Value });
}
