import type { AdoptionSurvey, SurveyInput } from "../domain/adoptionSurvey.ts";
import type { DeliveryStart } from "../domain/alerts/alertOutboxState.ts";
import type { Delivery, Sink } from "../domain/alerts/sink.ts";
import type { BackendWatchInput } from "../domain/backendWatch.ts";
import type { OperationKey, StepAnnouncement } from "../domain/operation.ts";
import type { FirstLook } from "../domain/operationPlan.ts";
import type { CallCounts, Failure } from "../domain/stepOutcome.ts";
import type { DurableInstances } from "../durableInstances.ts";
import type { BacktestMove, BacktestOutcome } from "./backtestEgress.ts";
import type { DeliveryMove } from "./deliverAlert.ts";
import type { BackendsMove, BackendsOutcome } from "./lookAtBackends.ts";
import type { StepInput, StepReport } from "./stepInput.ts";
import type { RouteSyncMove, RouteSyncReport } from "./syncRoutes.ts";
import type { EgressMove, EgressOutcome } from "./watchEgress.ts";

/** Every activity by its name, with what it takes and gives. Orchestrators call by these types; `app.ts` must supply them all. */
export interface Activities {
  /** One move of one step. */
  advanceStep(input: StepInput): StepReport;
  /** What is in the way of a ticket, before its first write. */
  findObstacles(input: FirstLook): ObstaclesReport;
  /** Looks at what an environment adopts, and writes nothing. */
  surveyAdoption(input: SurveyInput): AdoptionSurvey;
  /** Tells other lanes that a step has ended. Telling twice is harmless. */
  announceStep(input: {
    readonly instanceIds: readonly string[];
    readonly eventName: string;
    readonly announcement: StepAnnouncement;
  }): null;
  /** Wakes the operation that waits for an environment. An operation that is gone is not woken. */
  wakeOperation(input: OperationKey): null;
  /** Whether an operation is still being carried out; one that was terminated from outside is not. */
  isOperationRunning(input: OperationKey): boolean;
  /** Whether a lane's orchestration has not ended; also true of one that is not there yet. */
  isLaneRunning(instanceId: string): boolean;
  /** Whether an instance is still under way; one that nobody knows is not. */
  isInstanceRunning(input: { readonly instanceId: string }): boolean;
  /** One move towards a gateway's table that follows its clusters'. */
  syncRoutes(input: RouteSyncMove): RouteSyncReport;
  /** One move of the question whether the gateway's backends are healthy. */
  lookAtBackends(input: BackendsMove): BackendsOutcome;
  /** Reads one window of the firewall's log, and changes nothing. */
  watchEgress(input: EgressMove): EgressOutcome;
  /** Lets the watch judge some windows of a past period. */
  backtestEgress(input: BacktestMove): BacktestOutcome;
  /** Begins to watch the backends after a write; beginning the same watch twice is harmless. */
  watchBackends(input: { readonly instanceId: string; readonly watch: BackendWatchInput }): null;
  /** Where alerts go, as the settings say now. */
  findSinks(input: null): readonly Sink[];
  /** One attempt to hand an alert to a sink. */
  deliverAlert(input: DeliveryMove): Delivery;
  /** Begins deliveries; beginning the same one twice is harmless. */
  startDeliveries(input: readonly DeliveryStart[]): null;
}

export type ObstaclesReport = { readonly calls: CallCounts } & Obstacles;

export type Obstacles =
  | { readonly kind: "seen"; readonly obstacles: readonly Failure[] }
  /** Azure did not let itself be looked at for now. */
  | { readonly kind: "busy"; readonly failure: Failure; readonly retryAfterSeconds?: number };

/** How each activity is supplied. */
export type ActivityHandlers = {
  readonly [Name in keyof Activities]: (
    input: Parameters<Activities[Name]>[0],
    context: ActivityContext,
  ) => Promise<ReturnType<Activities[Name]>>;
};

/** What an activity may use of its invocation. */
export interface ActivityContext {
  log(entry: Readonly<Record<string, unknown>>): void;
  readonly instances: Pick<DurableInstances, "find" | "raise" | "start" | "entityState">;
}
