import { randomUUID } from "node:crypto";
import { hasEnded, type Instance } from "../store/instanceTable.ts";
import { entityIdOf } from "./decision.ts";
import type { DurableRuntime } from "./durableRuntime.ts";
import { eventAt, eventType, type HistoryEvent } from "./historyEvent.ts";
import { RefusedOperation } from "./refusedOperation.ts";

/** Characters that storage refuses in a key. Source: extension 2.13, DurableClient.IsInvalidCharacter. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN_ID_CHARACTERS = /[/\\?#\u0000-\u001f\u007f-\u009f]/;
/** Source: extension 2.13, DurableClient.MaxInstanceIdLength. */
const LONGEST_ID = 100;

export interface StartRequest {
  readonly name: string;
  readonly id?: string | undefined;
  readonly version?: string | undefined;
  /** JSON text. */
  readonly input: string | null;
}

/** What the durable client can ask for. Each change is recorded before the method returns. */
export class DurableOperations {
  readonly #runtime: DurableRuntime;

  constructor(runtime: DurableRuntime) {
    this.#runtime = runtime;
  }

  /** Starts an instance and returns its id; an ended instance of the same id is replaced. */
  startNew(request: StartRequest): string {
    const { store, functions, lifecycle } = this.#runtime;
    if (functions.find("orchestrator", request.name) === undefined) {
      throw new RefusedOperation(400, functions.missing("orchestrator", request.name));
    }
    const id = request.id || randomUUID().replaceAll("-", "");
    assertInstanceId(id);
    const existing = store.instances.get(id);
    if (existing !== undefined && !hasEnded(existing.status)) {
      const message = `An Orchestration instance with the status ${existing.status} already exists.`;
      throw new RefusedOperation(409, message);
    }
    store.transaction(() =>
      lifecycle.create({ id, name: request.name, version: request.version ?? "", input: request.input }),
    );
    return id;
  }

  raiseEvent(id: string, name: string, input: string): void {
    this.#post(id, { ...this.#now(), EventType: eventType.eventRaised, Name: name, Input: input });
  }

  terminate(id: string, reason: string | null): void {
    this.#post(id, { ...this.#now(), EventType: eventType.executionTerminated, Input: reason });
  }

  suspend(id: string, reason: string | null): void {
    if (this.instance(id).status === "Suspended") {
      throw new RefusedOperation(500, "Cannot suspend orchestration instance in the Suspended state.");
    }
    this.#post(id, { ...this.#now(), EventType: eventType.executionSuspended, Reason: reason });
  }

  resume(id: string, reason: string | null): void {
    const { status } = this.instance(id);
    if (!hasEnded(status) && status !== "Suspended") {
      throw new RefusedOperation(500, `Cannot resume orchestration instance in the ${status} state.`);
    }
    this.#post(id, { ...this.#now(), EventType: eventType.executionResumed, Reason: reason });
  }

  /** Removes an instance, or an entity ("@name@key"), with all that is left of it. */
  purge(id: string): void {
    const { store, lifecycle } = this.#runtime;
    if (id.startsWith("@")) {
      if (!store.entities.remove(id)) throw new RefusedOperation(404, `No entity with ID '${id}' found.`);
      return;
    }
    this.instance(id);
    store.transaction(() => lifecycle.remove(id));
  }

  signalEntity(name: string, key: string, operation: string, input: string | undefined): void {
    const { store, functions, mailbox } = this.#runtime;
    if (functions.find("entity", name) === undefined) {
      throw new RefusedOperation(400, functions.missing("entity", name));
    }
    store.transaction(() =>
      mailbox.postToEntity(entityIdOf(name, key), { id: randomUUID(), op: operation, input, signal: true }),
    );
  }

  /** The instance; refuses with 404 when there is none. */
  instance(id: string): Instance {
    const instance = this.#runtime.store.instances.get(id);
    if (instance === undefined) throw new RefusedOperation(404, `No instance with ID '${id}' found.`);
    return instance;
  }

  #post(id: string, event: HistoryEvent): void {
    const { status } = this.instance(id);
    if (hasEnded(status)) throw new RefusedOperation(410, `Instance '${id}' has ended: ${status}.`);
    this.#runtime.store.transaction(() => this.#runtime.mailbox.postToInstance(id, null, event));
  }

  #now(): ReturnType<typeof eventAt> {
    return eventAt(this.#runtime.mailbox.nowEpochMs());
  }
}

function assertInstanceId(id: string): void {
  if (id.startsWith("@")) throw new RefusedOperation(400, "Orchestration instance ids must not start with @.");
  if (FORBIDDEN_ID_CHARACTERS.test(id)) {
    const message = "Orchestration instance ids must not contain /, \\, #, ?, or control characters.";
    throw new RefusedOperation(400, message);
  }
  if (id.length > LONGEST_ID) {
    throw new RefusedOperation(400, `Instance ID lengths must not exceed ${LONGEST_ID} characters.`);
  }
}
