import type { RegisteredFunction } from "../app/functionApp.ts";
import { fromTypedData } from "../app/typedData.ts";
import type { EntityInboxMessage, EntityState } from "../store/entityTable.ts";
import { entityIdOf, splitEntityId } from "./decision.ts";
import type { DurableRuntime } from "./durableRuntime.ts";
import { eventAt, eventType } from "./historyEvent.ts";

/** What the library answers for a batch of operations. */
interface BatchReply {
  readonly entityExists: boolean;
  /** JSON text. */
  readonly entityState?: string | null;
  readonly results: readonly OperationResult[];
  readonly signals: readonly EntitySignal[];
}

interface OperationResult {
  readonly isError: boolean;
  /** JSON text. */
  readonly result?: string | null;
}

interface EntitySignal {
  readonly target: { readonly name: string; readonly key: string };
  readonly name: string;
  readonly input?: string;
}

/** Runs the operations of an entity, first come first served, in batches; state, answers and signals are recorded together. */
export class EntityBatches {
  readonly #runtime: DurableRuntime;

  constructor(runtime: DurableRuntime) {
    this.#runtime = runtime;
  }

  async run(entityId: string): Promise<void> {
    try {
      await this.#batch(entityId);
    } catch (error) {
      if (this.#runtime.isHalted()) return;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#runtime.log(`[error] The local host failed to run entity ${entityId}: ${text}`);
    }
  }

  async #batch(entityId: string): Promise<void> {
    const { store } = this.#runtime;
    if (this.#runtime.isHalted()) return;
    const messages = store.entities.messages(entityId);
    if (messages.length === 0) return;
    const before = store.entities.get(entityId);
    const { name, key } = splitEntityId(entityId);
    const registered = this.#runtime.functions.find("entity", name);
    const reply =
      registered === undefined
        ? failedBatch(before, messages, this.#runtime.functions.missing("entity", name))
        : await this.#invoke(registered, { name, key }, before, messages);
    if (!this.#runtime.isHalted()) this.#record(entityId, messages, reply);
  }

  async #invoke(
    registered: RegisteredFunction,
    self: { readonly name: string; readonly key: string },
    before: EntityState,
    messages: readonly EntityInboxMessage[],
  ): Promise<BatchReply> {
    const batch = messages.map(({ message }) => ({
      id: message.id,
      name: message.op,
      input: message.input ?? null,
      isSignal: message.signal,
    }));
    const trigger = JSON.stringify({ self, exists: before.exists, state: before.state, batch });
    try {
      const outcome = await this.#runtime.invoker.invoke(registered, { string: trigger });
      const reply = fromTypedData(await outcome.returnValue()) as BatchReply;
      this.#logErrors(registered.name, messages, reply);
      return reply;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#runtime.log(`[error] Entity function '${registered.name}' failed: ${text}`);
      return failedBatch(before, messages, text);
    }
  }

  /** The library keeps nothing of an error but "{}", so a failed operation is at least named. */
  #logErrors(name: string, messages: readonly EntityInboxMessage[], reply: BatchReply): void {
    for (const [index, result] of reply.results.entries()) {
      const operation = messages[index]?.message.op;
      if (result.isError) this.#runtime.log(`[error] Entity function '${name}' failed in operation '${operation}'.`);
    }
  }

  #record(entityId: string, messages: readonly EntityInboxMessage[], reply: BatchReply): void {
    const { store, mailbox } = this.#runtime;
    store.transaction(() => {
      store.entities.removeMessages(messages);
      const state = { exists: reply.entityExists, state: reply.entityState ?? null };
      store.entities.put(entityId, state, mailbox.nowEpochMs());
      for (const [index, message] of messages.entries()) this.#answer(message, reply.results[index]);
      for (const signal of reply.signals) this.#signal(signal);
    });
  }

  #answer({ message }: EntityInboxMessage, result: OperationResult | undefined): void {
    if (message.signal || message.parent === undefined) return;
    const answer = { result: result?.result ?? null, ...(result?.isError ? { exceptionType: "Error" } : {}) };
    this.#runtime.mailbox.postToInstance(message.parent, message.parentExecution ?? null, {
      ...eventAt(this.#runtime.mailbox.nowEpochMs()),
      EventType: eventType.eventRaised,
      Name: message.id,
      Input: JSON.stringify(answer),
    });
  }

  #signal(signal: EntitySignal): void {
    const target = entityIdOf(signal.target.name, signal.target.key);
    if (this.#runtime.functions.find("entity", signal.target.name) === undefined) {
      this.#runtime.log(`[error] ${this.#runtime.functions.missing("entity", signal.target.name)}`);
      return;
    }
    this.#runtime.mailbox.postToEntity(target, {
      id: crypto.randomUUID(),
      op: signal.name,
      input: signal.input || undefined,
      signal: true,
    });
  }
}

/** No operation was done: every one is answered with the error, and the state stays. */
function failedBatch(before: EntityState, messages: readonly EntityInboxMessage[], error: string): BatchReply {
  return {
    entityExists: before.exists,
    entityState: before.state,
    results: messages.map(() => ({ isError: true, result: JSON.stringify(error) })),
    signals: [],
  };
}
