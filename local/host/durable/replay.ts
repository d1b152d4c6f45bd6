/**
 * What the extension's out-of-process shim does with an orchestrator's reply: it runs the list of actions as a program
 * against the whole history, and what the history does not have yet is to be done now. Pure; see
 * OutOfProcOrchestrationShim of the extension and TaskOrchestrationExecutor of DTFx, whose manners it has:
 * top-level actions are awaited one after another, a Task.all waits for all its children, errors are the orchestrator's
 * own business, and an instance ends only when no task is open.
 */
import type { Decision } from "./decision.ts";
import { completedTask, type DurableTask, whenAll, whenAny } from "./durableTask.ts";
import { eventType, type HistoryEvent } from "./historyEvent.ts";
import { actionType, type OrchestratorAction } from "./orchestratorAction.ts";
import type { OrchestratorReply } from "./orchestratorReply.ts";
import { ReplayRefusal, TaskContext } from "./taskContext.ts";

export type ReplayResult =
  | { readonly kind: "running"; readonly decisions: readonly Decision[] }
  | { readonly kind: "completed"; readonly decisions: readonly Decision[] }
  | { readonly kind: "failed"; readonly decisions: readonly Decision[]; readonly reason: string }
  | {
      readonly kind: "continuedAsNew";
      readonly decisions: readonly Decision[];
      readonly input: unknown;
      /** External events that came too late for this execution. */
      readonly carriedEvents: readonly HistoryEvent[];
    }
  /** The instance fails at once, and nothing of this episode is done. */
  | { readonly kind: "refused"; readonly reason: string };

export interface ExecutionIdentity {
  readonly instanceId: string;
  readonly executionId: string;
}

export function replay(
  history: readonly HistoryEvent[],
  reply: OrchestratorReply,
  identity: ExecutionIdentity,
): ReplayResult {
  if (reply.kind === "refused") return reply;
  try {
    return new Replay(reply, identity).run(history);
  } catch (error) {
    if (error instanceof ReplayRefusal) return { kind: "refused", reason: error.message };
    throw error;
  }
}

class Replay {
  readonly #reply: OrchestratorReply & { readonly kind: "state" };
  readonly #context: TaskContext;
  readonly #carriedEvents: HistoryEvent[] = [];
  #programHasEnded = false;
  #continueAsNew: { readonly input: unknown } | undefined;

  constructor(reply: OrchestratorReply & { readonly kind: "state" }, identity: ExecutionIdentity) {
    this.#reply = reply;
    this.#context = new TaskContext(identity.instanceId, identity.executionId);
  }

  run(history: readonly HistoryEvent[]): ReplayResult {
    for (const event of history) this.#process(event);
    const { decisions } = this.#context;
    if (!this.#programHasEnded || this.#context.hasOpenTasks) return { kind: "running", decisions };
    if (this.#reply.error !== undefined) return { kind: "failed", decisions, reason: this.#reply.error };
    if (!this.#reply.isDone) {
      throw new ReplayRefusal(
        "The orchestrator waits for a task that Azure would consider ended, so it would never go on. Known causes: an external event raised in another case than it is waited for (names are case-sensitive); a caught Task.all over tasks with retry (wrap retry and catch in a sub-orchestration); a cancelled timer that is still yielded.",
      );
    }
    if (this.#continueAsNew === undefined) return { kind: "completed", decisions };
    return { kind: "continuedAsNew", decisions, ...this.#continueAsNew, carriedEvents: this.#carriedEvents };
  }

  #process(event: HistoryEvent): void {
    switch (event.EventType) {
      case eventType.orchestratorStarted:
        this.#context.nowEpochMs = Date.parse(event.Timestamp);
        return;
      case eventType.executionStarted:
        return this.#runFrom(0);
      case eventType.taskScheduled:
        return this.#context.consume(event, "activity");
      case eventType.subOrchestrationCreated:
        return this.#context.consume(event, "subOrchestration");
      case eventType.timerCreated:
        return this.#context.consume(event, "timer");
      case eventType.eventSent:
        return this.#context.consume({ ...event, Name: "" }, "entityMessage");
      case eventType.taskCompleted:
      case eventType.subOrchestrationCompleted:
        return this.#context.settle(event.TaskScheduledId, { kind: "completed" });
      case eventType.taskFailed:
      case eventType.subOrchestrationFailed:
        return this.#context.settle(event.TaskScheduledId, {
          kind: "failed",
          isNonRetriable: (event.FailureDetails as { IsNonRetriable?: boolean } | null)?.IsNonRetriable === true,
        });
      case eventType.timerFired:
        return this.#context.settle(event.TimerId, { kind: "completed" });
      case eventType.eventRaised:
        if (this.#continueAsNew === undefined) this.#context.raiseEvent(event.Name);
        else this.#carriedEvents.push(event);
        return;
      default:
        return;
    }
  }

  /** Runs the top-level actions from `index` until one is not settled; goes on when it settles. */
  #runFrom(index: number): void {
    for (let next = index; next < this.#reply.actions.length; next++) {
      const action = this.#reply.actions[next];
      if (action === undefined) break;
      const task = this.#start(action);
      if (task.settlement === undefined) {
        task.whenSettled(() => this.#runFrom(next + 1));
        return;
      }
    }
    this.#programHasEnded = true;
  }

  #start(action: OrchestratorAction): DurableTask {
    const context = this.#context;
    switch (action.actionType) {
      case actionType.callActivity:
        return context.callActivity(action.functionName, action.input);
      case actionType.callActivityWithRetry:
        return context.retry(action.retryOptions, () => context.callActivity(action.functionName, action.input));
      case actionType.callSubOrchestrator:
        return context.callSubOrchestration(action);
      case actionType.callSubOrchestratorWithRetry:
        return context.retry(action.retryOptions, () => context.callSubOrchestration(action));
      case actionType.createTimer:
        return context.createTimer(Date.parse(action.fireAt), action.isCanceled);
      case actionType.waitForExternalEvent:
        return context.waitForEvent(action.externalEventName);
      case actionType.callEntity:
        return context.callEntity(action);
      case actionType.signalEntity:
        context.signalEntity(action);
        return completedTask();
      case actionType.continueAsNew:
        this.#continueAsNew = { input: action.input };
        return completedTask();
      case actionType.whenAny:
        return whenAny(action.compoundActions.map((child) => this.#start(child)));
      case actionType.whenAll:
        return whenAll(action.compoundActions.map((child) => this.#start(child)));
    }
  }
}
