import { fromTypedData, type TypedData } from "../app/typedData.ts";
import type { ScheduledActivity } from "../store/activityTable.ts";
import type { DurableRuntime } from "./durableRuntime.ts";
import { eventAt, eventType, type HistoryEvent } from "./historyEvent.ts";

/**
 * Runs scheduled activities in order, several side by side. An activity runs at least once: until its result is
 * recorded its row stays, and the next host runs it again.
 */
export class ActivityPool {
  readonly #runtime: DurableRuntime;
  readonly #maximumConcurrency: number;
  #runningCount = 0;
  #lastStartedRowId = 0;

  constructor(runtime: DurableRuntime, maximumConcurrency: number) {
    this.#runtime = runtime;
    this.#maximumConcurrency = maximumConcurrency;
  }

  /** Starts what is scheduled, as far as there is room. */
  start(): void {
    while (!this.#runtime.isHalted() && this.#runningCount < this.#maximumConcurrency) {
      const activity = this.#runtime.store.activities.nextAfter(this.#lastStartedRowId);
      if (activity === undefined) return;
      this.#lastStartedRowId = activity.rowId;
      void this.#run(activity);
    }
  }

  async #run(activity: ScheduledActivity): Promise<void> {
    const release = this.#runtime.clock.hold();
    this.#runningCount += 1;
    try {
      const event = await this.#invoke(activity);
      if (!this.#runtime.isHalted()) this.#record(activity, event);
    } finally {
      this.#runningCount -= 1;
      this.start();
      release();
    }
  }

  #record(activity: ScheduledActivity, event: HistoryEvent): void {
    const { store, mailbox } = this.#runtime;
    store.transaction(() => {
      // Gone already: the instance has ended or was purged while the activity ran.
      if (!store.activities.remove(activity.rowId)) return;
      mailbox.postToInstance(activity.instanceId, activity.executionId, event);
    });
  }

  async #invoke(activity: ScheduledActivity): Promise<HistoryEvent> {
    const registered = this.#runtime.functions.find("activity", activity.name);
    if (registered === undefined) {
      const reason = this.#runtime.functions.missing("activity", activity.name);
      return this.#failed(activity, reason, reason, null);
    }
    try {
      const outcome = await this.#runtime.invoker.invoke(registered, inputOf(activity.input), {
        triggerMetadata: { instanceId: { string: activity.instanceId }, data: { json: activity.input ?? "null" } },
      });
      const value = fromTypedData(await outcome.returnValue());
      return {
        ...this.#now(),
        EventType: eventType.taskCompleted,
        TaskScheduledId: activity.taskId,
        // The library parses it, so that nothing must be the text "null" and not an absent field.
        Result: value === undefined ? "null" : JSON.stringify(value),
      };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const reason = `Activity function '${activity.name}' failed:  ${message}`;
      if (!this.#runtime.isHalted()) this.#runtime.log(`[error] ${reason} (instance ${activity.instanceId})`);
      return this.#failed(activity, reason, exceptionDetails(message, error), failureDetailsOf(message));
    }
  }

  #failed(activity: ScheduledActivity, Reason: string, Details: string, FailureDetails: object | null): HistoryEvent {
    const TaskScheduledId = activity.taskId;
    return { ...this.#now(), EventType: eventType.taskFailed, TaskScheduledId, Reason, Details, FailureDetails };
  }

  #now(): ReturnType<typeof eventAt> {
    return eventAt(this.#runtime.mailbox.nowEpochMs());
  }
}

/** A text goes in as its content (the library has put it into JSON already), anything else as JSON, nothing as nothing. */
function inputOf(json: string | null): TypedData {
  if (json === null) return {};
  const value: unknown = JSON.parse(json);
  return { string: typeof value === "string" ? value : json };
}

/** What the extension keeps of a failed activity: the .NET exception that the worker's error became. */
function exceptionDetails(message: string, error: unknown): string {
  return JSON.stringify({
    $type: "System.Exception, System.Private.CoreLib",
    ClassName: "System.Exception",
    Message: ` ${message}`,
    StackTraceString: null,
    RemoteStackTraceString: error instanceof Error ? (error.stack ?? null) : null,
  });
}

interface ThrownDetails {
  readonly errorType?: unknown;
  readonly errorMessage?: string;
  readonly stackTrace?: string;
  readonly isNonRetriable?: boolean;
  readonly properties?: object;
}

/** With an exception properties provider the library throws the details as JSON; else there are none. */
function failureDetailsOf(message: string): object | null {
  if (!message.startsWith("{")) return null;
  let thrown: ThrownDetails;
  try {
    thrown = JSON.parse(message) as ThrownDetails;
  } catch {
    return null;
  }
  if (typeof thrown.errorType !== "string") return null;
  return {
    ErrorType: thrown.errorType,
    ErrorMessage: thrown.errorMessage ?? "",
    StackTrace: thrown.stackTrace ?? null,
    IsNonRetriable: thrown.isNonRetriable === true,
    Properties: thrown.properties ?? null,
    InnerFailure: null,
  };
}
