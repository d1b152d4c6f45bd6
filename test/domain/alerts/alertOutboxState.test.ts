import { describe, expect, it } from "vitest";
import type { Alert, AlertEvent } from "../../../src/domain/alerts/alert.ts";
import { type AlertOutboxState, add, due, emptyOutbox } from "../../../src/domain/alerts/alertOutboxState.ts";
import { retryPauseSeconds } from "../../../src/domain/alerts/deliveryPace.ts";
import { report } from "../../../src/domain/alerts/deliveryReport.ts";
import { ALERTS_WAITING_MAX, boundedSubjects, SUBJECTS_KEPT } from "../../../src/domain/alerts/outboxBounds.ts";
import type { Delivery, Sink } from "../../../src/domain/alerts/sink.ts";
import { SeededRandom } from "../seededRandom.ts";
import { sampleAlert } from "./sampleAlert.ts";

const START = Date.parse("2026-11-02T08:00:00.000Z");
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

function alert(subject: string, revision: number, event: AlertEvent): Alert {
  return sampleAlert({ subject, revision, event });
}

function added(state: AlertOutboxState, alerts: readonly Alert[], sinks: readonly Sink[] = ["itsm"]) {
  return add(state, { environment: "prod", alerts, sinks });
}

/** The outbox with a runner at a sink: every delivery goes through `due` and `report`, as the orchestration does it. */
class Runner {
  state = emptyOutbox;
  seconds = 0;
  readonly taken: string[] = [];

  add(...alerts: Alert[]): void {
    this.state = added(this.state, alerts)[0];
  }

  /** What is done next, with what the sink makes of it. */
  step(delivery: Delivery = { kind: "delivered" }): string {
    const instanceId = this.state.sinks.itsm?.running ?? "nobody";
    const [next, what] = due(this.state, { sink: "itsm", instanceId, at: at(this.seconds) });
    this.state = next;
    if (what.kind !== "send") return what.kind === "wait" ? `wait ${what.seconds}` : what.kind;
    this.state = report(next, { sink: "itsm", alertId: what.alert.id, delivery, at: at(this.seconds) });
    if (delivery.kind === "delivered") this.taken.push(what.alert.id);
    return `${what.alert.event} ${what.alert.id}`;
  }
}

const down: Delivery = { kind: "again", why: "It answered 503." };

describe("add", () => {
  it("takes each alert once, and starts one delivery a sink", () => {
    const [state, { start }] = added(emptyOutbox, [alert("a", 1, "opened")], ["itsm", "card"]);
    expect(start).toEqual([
      { environment: "prod", sink: "itsm", instanceId: "alerts.prod.itsm.1" },
      { environment: "prod", sink: "card", instanceId: "alerts.prod.card.1" },
    ]);
    const [again, { start: none }] = added(state, [alert("a", 1, "opened")], ["itsm", "card"]);
    expect(again).toEqual(state);
    expect(none).toEqual([]);
  });

  it("replaces updates that did not arrive, and never the opening or the closing", () => {
    const events = (state: AlertOutboxState) =>
      state.alerts.map((each) => `${each.alert.event} ${each.alert.revision}`);
    const [state] = added(emptyOutbox, [alert("a", 1, "opened"), alert("a", 2, "updated"), alert("a", 3, "updated")]);
    expect(events(state)).toEqual(["opened 1", "updated 3"]);
    expect(events(added(state, [alert("a", 4, "closed")])[0])).toEqual(["opened 1", "closed 4"]);
    expect(events(added(state, [alert("b", 1, "opened")])[0])).toEqual(["opened 1", "updated 3", "opened 1"]);
  });

  it("takes an opening that was overtaken, in its place, and no update that was", () => {
    const runner = new Runner();
    runner.add(alert("a", 3, "updated"), alert("a", 2, "updated"), alert("a", 1, "opened"));
    expect([runner.step(), runner.step(), runner.step()]).toEqual(["opened a:1", "updated a:3", "done"]);
  });

  it("takes a closing that was overtaken, once", () => {
    const [state] = added(emptyOutbox, [alert("a", 3, "updated"), alert("a", 2, "closed")]);
    expect(state.alerts.map(({ alert: { event, revision } }) => `${event} ${revision}`)).toEqual([
      "updated 3",
      "closed 2",
    ]);
    const again = [alert("a", 3, "updated"), alert("a", 2, "closed"), alert("a", 1, "updated")];
    expect(added(state, again)[0]).toEqual(state);
  });

  it("keeps nothing when no sink is on, and nothing for one that is on no more", () => {
    expect(added(emptyOutbox, [alert("a", 1, "opened")], [])[0]).toEqual(emptyOutbox);
    const [state] = added(emptyOutbox, [alert("a", 1, "opened")], ["itsm", "card"]);
    const [after] = added(state, [], ["card"]);
    expect(after.alerts.map(({ attemptCounts }) => attemptCounts)).toEqual([{ card: 0 }]);
  });

  it("stays bounded: what is over by itself gives way first, and is counted", () => {
    const flaps = Array.from({ length: 100 }, (_, index) => [
      alert(`flap${index}`, 1, "opened"),
      alert(`flap${index}`, 2, "closed"),
    ]).flat();
    const standing = Array.from({ length: ALERTS_WAITING_MAX - 50 }, (_, index) => alert(`s${index}`, 1, "opened"));
    const [state] = added(emptyOutbox, [...standing, ...flaps]);
    expect(state.alerts).toHaveLength(ALERTS_WAITING_MAX);
    expect(state.overflowCount).toBe(150);
    expect(state.alerts.filter(({ alert: { subject } }) => subject.startsWith("s"))).toHaveLength(standing.length);
    // No more of them than must.
    expect(new Set(state.alerts.map(({ alert: { subject } }) => subject)).has("flap75")).toBe(true);
    expect(new Set(state.alerts.map(({ alert: { subject } }) => subject)).has("flap74")).toBe(false);
    const many = Array.from({ length: SUBJECTS_KEPT * 2 }, (_, index) => alert(`m${index}`, 1, "opened"));
    expect(added(emptyOutbox, many)[0].subjects.length).toBeLessThanOrEqual(SUBJECTS_KEPT);
  });
});

describe("an outbox that is full", () => {
  const numbered = (count: number, event: AlertEvent, revision = 1) =>
    Array.from({ length: count }, (_, index) => alert(`s${index}`, revision, event));

  it("gives up the oldest alerts where none is over by itself", () => {
    const closings = numbered(10, "closed", 2);
    const [{ alerts }] = added(emptyOutbox, [...closings, ...numbered(ALERTS_WAITING_MAX, "updated", 3)]);
    expect(alerts).toHaveLength(ALERTS_WAITING_MAX);
    expect(alerts.every(({ alert: { event } }) => event === "updated")).toBe(true);
  });

  it("gives up the closing of what was opened and heard only when nothing else is left", () => {
    const opened = Array.from({ length: ALERTS_WAITING_MAX }, (_, index) => alert(`o${index}`, 1, "opened"));
    const flap = [alert("flap", 1, "opened"), alert("flap", 2, "closed")];
    const [{ alerts }] = added(emptyOutbox, [alert("heard", 2, "closed"), ...flap, ...opened.slice(2)]);
    expect(alerts.map(({ alert: { subject } }) => subject)).toContain("heard");
    expect(alerts.map(({ alert: { subject } }) => subject)).not.toContain("flap");
  });

  it("remembers subjects of which something waits, then those that are open, then the newest", () => {
    const subject = (index: number, closedRevision?: number) => ({
      subject: `s${index}`,
      newestRevision: 2,
      references: {},
      ...(closedRevision === undefined ? {} : { closedRevision }),
    });
    // The first waits and is closed, the second is open, all others are closed.
    const all = Array.from({ length: SUBJECTS_KEPT + 2 }, (_, index) => subject(index, index === 1 ? undefined : 2));
    const kept = boundedSubjects(all, new Set(["s0"])).map((each) => each.subject);
    expect(kept).toHaveLength(SUBJECTS_KEPT);
    expect(kept.slice(0, 3)).toEqual(["s0", "s1", "s4"]);
  });
});

describe("due", () => {
  it("serves one instance only, and forgets none that comes while that one ends", () => {
    const runner = new Runner();
    runner.add(alert("a", 1, "opened"));
    expect(due(runner.state, { sink: "itsm", instanceId: "another", at: at(0) })[1]).toEqual({ kind: "done" });
    expect([runner.step(), runner.step()]).toEqual(["opened a:1", "done"]);
    const [, { start }] = added(runner.state, [alert("b", 1, "opened")]);
    expect(start.map(({ instanceId }) => instanceId)).toEqual(["alerts.prod.itsm.2"]);
  });

  it("waits ever longer for a sink that is down, up to an hour, and for ever", () => {
    const runner = new Runner();
    runner.add(alert("a", 1, "opened"));
    const pauses = Array.from({ length: 12 }, () => {
      runner.step(down);
      const pause = Number(runner.step().split(" ")[1]);
      runner.seconds += pause;
      return pause;
    });
    expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600]);
    expect(retryPauseSeconds(100_000)).toBe(3600);
    expect(runner.step()).toBe("opened a:1");
  });

  it("lets a new alert find out that a sink is well again, and then all others go at once", () => {
    const runner = new Runner();
    runner.add(alert("a", 1, "opened"));
    for (let failures = 0; failures < 8; failures++) {
      runner.step(down);
      runner.seconds += retryPauseSeconds(failures + 1);
    }
    runner.step(down);
    runner.seconds += 31;
    runner.add(alert("b", 1, "opened"));
    expect([runner.step(), runner.step(), runner.step()]).toEqual(["opened b:1", "opened a:1", "done"]);
  });

  it("waits as long as the sink asks, also with a new alert", () => {
    const runner = new Runner();
    runner.add(alert("a", 1, "opened"));
    runner.step({ kind: "again", why: "It answered 429.", retryAfterSeconds: 900 });
    runner.add(alert("b", 1, "opened"));
    expect(runner.step()).toBe("wait 900");
  });

  it("waits as long as it would have when the sink asks for less", () => {
    const runner = new Runner();
    runner.add(alert("a", 1, "opened"));
    runner.step({ kind: "again", why: "It answered 429.", retryAfterSeconds: 1 });
    expect(runner.step()).toBe("wait 30");
    runner.seconds = 29.5;
    expect(runner.step()).toBe("wait 1");
  });

  it("begins with the shortest pause again once a sink was well", () => {
    const runner = new Runner();
    runner.add(alert("a", 1, "opened"));
    for (let failures = 1; failures <= 6; failures++) {
      runner.step(down);
      runner.seconds += retryPauseSeconds(failures);
    }
    expect(runner.step()).toBe("opened a:1");
    expect(runner.state.sinks.itsm).toMatchObject({ failureCount: 0, deliveredCount: 1 });
    expect(runner.state.sinks.itsm).not.toHaveProperty("lastFailure");
    runner.add(alert("b", 1, "opened"));
    runner.step(down);
    expect(runner.step()).toBe("wait 30");
  });

  it("is not held up by one alert that the sink chokes on", () => {
    const runner = new Runner();
    runner.add(alert("poison", 1, "opened"), alert("a", 1, "opened"), alert("a", 2, "closed"));
    runner.step(down);
    runner.seconds += 30;
    expect([runner.step(), runner.step()]).toEqual(["opened a:1", "closed a:2"]);
    expect(runner.step(down)).toBe("opened poison:1");
  });
});

describe("the outbox", () => {
  it("brings each opening and each closing once and in order, whatever fails, in 300 seeded runs", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new SeededRandom(seed);
      const runner = new Runner();
      const wanted: string[] = [];
      const revisions = new Map<string, number>();
      for (let turn = 0; turn < 60; turn++) {
        if (random.below(3) === 0) {
          const subject = `s${random.below(5)}.${Math.floor(turn / 20)}`;
          const revision = (revisions.get(subject) ?? 0) + 1;
          if (revision > 5) continue;
          revisions.set(subject, revision);
          const event = revision === 1 ? "opened" : revision === 5 ? "closed" : "updated";
          const next = alert(subject, revision, event);
          runner.add(next);
          if (random.below(4) === 0) runner.add(next);
          if (event !== "updated") wanted.push(next.id);
        }
        const isDown = random.below(2) === 0;
        runner.step(isDown ? down : { kind: "delivered", reference: { id: "x", name: "INC1" } });
        runner.seconds += random.below(60);
      }
      for (let turn = 0; turn < 200 && runner.state.alerts.length > 0; turn++) {
        runner.step();
        runner.seconds += 60;
      }
      expect(runner.state.alerts, `seed ${seed}`).toEqual([]);
      expect(new Set(runner.taken).size, `seed ${seed}`).toBe(runner.taken.length);
      expect(
        wanted.filter((id) => !runner.taken.includes(id)),
        `seed ${seed}`,
      ).toEqual([]);
      for (const subject of revisions.keys()) {
        const own = runner.taken.filter((id) => id.startsWith(`${subject}:`)).map((id) => Number(id.split(":")[1]));
        expect(own, `seed ${seed}`).toEqual(own.toSorted((left, right) => left - right));
      }
    }
  });

  it("keeps what a sink refuses for good, and goes on", () => {
    const runner = new Runner();
    runner.add(alert("a", 1, "opened"), alert("a", 2, "closed"));
    runner.step({ kind: "refused", why: "It answered 400." });
    expect(runner.step()).toBe("closed a:2");
    expect(runner.state.sinks.itsm).toMatchObject({
      refusedCount: 1,
      refused: [{ alertId: "a:1" }],
      deliveredCount: 1,
    });
  });

  it("is not kept waiting by what was refused, and lists the newest ten", () => {
    const runner = new Runner();
    for (let index = 0; index < 12; index++) runner.add(alert(`r${index}`, 1, "opened"));
    for (let index = 0; index < 12; index++)
      expect(runner.step({ kind: "refused", why: "It answered 400." })).toBe(`opened r${index}:1`);
    expect(runner.state.sinks.itsm).toMatchObject({ refusedCount: 12, failureCount: 0, refused: { length: 10 } });
    expect(runner.state.sinks.itsm?.refused[0]?.alertId).toBe("r11:1");
  });

  it("keeps what each sink calls a subject", () => {
    const [state] = added(emptyOutbox, [alert("a", 1, "opened")], ["itsm", "webhook"]);
    const after = (["itsm", "webhook"] as const).reduce(
      (each, sink) =>
        report(each, {
          ...{ sink, alertId: "a:1", at: at(0) },
          delivery: { kind: "delivered", reference: { id: sink, name: sink } },
        }),
      state,
    );
    expect(Object.keys(after.subjects[0]?.references ?? {})).toEqual(["itsm", "webhook"]);
    expect(after.alerts).toEqual([]);
  });

  it("shows the incident's name to every later alert of the subject", () => {
    const runner = new Runner();
    runner.add(alert("a", 1, "opened"));
    runner.step({ kind: "delivered", reference: { id: "x", name: "INC1" } });
    runner.add(alert("a", 2, "closed"));
    const running = runner.state.sinks.itsm?.running ?? "";
    const [, what] = due(runner.state, { sink: "itsm", instanceId: running, at: at(0) });
    expect(what).toMatchObject({ kind: "send", reference: { id: "x", name: "INC1" } });
  });
});
