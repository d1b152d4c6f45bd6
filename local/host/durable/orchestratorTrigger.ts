import type { Instance } from "../store/instanceTable.ts";
import type { LoadedHistory } from "./historyCache.ts";
import type { HistoryEvent } from "./historyEvent.ts";

/**
 * What follows the history in the trigger: the reply schema V3 that the extension 2.13 asks for, its limits of timers
 * (6 days, made of hops of 3) and of HTTP polling. The misspelling is the extension's.
 */
const protocol =
  '"upperSchemaVersion":1,"upperSchemaVersionNew":2,"longRunningTimerIntervalDuration":"3.00:00:00","maximumShortTimerDuration":"6.00:00:00","defaultHttpAsyncRequestSleepTimeMillseconds":30000';

/** The JSON that an orchestrator function is invoked with. Put together from texts, because histories are long. */
export function orchestratorTrigger(
  instance: Instance,
  past: LoadedHistory,
  newEvents: readonly HistoryEvent[],
): string {
  const history = [...past.texts, ...newEvents.map((event) => JSON.stringify(event))].join(",");
  const parentInstanceId = JSON.stringify(instance.parent?.id ?? null);
  const isReplaying = past.texts.length > 0;
  return `{"history":[${history}],"input":${instance.input ?? "null"},"instanceId":${JSON.stringify(instance.id)},"isReplaying":${isReplaying},"parentInstanceId":${parentInstanceId},${protocol}}`;
}
