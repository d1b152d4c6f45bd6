/**
 * The runtime beneath an orchestrator as the extension has it (DTFx TaskOrchestrationContext): gives sequence numbers
 * in program order, knows which decisions the history has already, and which tasks are open. Pure: its only clock is
 * the history.
 */
import type { Decision } from "./decision.ts";
import { DurableTask, type Settlement } from "./durableTask.ts";
import type { HistoryEvent } from "./historyEvent.ts";
import type { CallSubOrchestrator, EntityAction, RetryOptions } from "./orchestratorAction.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Longer timers are made of hops. Source: extension 2.13, AzureStorageDurabilityProvider.MaximumDelayTime. */
const MAXIMUM_SHORT_TIMER_MS = 6 * DAY_MS;
/** Source: extension 2.13, AzureStorageDurabilityProvider.LongRunningTimerIntervalLength. */
const LONG_TIMER_HOP_MS = 3 * DAY_MS;
/** The orchestrator did something that the local host refuses, with a sentence that says what to do. */
export class ReplayRefusal extends Error {}

export class TaskContext {
  nowEpochMs = 0;
  readonly #instanceId: string;
  readonly #executionId: string;
  #nextSequence = 0;
  #nextRequest = 0;
  /** Decisions that the history does not have yet; in order, because sequence numbers only grow. */
  readonly #pending = new Map<number, Decision>();
  readonly #open = new Map<number, DurableTask>();
  readonly #waiters = new Map<string, DurableTask[]>();
  readonly #bufferedCounts = new Map<string, number>();

  constructor(instanceId: string, executionId: string) {
    this.#instanceId = instanceId;
    this.#executionId = executionId;
  }

  get decisions(): readonly Decision[] {
    return [...this.#pending.values()];
  }

  get hasOpenTasks(): boolean {
    return this.#open.size > 0;
  }

  callActivity(name: string, input: unknown): DurableTask {
    return this.#schedule((sequence) => ({ kind: "activity", sequence, name, input })).task;
  }

  callSubOrchestration(call: CallSubOrchestrator): DurableTask {
    return this.#schedule((sequence) => ({
      kind: "subOrchestration",
      sequence,
      name: call.functionName,
      input: call.input,
      instanceId: call.instanceId || `${this.#executionId}:${sequence}`,
      version: call.version ?? "",
    })).task;
  }

  /** Tries again as DTFx does, with one more timer, due at once, after the last failure: the library counts on it. */
  retry(options: RetryOptions, call: () => DurableTask): DurableTask {
    const whole = new DurableTask();
    const firstEpochMs = this.nowEpochMs;
    let failureCount = 0;
    const attempt = (): void => call().whenSettled(afterAttempt);
    const afterAttempt = (settlement: Settlement): void => {
      if (settlement.kind !== "failed" || settlement.isNonRetriable) {
        whole.settle(settlement);
        return;
      }
      failureCount += 1;
      if (failureCount >= options.maxNumberOfAttempts) {
        this.#timer(this.nowEpochMs).task.whenSettled(() => whole.settle(settlement));
        return;
      }
      this.#assertWithinTimeout(options, firstEpochMs);
      this.#timer(this.nowEpochMs + retryDelayMs(options, failureCount)).task.whenSettled(attempt);
    };
    attempt();
    return whole;
  }

  createTimer(fireAtEpochMs: number, isCancelled: boolean): DurableTask {
    const isLong = fireAtEpochMs - this.nowEpochMs > MAXIMUM_SHORT_TIMER_MS;
    const { task, sequence } = this.#timer(isLong ? this.nowEpochMs + LONG_TIMER_HOP_MS : fireAtEpochMs);
    if (isCancelled) {
      this.#open.delete(sequence);
      task.settle({ kind: "cancelled" });
    }
    return isLong && !isCancelled ? this.#hopUntil(fireAtEpochMs, task) : task;
  }

  waitForEvent(name: string): DurableTask {
    const key = name.toLowerCase();
    const task = new DurableTask();
    const bufferedCount = this.#bufferedCounts.get(key) ?? 0;
    if (bufferedCount > 0) {
      this.#bufferedCounts.set(key, bufferedCount - 1);
      task.settle({ kind: "completed" });
    } else {
      this.#waiters.set(key, [...(this.#waiters.get(key) ?? []), task]);
    }
    return task;
  }

  /** The newest waiter gets an event; without a waiter it is kept for the next one. */
  raiseEvent(name: string): void {
    const key = name.toLowerCase();
    const waiter = this.#waiters.get(key)?.pop();
    if (waiter === undefined) this.#bufferedCounts.set(key, (this.#bufferedCounts.get(key) ?? 0) + 1);
    else waiter.settle({ kind: "completed" });
  }

  callEntity(action: EntityAction): DurableTask {
    return this.waitForEvent(this.#sendToEntity(action, false));
  }

  signalEntity(action: EntityAction): void {
    this.#sendToEntity(action, true);
  }

  /** Takes a decision that the history has off the pending ones; refuses when the orchestrator did something else this time. */
  consume(event: HistoryEvent & { readonly Name?: string }, kind: Decision["kind"]): void {
    const decision = this.#pending.get(event.EventId);
    const isSame =
      decision?.kind === kind && (!("name" in decision) || decision.name.toLowerCase() === event.Name?.toLowerCase());
    if (!isSame) {
      const was = `${kind} ${event.Name ?? ""}`.trim();
      const now =
        decision === undefined ? "nothing" : `${decision.kind} ${"name" in decision ? decision.name : ""}`.trim();
      throw new ReplayRefusal(
        `Non-Deterministic workflow detected: at sequence number ${event.EventId} the history has ${was}, and the orchestrator now did ${now}. Decide only by input, results of tasks and context.df.currentUtcDateTime; after a change of the code start running instances anew or give the orchestrator a new name.`,
      );
    }
    this.#pending.delete(event.EventId);
  }

  settle(sequence: number, settlement: Settlement): void {
    const task = this.#open.get(sequence);
    this.#open.delete(sequence);
    task?.settle(settlement);
  }

  #schedule(decisionOf: (sequence: number) => Decision): { readonly task: DurableTask; readonly sequence: number } {
    const sequence = this.#nextSequence++;
    const task = new DurableTask();
    this.#pending.set(sequence, decisionOf(sequence));
    this.#open.set(sequence, task);
    return { task, sequence };
  }

  #timer(fireAtEpochMs: number): { readonly task: DurableTask; readonly sequence: number } {
    return this.#schedule((sequence) => ({ kind: "timer", sequence, fireAtEpochMs }));
  }

  #hopUntil(fireAtEpochMs: number, firstHop: DurableTask): DurableTask {
    const whole = new DurableTask();
    const next = (): void => {
      const leftMs = fireAtEpochMs - this.nowEpochMs;
      if (leftMs <= 0) whole.settle({ kind: "completed" });
      else this.#timer(this.nowEpochMs + Math.min(leftMs, LONG_TIMER_HOP_MS)).task.whenSettled(next);
    };
    firstHop.whenSettled(next);
    return whole;
  }

  #sendToEntity(action: EntityAction, isSignal: boolean): string {
    const sequence = this.#nextSequence++;
    // Every replay asks under the same id. (In Azure it is a GUID that is hashed from the same.)
    const id = `${this.#executionId}-${this.#nextRequest++}`;
    const input = action.input === undefined || action.input === null ? undefined : JSON.stringify(action.input);
    const message = { id, op: action.operation, signal: isSignal, input };
    this.#pending.set(sequence, {
      kind: "entityMessage",
      sequence,
      entityId: action.instanceId,
      message: isSignal ? message : { ...message, parent: this.#instanceId, parentExecution: this.#executionId },
    });
    return id;
  }

  #assertWithinTimeout(options: RetryOptions, firstEpochMs: number): void {
    const { retryTimeoutInMilliseconds } = options;
    if (retryTimeoutInMilliseconds === undefined || this.nowEpochMs < firstEpochMs + retryTimeoutInMilliseconds) return;
    throw new ReplayRefusal(
      "The time of retryTimeoutInMilliseconds is over; on Azure the orchestration would now hang for ever (azure-functions-durable-js #629). Remove it, and bound the retries by maxNumberOfAttempts.",
    );
  }
}

function retryDelayMs(options: RetryOptions, failureCount: number): number {
  const factor = (options.backoffCoefficient ?? 1) ** (failureCount - 1);
  const delayMs = options.firstRetryIntervalInMilliseconds * factor;
  return Math.min(delayMs, options.maxRetryIntervalInMilliseconds ?? MAXIMUM_SHORT_TIMER_MS);
}
