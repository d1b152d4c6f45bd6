import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../../local/clock.ts";
import { eventAt, eventType, type HistoryEvent } from "../../local/host/durable/historyEvent.ts";
import { Mailbox } from "../../local/host/durable/mailbox.ts";
import { ReadyKeys } from "../../local/host/durable/readyKeys.ts";
import { Store } from "../../local/host/store/store.ts";

/** Time as a running clock shows it: it is later at every look. */
class RestlessClock implements Clock {
  #nowEpochMs = 1_000;
  readonly alarms = new Set<{ readonly dueEpochMs: number; readonly callback: () => void }>();

  now(): number {
    this.#nowEpochMs += 1;
    return this.#nowEpochMs;
  }

  at(dueEpochMs: number, callback: () => void): () => void {
    const alarm = { dueEpochMs, callback };
    this.alarms.add(alarm);
    return () => void this.alarms.delete(alarm);
  }

  hold(): () => void {
    return () => {};
  }

  /** Rings every alarm, one after the other, until none is set. */
  async ringAll(): Promise<void> {
    while (this.alarms.size > 0) {
      for (const alarm of [...this.alarms]) {
        if (!this.alarms.delete(alarm)) continue;
        this.#nowEpochMs = Math.max(this.#nowEpochMs, alarm.dueEpochMs);
        alarm.callback();
      }
      await nextTurn();
    }
    await nextTurn();
  }
}

const store = new Store(":memory:");
afterEach(() => store.close());

describe("Mailbox", () => {
  it("wakes everybody whose timer falls due while it looks for who is to be woken", async () => {
    const clock = new RestlessClock();
    const woken = new Set<string>();
    const instances = new ReadyKeys(clock, async (id) => {
      woken.add(id);
      store.inbox.remove(store.inbox.visible(id, Number.MAX_SAFE_INTEGER));
    });
    const mailbox = new Mailbox(store, clock, { instances, entities: new ReadyKeys(clock, async () => {}) });
    const ids = Array.from({ length: 60 }, (_, index) => `instance${index}`);
    ids.forEach((id, index) => {
      const dueEpochMs = 2_000 + index;
      mailbox.postToInstance(id, null, timerFired(dueEpochMs), dueEpochMs);
      // What another instance's end does in between.
      if (index % 7 === 0) mailbox.rearm();
    });
    await clock.ringAll();
    expect(ids.filter((id) => !woken.has(id))).toEqual([]);
  });
});

function timerFired(dueEpochMs: number): HistoryEvent {
  const FireAt = new Date(dueEpochMs).toISOString();
  return { ...eventAt(dueEpochMs), EventType: eventType.timerFired, FireAt, TimerId: 0 };
}
