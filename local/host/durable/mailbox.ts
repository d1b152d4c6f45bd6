import type { Clock } from "../../clock.ts";
import type { EntityMessage } from "../store/entityTable.ts";
import type { Store } from "../store/store.ts";
import type { HistoryEvent } from "./historyEvent.ts";
import type { ReadyKeys } from "./readyKeys.ts";

export interface Readiness {
  readonly instances: ReadyKeys;
  readonly entities: ReadyKeys;
}

/** Posts messages to instances and entities, and wakes who has mail: at once, or when a timer's message becomes visible. */
export class Mailbox {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #readiness: Readiness;
  #alarm: { readonly dueEpochMs: number; readonly cancel: () => void } | undefined;

  constructor(store: Store, clock: Clock, readiness: Readiness) {
    this.#store = store;
    this.#clock = clock;
    this.#readiness = readiness;
  }

  /** Wakes everybody who had mail when the last host ended. */
  recover(): void {
    for (const id of this.#store.entities.withMessages()) this.#readiness.entities.add(id);
    this.rearm();
  }

  halt(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  /** A message for one execution of an instance, or (null) for whichever is running. */
  postToInstance(instanceId: string, executionId: string | null, event: HistoryEvent, visibleEpochMs?: number): void {
    const now = this.nowEpochMs();
    const visible = visibleEpochMs ?? now;
    this.#store.inbox.insert(instanceId, executionId, event, visible);
    if (visible <= now) this.#readiness.instances.add(instanceId);
    else if (this.#alarm === undefined || visible < this.#alarm.dueEpochMs) this.#arm(visible);
  }

  postToEntity(entityId: string, message: EntityMessage): void {
    this.#store.entities.post(entityId, message);
    this.#readiness.entities.add(entityId);
  }

  /**
   * Wakes whose mail is visible and sets the alarm for the next: both as of one instant, because a message that becomes
   * visible between two looks at the clock would be nobody's. Called, too, after messages were dropped, so that time
   * is not spent on waiting for what nobody wants.
   */
  rearm(): void {
    const now = this.nowEpochMs();
    for (const id of this.#store.inbox.instancesWithVisible(now)) this.#readiness.instances.add(id);
    const next = this.#store.inbox.nextVisibleEpochMs(now);
    if (next === this.#alarm?.dueEpochMs) return;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    if (next !== undefined) this.#arm(next);
  }

  /** Whole milliseconds, rounded down: a timer must never seem to fire early. */
  nowEpochMs(): number {
    return Math.floor(this.#clock.now());
  }

  #arm(dueEpochMs: number): void {
    this.#alarm?.cancel();
    const ring = (): void => {
      this.#alarm = undefined;
      this.rearm();
    };
    this.#alarm = { dueEpochMs, cancel: this.#clock.at(dueEpochMs, ring) };
  }
}
