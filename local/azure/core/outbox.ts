import type { Clock } from "../../clock.ts";
import { type OutboundAnswer, type OutboundRequest, sendOutbound } from "./outboundRequest.ts";
import type { JsonObject } from "./resourceType.ts";
import type { StateTable } from "./stateTable.ts";

export interface OutboxEntry {
  readonly id: string;
  readonly request: OutboundRequest;
  /** The module's task that is given the answer. */
  readonly task: string;
  readonly data: JsonObject;
}

/**
 * Requests to customers' endpoints. A turn only writes them down; they leave after it, so that one that was taken back was
 * never sent. One whose answer did not come before a restart is sent again: the endpoint sees it twice, as with Azure.
 */
export class Outbox {
  readonly #table: StateTable<OutboxEntry>;
  readonly #clock: Clock;
  readonly #onAnswer: (entry: OutboxEntry, answer: OutboundAnswer) => void;
  #sequence: number;
  readonly #stopped = new AbortController();

  constructor(
    table: StateTable<OutboxEntry>,
    clock: Clock,
    onAnswer: (entry: OutboxEntry, answer: OutboundAnswer) => void,
  ) {
    this.#table = table;
    this.#clock = clock;
    this.#onAnswer = onAnswer;
    this.#sequence = Math.max(0, ...[...table.values()].map((entry) => Number(entry.id)));
  }

  /** Sends what an earlier process has not seen answered. */
  resume(): void {
    for (const { id } of this.#table.values()) this.#sendSoon(id);
  }

  add(request: OutboundRequest, task: string, data: JsonObject): void {
    this.#sequence += 1;
    const id = String(this.#sequence);
    this.#table.set(id, { id, request, task, data });
    this.#sendSoon(id);
  }

  remove(id: string): void {
    this.#table.delete(id);
  }

  stop(): void {
    this.#stopped.abort();
  }

  #sendSoon(id: string): void {
    const release = this.#clock.hold();
    setImmediate(() => void this.#send(id, release).finally(release));
  }

  async #send(id: string, release: () => void): Promise<void> {
    const entry = this.#table.get(id);
    if (entry === undefined || this.#stopped.signal.aborted) return;
    const answer = await sendOutbound(entry.request, this.#clock, {
      onPatienceOver: release,
      signal: this.#stopped.signal,
    });
    if (!this.#stopped.signal.aborted) this.#onAnswer(entry, answer);
  }
}
