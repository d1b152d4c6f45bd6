import type { InboxMessage } from "../store/inboxTable.ts";
import { hasEnded, type Instance } from "../store/instanceTable.ts";
import { type Decision, functionOf } from "./decision.ts";
import type { DurableRuntime } from "./durableRuntime.ts";
import type { LoadedHistory } from "./historyCache.ts";
import { asPlayed, eventAt, eventType, type HistoryEvent } from "./historyEvent.ts";
import type { InstanceEnd } from "./instanceLifecycle.ts";
import type { OrchestratorReply } from "./orchestratorReply.ts";
import type { ReplayResult } from "./replay.ts";

export interface Episode {
  readonly instance: Instance;
  readonly mail: readonly InboxMessage[];
  readonly past: LoadedHistory;
  readonly newEvents: readonly HistoryEvent[];
  readonly reply: OrchestratorReply;
  readonly result: ReplayResult;
}

/** Records an episode in one transaction. */
export function recordEpisode(runtime: DurableRuntime, episode: Episode): void {
  const { store, lifecycle } = runtime;
  const result = refuseMissingFunctions(runtime, episode.result);
  try {
    store.transaction(() => {
      store.inbox.remove(episode.mail);
      if (result.kind === "continuedAsNew") return recordContinueAsNew(runtime, episode, result);
      const decided = result.kind === "refused" ? [] : result.decisions;
      const events = [...episode.newEvents, ...decided.map((decision) => decide(runtime, episode, decision))];
      const end = endOf(episode, result);
      if (end !== undefined) {
        append(runtime, episode, [...events, ...lifecycle.endEvents(end)]);
        lifecycle.end(episode.instance, end);
        return;
      }
      const completed = eventAt(runtime.mailbox.nowEpochMs());
      append(runtime, episode, [...events, { ...completed, EventType: eventType.orchestratorCompleted }]);
      store.instances.update(running(runtime, episode));
    });
  } catch (error) {
    lifecycle.forgetHistory(episode.instance.id);
    throw error;
  }
}

/** The extension refuses a call of a function that does not exist, and with it the whole orchestrator. */
function refuseMissingFunctions(runtime: DurableRuntime, result: ReplayResult): ReplayResult {
  if (result.kind === "refused") return result;
  for (const decision of result.decisions) {
    const needed = functionOf(decision);
    if (needed !== undefined && runtime.functions.find(needed.kind, needed.name) === undefined) {
      return { kind: "refused", reason: runtime.functions.missing(needed.kind, needed.name) };
    }
  }
  return result;
}

function recordContinueAsNew(
  runtime: DurableRuntime,
  episode: Episode,
  result: ReplayResult & { readonly kind: "continuedAsNew" },
): void {
  for (const decision of result.decisions) decide(runtime, episode, decision);
  const input = result.input === undefined ? null : JSON.stringify(result.input);
  runtime.lifecycle.continueAsNew(running(runtime, episode), input, result.carriedEvents);
}

/** Does what the orchestrator decided, and gives the event that says so. */
function decide(runtime: DurableRuntime, episode: Episode, decision: Decision): HistoryEvent {
  const { store, mailbox } = runtime;
  const { id: instanceId, executionId } = episode.instance;
  const base = eventAt(mailbox.nowEpochMs(), decision.sequence);
  switch (decision.kind) {
    case "activity": {
      const { name, sequence: taskId } = decision;
      store.activities.insert({ instanceId, executionId, taskId, name, input: jsonOrNull(decision.input) });
      return { ...base, EventType: eventType.taskScheduled, Name: name, Version: "", Input: null };
    }
    case "timer": {
      const FireAt = new Date(decision.fireAtEpochMs).toISOString();
      const fired = { ...eventAt(decision.fireAtEpochMs), EventType: eventType.timerFired, FireAt };
      mailbox.postToInstance(instanceId, executionId, { ...fired, TimerId: decision.sequence }, decision.fireAtEpochMs);
      return { ...base, EventType: eventType.timerCreated, FireAt };
    }
    case "subOrchestration": {
      startSubOrchestration(runtime, episode.instance, decision);
      const { name, version, instanceId: childId } = decision;
      const created = { EventType: eventType.subOrchestrationCreated, Name: name, Version: version };
      return { ...base, ...created, InstanceId: childId, Input: null };
    }
    case "entityMessage": {
      mailbox.postToEntity(decision.entityId, decision.message);
      const sent = { EventType: eventType.eventSent, InstanceId: decision.entityId, Name: "op" };
      return { ...base, ...sent, Input: JSON.stringify(decision.message) };
    }
  }
}

function startSubOrchestration(
  runtime: DurableRuntime,
  parent: Instance,
  decision: Decision & { readonly kind: "subOrchestration" },
): void {
  const { store, mailbox, lifecycle } = runtime;
  const existing = store.instances.get(decision.instanceId);
  if (existing !== undefined && !hasEnded(existing.status)) {
    const Reason = `An instance with the id '${decision.instanceId}' is ${existing.status} already; give each sub-orchestration an id of its own.`;
    const base = eventAt(mailbox.nowEpochMs());
    const failed = { EventType: eventType.subOrchestrationFailed, TaskScheduledId: decision.sequence };
    mailbox.postToInstance(parent.id, parent.executionId, {
      ...base,
      ...failed,
      Reason,
      Details: Reason,
      FailureDetails: null,
    });
    return;
  }
  lifecycle.create({
    id: decision.instanceId,
    name: decision.name,
    version: decision.version,
    input: jsonOrNull(decision.input),
    parent: { id: parent.id, executionId: parent.executionId, taskId: decision.sequence, name: parent.name },
  });
}

/** How the instance ends with this episode; undefined when it goes on. */
function endOf(episode: Episode, result: ReplayResult): InstanceEnd | undefined {
  const customStatus = customStatusOf(episode);
  const failureDetails = episode.reply.kind === "state" ? episode.reply.failureDetails : null;
  switch (result.kind) {
    case "completed": {
      const output = episode.reply.kind === "state" ? jsonOrNull(episode.reply.output) : null;
      return { status: "Completed", output, customStatus };
    }
    case "failed":
    case "refused": {
      const output = `Orchestrator function '${episode.instance.name}' failed: ${result.reason}`;
      return { status: "Failed", output, customStatus, error: result.reason, failureDetails };
    }
    default:
      return undefined;
  }
}

function append(runtime: DurableRuntime, episode: Episode, events: readonly HistoryEvent[]): void {
  const { past, instance } = episode;
  const played = events.map(asPlayed);
  const texts = played.map((event) => JSON.stringify(event));
  runtime.store.history.append(instance.id, past.texts.length, texts);
  past.texts.push(...texts);
  past.events.push(...played);
}

function running(runtime: DurableRuntime, episode: Episode): Instance {
  const updatedEpochMs = runtime.mailbox.nowEpochMs();
  return { ...episode.instance, status: "Running", customStatus: customStatusOf(episode), updatedEpochMs };
}

function customStatusOf(episode: Episode): string | null {
  const { reply, instance } = episode;
  return (reply.kind === "state" ? reply.customStatus : undefined) ?? instance.customStatus;
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}
