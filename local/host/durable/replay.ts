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
import { actionType, type OrchestratorAction, type RetryOptions } from "./orchestratorAction.ts";
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
  /** The top-level action that is awaited, and its retries that have not settled. */
  #awaited: { readonly index: number; readonly retries: readonly DurableTask[] } | undefined;
  #startedRetries: DurableTask[] = [];
  #continueAsNew: { readonly input: unknown } | undefined;

  constructor(reply: OrchestratorReply & { readonly kind: "state" }, identity: ExecutionIdentity) {
    this.#reply = reply;
    this.#context = new TaskContext(identity.instanceId, identity.executionId);
  }

  run(history: readonly HistoryEvent[]): ReplayResult {
    for (const event of history) this.#process(event);
    const { decisions } = this.#context;
    this.#refuseDivergingRetries();
    if (!this.#programHasEnded || this.#context.hasOpenTasks) return { kind: "running", decisions };
    if (this.#reply.error !== undefined) return { kind: "failed", decisions, reason: this.#reply.error };
    if (!this.#reply.isDone) {
      throw new ReplayRefusal(
        "The orchestrator waits for a task that Azure would consider ended, so it would never go on. Known causes: an external event raised in another case than it is waited for (names are case-sensitive); a cancelled timer that is still yielded.",
      );
    }
    if (this.#continueAsNew === undefined) return { kind: "completed", decisions };
    return { kind: "continuedAsNew", decisions, ...this.#continueAsNew, carriedEvents: this.#carriedEvents };
  }

  #process(event: HistoryEvent): void {
    const context = this.#context;
    switch (event.EventType) {
      case eventType.orchestratorStarted:
        // The library's clock never goes back either.
        context.nowEpochMs = Math.max(context.nowEpochMs, Date.parse(event.Timestamp));
        break;
      case eventType.executionStarted:
        this.#runFrom(0);
        break;
      case eventType.taskScheduled:
        context.consume(event, "activity");
        break;
      case eventType.subOrchestrationCreated:
        context.consume(event, "subOrchestration");
        break;
      case eventType.timerCreated:
        context.consume(event, "timer");
        break;
      case eventType.eventSent:
        context.consume(event, "entityMessage");
        break;
      case eventType.taskCompleted:
      case eventType.subOrchestrationCompleted:
        context.settle(event.TaskScheduledId, { kind: "completed" });
        break;
      case eventType.taskFailed:
      case eventType.subOrchestrationFailed:
        context.settle(event.TaskScheduledId, { kind: "failed", isNonRetriable: isNonRetriable(event.FailureDetails) });
        break;
      case eventType.timerFired:
        context.settle(event.TimerId, { kind: "completed" });
        break;
      case eventType.eventRaised:
        if (this.#continueAsNew === undefined) context.raiseEvent(event.Name);
        else this.#carriedEvents.push(event);
    }
  }

  /** Runs the top-level actions from `index` until one is not settled; goes on when it settles. */
  #runFrom(index: number): void {
    for (let next = index; next < this.#reply.actions.length; next++) {
      const action = this.#reply.actions[next];
      if (action === undefined) break;
      this.#startedRetries = [];
      const task = this.#start(action);
      this.#awaited = { index: next, retries: this.#startedRetries };
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
        return this.#retry(action.retryOptions, () => context.callActivity(action.functionName, action.input));
      case actionType.callSubOrchestrator:
        return context.callSubOrchestration(action);
      case actionType.callSubOrchestratorWithRetry:
        return this.#retry(action.retryOptions, () => context.callSubOrchestration(action));
      case actionType.createTimer:
        return context.createTimer(new Date(action.fireAt).getTime(), action.isCanceled);
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

  #retry(options: RetryOptions, call: () => DurableTask): DurableTask {
    const task = this.#context.retry(options, call);
    this.#startedRetries.push(task);
    return task;
  }

  /**
   * The library goes on at the first failure of a Task.all, the extension waits for all its tasks. Without retries that
   * is only slow; with them the extension's retries take the sequence numbers that the library gave to what follows.
   */
  #refuseDivergingRetries(): void {
    if (this.#programHasEnded || this.#awaited === undefined) return;
    const hasGoneOn = this.#reply.actions.length > this.#awaited.index + 1;
    if (!hasGoneOn || this.#awaited.retries.every((task) => task.settlement !== undefined)) return;
    throw new ReplayRefusal(
      "The orchestrator caught the failure of a Task.all in which a task with retry is still open, and went on. On Azure the retries would now mix up the results of what follows; wrap retry and catch in a sub-orchestration, or let the activity return its failure.",
    );
  }
}

function isNonRetriable(failureDetails: object | null): boolean {
  return (failureDetails as { readonly IsNonRetriable?: boolean } | null)?.IsNonRetriable === true;
}
