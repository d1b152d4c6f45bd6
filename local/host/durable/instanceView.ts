import { hasEnded, type Instance } from "../store/instanceTable.ts";
import { eventType, type HistoryEvent } from "./historyEvent.ts";

export interface ViewOptions {
  readonly showInput: boolean;
  /** Present: the history is shown. */
  readonly history?: readonly HistoryEvent[];
  readonly showHistoryOutput: boolean;
}

/** An instance as the management API shows it; `input` and `output` are null, never absent, because the library insists. */
export function instanceView(instance: Instance, options: ViewOptions): object {
  const view = {
    name: instance.name,
    instanceId: instance.id,
    runtimeStatus: instance.status,
    input: options.showInput ? parsed(instance.input) : null,
    customStatus: parsed(instance.customStatus),
    output: instance.status === "Completed" ? parsed(instance.output) : instance.output,
    createdTime: wholeSeconds(instance.createdEpochMs),
    lastUpdatedTime: wholeSeconds(instance.updatedEpochMs),
  };
  if (options.history === undefined) return view;
  return { ...view, historyEvents: historyView(options.history, options) };
}

export function isRunning(instance: Instance): boolean {
  return !hasEnded(instance.status);
}

const typeNames = new Map<number, string>([
  [eventType.executionStarted, "ExecutionStarted"],
  [eventType.executionCompleted, "ExecutionCompleted"],
  [eventType.executionTerminated, "ExecutionTerminated"],
  [eventType.taskScheduled, "TaskScheduled"],
  [eventType.taskCompleted, "TaskCompleted"],
  [eventType.taskFailed, "TaskFailed"],
  [eventType.subOrchestrationCreated, "SubOrchestrationInstanceCreated"],
  [eventType.subOrchestrationCompleted, "SubOrchestrationInstanceCompleted"],
  [eventType.subOrchestrationFailed, "SubOrchestrationInstanceFailed"],
  [eventType.timerCreated, "TimerCreated"],
  [eventType.timerFired, "TimerFired"],
  [eventType.eventSent, "EventSent"],
  [eventType.eventRaised, "EventRaised"],
]);

const statusNames = new Map<number, string>([
  [1, "Completed"],
  [3, "Failed"],
  [5, "Terminated"],
]);

/** The history for people: a task that has ended stands as one entry, at its end. */
function historyView(history: readonly HistoryEvent[], options: ViewOptions): object[] {
  const endedTasks = new Set(history.flatMap((event) => ("TaskScheduledId" in event ? [event.TaskScheduledId] : [])));
  const scheduled = new Map<number, HistoryEvent & { readonly Name: string }>();
  const entries: object[] = [];
  for (const event of history) {
    const name = typeNames.get(event.EventType);
    if (name === undefined) continue;
    if (event.EventType === eventType.taskScheduled || event.EventType === eventType.subOrchestrationCreated) {
      scheduled.set(event.EventId, event);
      if (endedTasks.has(event.EventId)) continue;
    }
    entries.push(historyEntry(event, name, scheduled, options));
  }
  return entries;
}

function historyEntry(
  event: HistoryEvent,
  name: string,
  scheduled: ReadonlyMap<number, HistoryEvent & { readonly Name: string }>,
  options: ViewOptions,
): object {
  const entry: Record<string, unknown> = { EventType: name, Timestamp: event.Timestamp };
  if ("Name" in event) entry[event.EventType === eventType.executionStarted ? "FunctionName" : "Name"] = event.Name;
  if ("TaskScheduledId" in event) {
    const task = scheduled.get(event.TaskScheduledId);
    entry.FunctionName = task?.Name;
    entry.ScheduledTime = task?.Timestamp;
  }
  if ("FireAt" in event) entry.FireAt = event.FireAt;
  if ("Reason" in event) entry.Reason = event.Reason;
  if ("Input" in event && options.showInput) entry.Input = parsed(event.Input);
  if ("OrchestrationStatus" in event) entry.OrchestrationStatus = statusNames.get(event.OrchestrationStatus);
  if ("Result" in event && options.showHistoryOutput) entry.Result = parsed(event.Result);
  return entry;
}

/** Most texts are JSON; the reason of a failure or a termination is a plain text. */
function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function wholeSeconds(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
