import { randomUUID } from "node:crypto";
import type { Instance, ParentInstance } from "../store/instanceTable.ts";
import type { Store } from "../store/store.ts";
import { HistoryCache, type LoadedHistory } from "./historyCache.ts";
import { eventAt, eventType, type HistoryEvent, orchestrationStatusNumbers } from "./historyEvent.ts";
import type { Mailbox } from "./mailbox.ts";

export interface NewInstance {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** JSON text. */
  readonly input: string | null;
  readonly parent?: ParentInstance;
}

export interface InstanceEnd {
  readonly status: "Completed" | "Failed" | "Terminated";
  /** JSON text when completed, plain text of the reason when failed or terminated. */
  readonly output: string | null;
  readonly customStatus: string | null;
  /** For the parent: the error without the host's words around it. */
  readonly error?: string;
  readonly failureDetails?: object | null;
}

/** Begins, renews, ends and removes instances. Every method must be called in a transaction of the store. */
export class InstanceLifecycle {
  readonly #store: Store;
  readonly #mailbox: Mailbox;
  readonly #histories: HistoryCache;

  constructor(store: Store, mailbox: Mailbox) {
    this.#store = store;
    this.#mailbox = mailbox;
    this.#histories = new HistoryCache(store.history);
  }

  history(instanceId: string): LoadedHistory {
    return this.#histories.load(instanceId);
  }

  forgetHistory(instanceId: string): void {
    this.#histories.forget(instanceId);
  }

  /** Replaces what an ended instance of this id left behind. */
  create(request: NewInstance): void {
    this.remove(request.id);
    const now = this.#mailbox.nowEpochMs();
    const instance: Instance = {
      id: request.id,
      executionId: newExecutionId(),
      name: request.name,
      version: request.version,
      status: "Pending",
      input: request.input,
      output: null,
      customStatus: null,
      createdEpochMs: now,
      updatedEpochMs: now,
      parent: request.parent,
      generation: 0,
    };
    this.#store.instances.insert(instance);
    this.#postStart(instance);
  }

  /** Begins a new execution of the same instance, with an empty history. */
  continueAsNew(old: Instance, input: string | null, carriedEvents: readonly HistoryEvent[]): void {
    const executionId = newExecutionId();
    const renewed: Instance = { ...old, executionId, input, status: "Running", generation: old.generation + 1 };
    this.#store.history.clear(old.id);
    this.#store.inbox.clearExecution(old.id, old.executionId);
    this.#histories.forget(old.id);
    this.#store.instances.update({ ...renewed, updatedEpochMs: this.#mailbox.nowEpochMs() });
    this.#postStart(renewed);
    for (const event of carriedEvents) this.#mailbox.postToInstance(old.id, null, event);
    this.#mailbox.rearm();
  }

  /** Ends an instance: nothing of it is left to run, and its parent is told. */
  end(instance: Instance, end: InstanceEnd): void {
    const updatedEpochMs = this.#mailbox.nowEpochMs();
    const { status, output, customStatus } = end;
    this.#store.instances.update({ ...instance, status, output, customStatus, updatedEpochMs });
    this.#dropPending(instance.id);
    this.#histories.forget(instance.id);
    if (instance.parent !== undefined) this.#tellParent(instance.parent, end);
  }

  /** The last events of an execution. */
  endEvents(end: InstanceEnd): HistoryEvent[] {
    const now = this.#mailbox.nowEpochMs();
    return [
      {
        ...eventAt(now),
        EventType: eventType.executionCompleted,
        OrchestrationStatus: orchestrationStatusNumbers[end.status],
        Result: end.output,
        FailureDetails: end.failureDetails ?? null,
      },
      { ...eventAt(now), EventType: eventType.orchestratorCompleted },
    ];
  }

  remove(instanceId: string): void {
    this.#dropPending(instanceId);
    this.#store.history.clear(instanceId);
    this.#store.instances.remove(instanceId);
    this.#histories.forget(instanceId);
  }

  #dropPending(instanceId: string): void {
    this.#store.inbox.clear(instanceId);
    this.#store.activities.clear(instanceId);
    this.#mailbox.rearm();
  }

  #postStart(instance: Instance): void {
    const { parent } = instance;
    this.#mailbox.postToInstance(instance.id, instance.executionId, {
      ...eventAt(this.#mailbox.nowEpochMs()),
      EventType: eventType.executionStarted,
      Name: instance.name,
      Version: instance.version,
      Input: instance.input,
      OrchestrationInstance: { InstanceId: instance.id, ExecutionId: instance.executionId },
      ParentInstance:
        parent === undefined
          ? null
          : {
              Name: parent.name,
              OrchestrationInstance: { InstanceId: parent.id, ExecutionId: parent.executionId },
              TaskScheduleId: parent.taskId,
              Version: "",
            },
      Generation: instance.generation,
    });
  }

  #tellParent(parent: ParentInstance, end: InstanceEnd): void {
    const base = eventAt(this.#mailbox.nowEpochMs());
    const event: HistoryEvent =
      end.status === "Completed"
        ? {
            ...base,
            EventType: eventType.subOrchestrationCompleted,
            TaskScheduledId: parent.taskId,
            Result: end.output,
          }
        : {
            ...base,
            EventType: eventType.subOrchestrationFailed,
            TaskScheduledId: parent.taskId,
            Reason: end.output ?? "",
            Details: end.status === "Failed" ? (end.error ?? "") : "Terminated",
            FailureDetails: end.failureDetails ?? null,
          };
    this.#mailbox.postToInstance(parent.id, parent.executionId, event);
  }
}

function newExecutionId(): string {
  return randomUUID().replaceAll("-", "");
}
