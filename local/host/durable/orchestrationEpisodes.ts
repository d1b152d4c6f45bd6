/**
 * One episode = the mail of an instance, one run of its orchestrator, one transaction. Either all of it is recorded —
 * the mail consumed, the history longer, activities and timers scheduled, the status — or nothing, and it is run again.
 */
import type { InboxMessage } from "../store/inboxTable.ts";
import { hasEnded, type Instance } from "../store/instanceTable.ts";
import type { DurableRuntime } from "./durableRuntime.ts";
import { recordEpisode } from "./episodeRecord.ts";
import { asPlayed, eventAt, eventType, type HistoryEvent } from "./historyEvent.ts";
import { type OrchestratorReply, replyOfError, replyOfOutcome } from "./orchestratorReply.ts";
import { orchestratorTrigger } from "./orchestratorTrigger.ts";
import { replay } from "./replay.ts";

export class OrchestrationEpisodes {
  readonly #runtime: DurableRuntime;

  constructor(runtime: DurableRuntime) {
    this.#runtime = runtime;
  }

  /** Handles the mail of an instance. A failure of the host itself fails the instance: it must not hang in silence. */
  async run(instanceId: string): Promise<void> {
    try {
      await this.#episode(instanceId);
    } catch (error) {
      if (this.#runtime.isHalted()) return;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#runtime.log(`[error] The local host failed to run instance ${instanceId}: ${text}`);
      this.#fail(instanceId, `The local host failed: ${text}`);
    }
  }

  async #episode(instanceId: string): Promise<void> {
    const { store, mailbox } = this.#runtime;
    if (this.#runtime.isHalted()) return;
    const instance = store.instances.get(instanceId);
    const all = store.inbox.visible(instanceId, mailbox.nowEpochMs());
    const mail = instance === undefined || hasEnded(instance.status) ? [] : all.filter(isFor(instance.executionId));
    if (mail.length < all.length) {
      store.transaction(() => store.inbox.remove(all.filter((message) => !mail.includes(message))));
    }
    if (instance === undefined || mail.length === 0) return;
    const termination = mail.map((message) => message.event).find(isTermination);
    if (termination !== undefined) return this.#terminate(instance, termination);
    const delivered = this.#applySuspension(instance, mail);
    if (delivered.length > 0) await this.#runOrchestrator(instance, delivered);
  }

  #terminate(instance: Instance, termination: HistoryEvent & { readonly Input: string | null }): void {
    const { store, lifecycle } = this.#runtime;
    const end = { status: "Terminated", output: termination.Input, customStatus: instance.customStatus } as const;
    store.transaction(() => {
      const events = [termination, ...lifecycle.endEvents(end)].map((event) => JSON.stringify(asPlayed(event)));
      store.history.append(instance.id, lifecycle.history(instance.id).texts.length, events);
      lifecycle.end(instance, end);
    });
  }

  /** Takes suspend and resume out of the mail. While an instance is suspended, all other mail stays where it is. */
  #applySuspension(instance: Instance, mail: readonly InboxMessage[]): readonly InboxMessage[] {
    const { store, mailbox } = this.#runtime;
    const switches = mail.filter(({ event }) => isSuspend(event) || event.EventType === eventType.executionResumed);
    const last = switches.at(-1);
    const isSuspended = last === undefined ? instance.status === "Suspended" : isSuspend(last.event);
    if (last !== undefined) {
      store.transaction(() => {
        store.inbox.remove(switches);
        const status = isSuspended ? "Suspended" : "Running";
        store.instances.update({ ...instance, status, updatedEpochMs: mailbox.nowEpochMs() });
      });
    }
    return isSuspended ? [] : mail.filter((message) => !switches.includes(message));
  }

  async #runOrchestrator(instance: Instance, mail: readonly InboxMessage[]): Promise<void> {
    const { store, mailbox, lifecycle } = this.#runtime;
    const { id: instanceId } = instance;
    const past = lifecycle.history(instance.id);
    const started: HistoryEvent = { ...eventAt(mailbox.nowEpochMs()), EventType: eventType.orchestratorStarted };
    const newEvents = [started, ...startFirst(mail.map((message) => message.event))];
    const reply = await this.#invoke(instance, orchestratorTrigger(instance, past, newEvents));
    if (this.#runtime.isHalted()) return;
    // Purged and perhaps started anew while the orchestrator ran: this run belongs to nobody.
    if (store.instances.executionIdOf(instanceId) !== instance.executionId) return;
    const result = replay([...past.events, ...newEvents], reply, { instanceId, executionId: instance.executionId });
    recordEpisode(this.#runtime, { instance, mail, past, newEvents, reply, result });
  }

  async #invoke(instance: Instance, trigger: string): Promise<OrchestratorReply> {
    const registered = this.#runtime.functions.find("orchestrator", instance.name);
    if (registered === undefined) {
      return { kind: "refused", reason: this.#runtime.functions.missing("orchestrator", instance.name) };
    }
    try {
      return replyOfOutcome(await this.#runtime.invoker.invoke(registered, { string: trigger }));
    } catch (error) {
      return replyOfError(error);
    }
  }

  #fail(instanceId: string, reason: string): void {
    const { store, lifecycle } = this.#runtime;
    const instance = store.instances.get(instanceId);
    if (instance === undefined || hasEnded(instance.status)) return;
    store.transaction(() =>
      lifecycle.end(instance, { status: "Failed", output: reason, customStatus: instance.customStatus, error: reason }),
    );
  }
}

function isFor(executionId: string): (message: InboxMessage) => boolean {
  return (message) => message.executionId === null || message.executionId === executionId;
}

function isSuspend(event: HistoryEvent): boolean {
  return event.EventType === eventType.executionSuspended;
}

function isTermination(
  event: HistoryEvent,
): event is HistoryEvent & { readonly EventType: typeof eventType.executionTerminated } {
  return event.EventType === eventType.executionTerminated;
}

/** An event may have been raised before the instance first ran; its start comes first all the same. */
function startFirst(events: readonly HistoryEvent[]): HistoryEvent[] {
  const isStart = (event: HistoryEvent): boolean => event.EventType === eventType.executionStarted;
  return [...events.filter(isStart), ...events.filter((event) => !isStart(event))];
}
