/** One ticket from its acceptance to its end: wait for the environment, look what stands there and what is adopted, claim its groups, run the lanes, remember what was built, make room for the next. */
import type { OrchestrationContext } from "durable-functions";
import { routeAlerts } from "../domain/alerts/routeAlerts.ts";
import { outputsFor, type ScopedOutputs } from "../domain/clusterScope.ts";
import { standingFor } from "../domain/environmentLock.ts";
import type { BuiltEnvironment, MemoryChange } from "../domain/environmentMemory.ts";
import { laneInstanceId, laneStepsOf, type OperationKey, type OperationStatus } from "../domain/operation.ts";
import {
  firstLookOf,
  memoryAfter,
  type Order,
  type Undertaking,
  undertakingOf,
  type Work,
} from "../domain/operationPlan.ts";
import { orderMistakes } from "../domain/orderMistakes.ts";
import type { CallCounts, Failure } from "../domain/stepOutcome.ts";
import { awaitEnvironment } from "./awaitEnvironment.ts";
import {
  callActivity,
  callEgressCases,
  callEnvironment,
  callEnvironmentIndex,
  callGatewayRoutes,
  callGroupClaims,
  nowIso,
  type Steps,
} from "./calls.ts";
import { claimEnvironmentGroups } from "./claimEnvironmentGroups.ts";
import type { LaneEnd, LaneInput } from "./lane.ts";
import { lookAtAdopted } from "./lookAtAdopted.ts";
import { obstaclesBefore } from "./obstaclesBefore.ts";
import { raiseAlerts } from "./raiseAlerts.ts";

export interface OperationInput {
  readonly ticket: { readonly number: string; readonly system: string; readonly requestedBy: string };
  readonly order: Order;
  /** Name of the environment that it is about. */
  readonly environment: string;
  /** What stood there when the ticket came; nothing for a new environment. */
  readonly standing?: BuiltEnvironment;
  /** Digest of the ticket's content: the same number with another content is another ticket. */
  readonly fingerprint: string;
  readonly attempt: number;
  readonly createdAt: string;
}

export function* operation(context: OrchestrationContext): Steps<OperationStatus> {
  const input = context.df.getInput<OperationInput>();
  const { ticket, environment, attempt } = input;
  const key: OperationKey = { ticketNumber: ticket.number, attempt };
  const publish = (status: OperationStatus): OperationStatus => {
    context.df.setCustomStatus(status);
    return status;
  };

  const admission = yield* awaitEnvironment(context, environment, key, (holder) =>
    publish({ state: "queued", waitingFor: holder.ticketNumber }),
  );
  if (admission !== "granted") return publish({ ...endOf(admission), finishedAt: nowIso(context) });

  const startedAt = nowIso(context);
  let running = publish({ state: "running", startedAt });
  const { outputs: _, ...end } = yield* withEnvironment(context, input, key, {
    looked: (looks) => {
      running = publish({ ...running, looks });
    },
    lanesBegun: (lanes) => {
      running = publish({ ...running, lanes: [...(running.lanes ?? []), ...lanes] });
    },
  });
  const { next } = yield* callEnvironment(context, environment, "release", key);
  if (next !== undefined) yield* callActivity(context, "wakeOperation", next);
  return publish({ ...running, ...end, finishedAt: nowIso(context) });
}

/** Much may have changed between the ticket's acceptance and its turn: what is in the way now is told as at the door. */
function* withEnvironment(
  context: OrchestrationContext,
  input: OperationInput,
  key: OperationKey,
  report: OperationReport,
): Steps<LanesEnd> {
  const { environment } = input;
  const found = yield* callEnvironment(context, environment, "findBuilt", null);
  const built = standingFor(found, input.order.action);
  const mistakes = orderMistakes(input.order, environment, built);
  if (mistakes.length > 0) return { state: "failed", outputs: {}, failure: notPossible(mistakes) };
  const looked = yield* lookAtAdopted(context, key, input.order, built);
  if (looked.kind === "refused") return { state: "failed", outputs: {}, failure: looked.failure };
  if (looked.kind === "stopped") return { state: "cancelled", outputs: {} };
  const { order } = looked;
  const undertaking = undertakingOf(order, built);
  const { subscriptionId } = undertaking.spec;
  const refusal =
    (yield* claimEnvironmentGroups(context, undertaking.spec, key)) ??
    (yield* obstaclesTo(context, key, order, { built, undertaking, report }));
  const end: LanesEnd =
    refusal === undefined
      ? yield* carryOut(context, { order, environment }, key, { built, undertaking, report })
      : { state: "failed", outputs: {}, failure: refusal };
  yield* callGroupClaims(context, subscriptionId, "release", key);
  return end;
}

function* obstaclesTo(
  context: OrchestrationContext,
  key: OperationKey,
  order: Order,
  { built, undertaking, report }: Task,
): Steps<Failure | undefined> {
  const firstLook = firstLookOf(order, built, undertaking);
  if (firstLook === undefined) return undefined;
  const { obstacle, calls } = yield* obstaclesBefore(context, key, firstLook);
  report.looked(calls);
  return obstacle;
}

interface Task {
  readonly built: BuiltEnvironment | undefined;
  readonly undertaking: Undertaking;
  readonly report: OperationReport;
}

/** What the operation's status tells on the way. */
interface OperationReport {
  /** What the look at what is in the way took. */
  looked(calls: CallCounts): void;
  /** Before the lanes run. */
  lanesBegun(lanes: readonly string[]): void;
}

/** Runs the plan, moves back what must not stay half done, and remembers what stands there afterwards. */
function* carryOut(
  context: OrchestrationContext,
  { order, environment }: Pick<OperationInput, "order" | "environment">,
  key: OperationKey,
  { built, undertaking, report }: Task,
): Steps<LanesEnd> {
  const { before, moveBack } = undertaking;
  const where: Where = { environment, subscriptionId: undertaking.spec.subscriptionId };
  if (before !== undefined) yield* remember(context, where, key, before);
  const end = yield* runLanes(context, key, undertaking, { firstPlace: 0, report });
  if (end.state !== "succeeded" && moveBack !== undefined) {
    yield* callEnvironment(context, environment, "resume", key);
    yield* runLanes(
      context,
      key,
      { ...moveBack, known: { ...moveBack.known, ...end.outputs } },
      { firstPlace: undertaking.plan.steps.length, report },
    );
  }
  const after = memoryAfter(order, built, end.state === "succeeded", (cluster) => outputsFor(end.outputs, cluster));
  if (after !== undefined) yield* remember(context, where, key, after);
  return end;
}

interface Where {
  readonly environment: string;
  readonly subscriptionId: string;
}

/** Changes the environment's memory, and what triggers find of it. */
function* remember(
  context: OrchestrationContext,
  { environment, subscriptionId }: Where,
  { ticketNumber }: OperationKey,
  change: MemoryChange,
): Steps<void> {
  const { indexed } = yield* callEnvironment(context, environment, "remember", { change, ticketNumber });
  const entry = { name: environment, ...(indexed === undefined ? {} : { indexed }) };
  yield* callEnvironmentIndex(context, subscriptionId, "reindex", entry);
  if (indexed === undefined) yield* forget(context, environment);
}

/** What was wrong with an environment that is gone is wrong no more, and its cases are over. */
function* forget(context: OrchestrationContext, environment: string): Steps<void> {
  const at = nowIso(context);
  const changes = yield* callGatewayRoutes(context, environment, "forget", null);
  const alerts = yield* callEgressCases(context, environment, "forget", { environment, at });
  yield* raiseAlerts(context, environment, [...routeAlerts(environment, changes, at), ...alerts]);
}

type LanesEnd = {
  readonly state: "succeeded" | "failed" | "cancelled";
  readonly outputs: ScopedOutputs;
  readonly failure?: Failure;
};

function* runLanes(
  context: OrchestrationContext,
  key: OperationKey,
  { spec, views, known, plan: { steps } }: Work,
  { firstPlace, report }: { readonly firstPlace: number; readonly report: OperationReport },
): Steps<LanesEnd> {
  const lanes = laneStepsOf(steps, firstPlace);
  report.lanesBegun([...lanes.keys()]);
  const tasks = [...lanes].map(([name, laneSteps]) => {
    const clusters = new Set(laneSteps.map(({ cluster }) => cluster));
    const laneViews = Object.fromEntries(Object.entries(views).filter(([cluster]) => clusters.has(cluster)));
    const input: LaneInput = { operation: key, spec, views: laneViews, outputs: known, steps: laneSteps };
    return context.df.callSubOrchestrator("lane", input, laneInstanceId(key, name));
  });
  try {
    const ends: readonly LaneEnd[] = yield context.df.Task.all(tasks);
    const outputs: ScopedOutputs = Object.assign({}, ...ends.map((end) => end.outputs));
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

function notPossible(mistakes: readonly { readonly message: string }[]): Failure {
  return {
    code: "NotPossibleAnyMore",
    message: mistakes.map(({ message }) => message).join(" "),
    advice: "The environment was changed after this ticket was accepted: look at it, then send a new ticket.",
  };
}
