import { describe, expect, it } from "vitest";
import { acted, type CaseAction } from "../../../src/domain/deniedEgress/caseActions.ts";
import { caseById, casesView } from "../../../src/domain/deniedEgress/caseView.ts";
import {
  beginRead,
  displaceRead,
  endRead,
  forgetEnvironment,
} from "../../../src/domain/deniedEgress/egressWatchState.ts";
import type { LogHealth } from "../../../src/domain/deniedEgress/telemetry.ts";
import { HISTORY_MAX } from "../../../src/domain/deniedEgress/watchedCase.ts";
import { egressStatus } from "../../../src/domain/egressStatus.ts";
import { atMinute, context, flow, START } from "./egressWorld.ts";
import { WatchRun } from "./watchRun.ts";

const events = (alerts: readonly { readonly event: string; readonly title: string }[]): readonly string[] =>
  alerts.map(({ event, title }) => `${event}: ${title}`);

const QUAY = "secureaks1 may not reach quay.io:443 (HTTPS)";
const DAY = 24 * 60;

/** The only case there is, told of at minute 5. */
function oneCase() {
  const run = new WatchRun().add(flow(1));
  const [opened] = run.pass(5);
  if (opened === undefined) throw new Error("A case has been opened.");
  const act = (action: Omit<CaseAction, "id" | "by">) => {
    const [book, outcome] = acted(run.state.book, { id: opened.subject, by: "on-call", ...action });
    run.state = { ...run.state, book };
    return outcome;
  };
  const now = () => caseById(run.state, opened.subject);
  return { run, opened, act, now };
}

describe("the turn", () => {
  it("is one instance's at a time, gives the same window when asked again, and is taken only from the dead", () => {
    const { state } = new WatchRun();
    const [begun, first] = beginRead(state, { instanceId: "a", at: atMinute(5) });
    expect(first).toMatchObject({ kind: "go", window: { sequence: 1 } });
    expect(beginRead(begun, { instanceId: "a", at: atMinute(9) })[1]).toEqual(first);
    expect(beginRead(begun, { instanceId: "b", at: atMinute(9) })).toEqual([begun, { kind: "busy", with: "a" }]);
    expect(displaceRead(begun, { instanceId: "b", dead: "c", at: atMinute(9) })[1]).toEqual({
      kind: "busy",
      with: "a",
    });
    const [taken, second] = displaceRead(begun, { instanceId: "b", dead: "a", at: atMinute(9) });
    expect(second).toMatchObject({
      kind: "go",
      window: { sequence: 2, from: first.kind === "go" ? first.window.from : "" },
    });
    expect(endRead(taken, { instanceId: "a" })).toBe(taken);
    expect(endRead(taken, { instanceId: "b" }).running).toBeUndefined();
  });

  it("is not taken when there is nothing to read", () => {
    const run = new WatchRun();
    run.pass(5);
    const [state, answer] = beginRead(run.state, { instanceId: "a", at: atMinute(5) });
    expect([answer, state.running]).toEqual([{ kind: "idle" }, undefined]);
  });
});

describe("a turn in which nothing is left to read", () => {
  it("is over, so that the next instance need not find out who has it", () => {
    const { state } = new WatchRun();
    const a = { instanceId: "a", at: atMinute(5) };
    const [begun] = beginRead(state, a);
    const { pending: _, ...counted } = begun;
    const read = { ...counted, cursor: { ...begun.cursor, watermark: atMinute(3) } };
    const failing: NonNullable<LogHealth["failing"]> = {
      count: 1,
      since: atMinute(4),
      kind: "throttled",
      failure: { code: "ThrottledError", message: "Later.", advice: "Wait." },
      retryAt: atMinute(9),
    };
    for (const each of [read, { ...counted, health: { ...counted.health, failing } }]) {
      const [next, answer] = beginRead(each, a);
      expect([each.running?.instanceId, answer.kind, next.running]).toEqual(["a", "idle", undefined]);
    }
  });
});

describe("a case", () => {
  it("is told of once when it opens, at growing intervals while it grows, and once when it is quiet", () => {
    const { run, opened } = oneCase();
    expect(events([opened])).toEqual([`opened: ${QUAY}`]);
    const told: number[] = [];
    for (let minute = 10; minute <= 4 * DAY; minute += 5) {
      run.add(flow(minute - 3));
      for (const { event } of run.pass(minute)) if (event === "updated") told.push(minute);
    }
    // It gets worse after an hour, which is told at once; then after 4, 12, 24 and 24 hours.
    expect(told.map((minute) => Math.floor(minute / 60))).toEqual([1, 5, 17, 41, 65, 89]);
    // It has ended: nothing is told of it until it is closed.
    for (let minute = 4 * DAY + 5; minute < 5 * DAY; minute += 60) expect(events(run.pass(minute))).toEqual([]);
    expect(events(run.pass(5 * DAY))).toEqual([`closed: ${QUAY}`]);
    expect(casesView(run.state)).toEqual([]);
    expect(casesView(run.state, { states: ["closed"] })[0]).toMatchObject({
      count: 3 + 3 * 1151,
      state: "closed",
      closedAt: atMinute(5 * DAY),
    });
  });

  it("that somebody has let out since is not said to go on", () => {
    const { run } = oneCase();
    run.add(flow(20));
    for (let minute = 25; minute < DAY; minute += 5) expect(events(run.pass(minute))).toEqual([]);
    run.add(flow(DAY - 3));
    expect(events(run.pass(DAY))).toEqual([`updated: ${QUAY}`]);
  });

  it("goes on while something came within the half hour before what was read", () => {
    for (const [minute, told] of [
      [71, [`updated: ${QUAY}`]],
      [72, []],
    ] as const) {
      const { run } = oneCase();
      run.add(flow(40)).pass(45);
      expect(events(run.pass(minute))).toEqual(told);
    }
  });

  it("says nothing while nothing comes", () => {
    const { run } = oneCase();
    for (let minute = 10; minute < DAY; minute += 5) expect(run.pass(minute)).toEqual([]);
  });

  it("is quiet as long after its newest minute as is set, and not a minute before", () => {
    const { run } = oneCase();
    run.add(flow(5), flow(20)).pass(25);
    // A row that came into sight late is none that is newer.
    run.add(flow(16)).pass(27);
    expect(run.pass(20 + DAY + 1)).toEqual([]);
    expect(events(run.pass(20 + DAY + 2))).toEqual([`closed: ${QUAY}`]);
    expect(run.state.counters).toMatchObject({ openedCount: 1, closedCount: 1, rowCount: 12 });
  });

  it("is another occurrence when it comes back", () => {
    const { run, opened } = oneCase();
    run.pass(2 * DAY);
    run.add(flow(2 * DAY));
    const [again] = run.pass(2 * DAY + 5);
    expect(again).toMatchObject({ event: "opened", subject: opened.subject.replace(/1$/, "2"), revision: 1 });
    expect(again?.text).toContain(`${opened.subject} was about the same`);
    expect(caseById(run.state, again?.subject ?? "")).toMatchObject({
      occurrence: 2,
      count: 3,
      previousId: opened.subject,
    });
  });

  it("that comes back has not lasted since the one before", () => {
    const run = new WatchRun().add(flow(4, { firstAt: atMinute(-90), lastAt: atMinute(1) }));
    const [opened] = run.pass(7);
    const closing = { kind: "close", id: opened?.subject ?? "", by: "on-call", at: atMinute(8) } as const;
    run.state = { ...run.state, book: acted(run.state.book, closing)[0] };
    run.add(flow(9)).pass(15);
    // The row from before is read again with the new one.
    expect(casesView(run.state)).toMatchObject([{ occurrence: 2, firstAt: atMinute(1), severity: "medium" }]);
  });

  it("remembers all that were refused and that all were, whoever is refused now", () => {
    const second = flow(25, { sourceAddress: "10.0.5.5" });
    const { run, now } = oneCase();
    run.pass(20);
    run.add(second).pass(30);
    expect(now()).toMatchObject({ sourceCount: 2, severity: "medium" });
    expect(now()?.sources.map(({ node }) => node)).toEqual(["aks-nodepool1-vmss000000", "aks-nodepool1-vmss000001"]);
    run.add(flow(31), { ...second, slice: atMinute(31) });
    expect(run.pass(35)).toMatchObject([{ event: "updated", severity: "high" }]);
    run.pass(45);
    run.add(flow(51));
    expect(run.pass(55)).toEqual([]);
    expect(now()).toMatchObject({ severity: "high", sourceCount: 2 });
  });

  it("names a node once, though nobody knew at first whose address it was", () => {
    const run = new WatchRun();
    run.context = { ...context, nodes: [] };
    run.add(flow(1)).pass(5);
    run.context = context;
    run.add(flow(6)).pass(10);
    expect(casesView(run.state)[0]?.sources).toMatchObject([{ node: "aks-nodepool1-vmss000000" }]);
  });

  it("is not closed by quiet when nobody has read the log", () => {
    const { run } = oneCase();
    for (let minute = DAY; minute < 4 * DAY; minute += DAY)
      expect(run.fail(minute, "throttled")[0].filter(({ kind }) => kind === "deniedEgress")).toEqual([]);
    run.add(flow(2 * DAY));
    // The silent first day is read before the second, on which it comes back; then two silent days.
    const told = run.pass(4 * DAY).filter(({ kind }) => kind === "deniedEgress");
    expect(told.map(({ event }) => event)).toEqual(["closed", "opened", "closed"]);
  });

  it("waits for as many hits as are asked for, but not when AKS needs it", () => {
    const run = new WatchRun();
    run.settings = { ...run.settings, openAfterHits: 10 };
    run.add(flow(1), flow(1, { destination: { kind: "fqdn", name: "mcr.microsoft.com" }, count: 1 }));
    expect(events(run.pass(5))).toEqual(["opened: secureaks1 may not reach mcr.microsoft.com:443 (HTTPS)"]);
    expect(casesView(run.state)).toHaveLength(1);
    run.add(flow(6, { count: 7 }));
    expect(events(run.pass(10))).toEqual([`opened: ${QUAY}`]);
    expect(casesView(run.state, { destination: "QUAY" })[0]).toMatchObject({ count: 10, firstAt: atMinute(0) });
  });

  it("keeps a bounded history", () => {
    const { act, now } = oneCase();
    for (let index = 0; index < HISTORY_MAX + 10; index++)
      act({ kind: "suppress", at: atMinute(6), until: atMinute(90 + index), note: "known" });
    expect(now()?.history).toHaveLength(HISTORY_MAX);
    expect(now()?.history[0]?.what).toBe("opened");
    expect(now()?.revision).toBe(HISTORY_MAX + 11);
  });
});

describe("acted", () => {
  it("acknowledges: only what gets worse is told from then on", () => {
    const { run, act, now } = oneCase();
    expect(act({ kind: "acknowledge", at: atMinute(6), note: "looking" })).toEqual({ kind: "done", alerts: [] });
    expect(now()).toMatchObject({
      state: "acknowledged",
      history: [{}, { what: "acknowledged", by: "on-call", note: "looking" }],
    });
    const told: string[] = [];
    for (let minute = 10; minute < DAY; minute += 5) {
      run.add(flow(minute - 3));
      told.push(...run.pass(minute).map(({ text }) => text.split(".")[0] ?? ""));
    }
    expect(told).toEqual([
      "It has become worse: medium → high, images cannot be pulled from there, and it has gone on for 1 hour",
    ]);
    expect(act({ kind: "acknowledge", at: atMinute(DAY) })).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("by on-call"),
    });
  });

  it("suppresses: it is counted and not told, and told when it ends and goes on", () => {
    const { run, act, now } = oneCase();
    act({ kind: "suppress", at: atMinute(6), until: atMinute(3 * DAY), note: "known to the team" });
    for (let minute = 10; minute < 3 * DAY; minute += 60) expect(run.add(flow(minute - 3)).pass(minute)).toEqual([]);
    expect(now()).toMatchObject({
      state: "suppressed",
      count: 3 + 3 * 72,
      suppression: { by: "on-call", reason: "known to the team", countSince: 3 * 72 },
    });
    expect(events(run.pass(3 * DAY))).toEqual([`updated: ${QUAY}`]);
    expect(now()).toMatchObject({ state: "open" });
    expect(now()?.suppression).toBeUndefined();
  });

  it("tells at once of what came while it was suppressed, and nothing when nothing came", () => {
    for (const comes of [true, false]) {
      const { run, act, now } = oneCase();
      act({ kind: "suppress", at: atMinute(6), until: atMinute(30), note: "a deployment" });
      if (comes) run.add(flow(22));
      expect(run.pass(25)).toEqual([]);
      expect(run.pass(29)).toEqual([]);
      expect(events(run.pass(30))).toEqual(comes ? [`updated: ${QUAY}`] : []);
      expect(now()?.state).toBe("open");
    }
  });

  it("keeps a suppressed case open however quiet it is, so that its return is suppressed as well", () => {
    const { run, act, now } = oneCase();
    act({ kind: "suppress", at: atMinute(6), until: atMinute(10 * DAY), note: "every Monday" });
    expect([run.pass(7 * DAY), run.add(flow(7 * DAY + 1)).pass(7 * DAY + 5), now()?.count]).toEqual([[], [], 6]);
  });

  it("closes by hand and tells so; what comes afterwards opens anew", () => {
    const { run, opened, act } = oneCase();
    const outcome = act({ kind: "close", at: atMinute(6), note: "rule added" });
    expect(outcome).toMatchObject({
      kind: "done",
      alerts: [{ event: "closed", subject: opened.subject, revision: 2 }],
    });
    // What is over needs no rule.
    expect([opened, ...(outcome.kind === "done" ? outcome.alerts : [])].map(({ rule }) => rule !== undefined)).toEqual([
      true,
      false,
    ]);
    expect(outcome.kind === "done" ? outcome.alerts[0]?.text : "").toMatch(
      /^Closed by hand by on-call \(rule added\)\./,
    );
    expect(act({ kind: "close", at: atMinute(7) }).kind).toBe("refused");
    expect(run.pass(10)).toEqual([]);
    expect(
      run
        .add(flow(9))
        .pass(15)
        .map(({ event }) => event),
    ).toEqual(["opened"]);
  });

  it("acknowledges what is suppressed, which it is no more, and stays so beyond the date", () => {
    const { run, act, now } = oneCase();
    act({ kind: "suppress", at: atMinute(6), until: atMinute(30), note: "known" });
    act({ kind: "acknowledge", at: atMinute(7) });
    expect(now()).not.toHaveProperty("suppression");
    run.pass(40);
    expect(now()).toMatchObject({ state: "acknowledged", revision: 3 });
  });

  it("closes what is suppressed, which it is no more", () => {
    const { act, now } = oneCase();
    act({ kind: "suppress", at: atMinute(6), until: atMinute(DAY), note: "known" });
    expect(act({ kind: "close", at: atMinute(7) })).toMatchObject({ kind: "done", alerts: [{ event: "closed" }] });
    expect(now()).not.toHaveProperty("suppression");
  });

  it("refuses what makes no sense, and says why", () => {
    const { act, run } = oneCase();
    const suppress = { kind: "suppress", at: atMinute(6), note: "known" } as const;
    const refusals = [
      act({ ...suppress }),
      act({ ...suppress, until: "tomorrow" }),
      act({ ...suppress, until: atMinute(6) }),
      act({ ...suppress, until: atMinute(90 * DAY + 7) }),
      act({ ...suppress, until: atMinute(60), note: " " }),
    ];
    expect(refusals.map(({ kind }) => kind)).toEqual(refusals.map(() => "refused"));
    expect(act({ ...suppress, until: atMinute(90 * DAY + 6) }).kind).toBe("done");
    expect(acted(run.state.book, { ...suppress, id: "shop-000000000000-1", by: "x" })[1].kind).toBe("unknown");
  });
});

describe("views", () => {
  it("filter, and show the gravest first and nothing of the watch's own", () => {
    const run = new WatchRun().add(
      flow(1, { sourceAddress: "10.0.6.9", destination: { kind: "fqdn", name: "api.example.com" } }),
      flow(1),
      flow(1, { kind: "threat", destination: { kind: "fqdn", name: "evil.example" } }),
    );
    run.pass(5);
    const titles = (filter: Parameters<typeof casesView>[1]) =>
      casesView(run.state, filter).map(({ destination }) => destination.name);
    expect(titles({})).toEqual(["evil.example", "quay.io", "api.example.com"]);
    expect(titles({ severity: "medium", cluster: "SECUREAKS1" })).toEqual(["evil.example", "quay.io"]);
    expect(titles({ classes: ["application"] })).toEqual(["api.example.com"]);
    expect(titles({ since: atMinute(3) })).toEqual([]);
    expect(Object.keys(casesView(run.state)[1] ?? {})).not.toEqual(expect.arrayContaining(["told", "narrowRule"]));
    expect(casesView(run.state)[1]?.proposal?.summary).toContain("Allow 10.0.5.0/24 to reach quay.io:443 (HTTPS)");
    expect(egressStatus(run.state, START + 10 * 60_000)).toMatchObject({
      readTo: atMinute(3),
      freshnessSeconds: 420,
      openCaseCount: 3,
      counters: { rowCount: 9, passCount: 2 },
    });
  });
});

describe("forgetEnvironment", () => {
  it("closes what is open, and gives no id twice when the environment comes back", () => {
    const { run, opened } = oneCase();
    const [state, alerts] = forgetEnvironment(run.state, { environment: "shop", at: atMinute(10) });
    expect(alerts.map(({ event, subject }) => `${event} ${subject}`)).toEqual([`closed ${opened.subject}`]);
    run.state = state;
    expect(
      run
        .add(flow(12))
        .pass(20)
        .map(({ subject }) => subject),
    ).toEqual([opened.subject.replace(/1$/, "2")]);
  });

  it("tells of no end of what nobody was told of, and uses no window's number twice", () => {
    const run = new WatchRun().add(flow(1));
    run.settings = { ...run.settings, openAfterHits: 10 };
    expect(run.pass(5)).toEqual([]);
    const [once, alerts] = forgetEnvironment(run.state, { environment: "shop", at: atMinute(10) });
    expect(alerts).toEqual([]);
    expect(once.cursor.sequence).toBe(run.state.cursor.sequence);
    const [twice] = forgetEnvironment(once, { environment: "shop", at: atMinute(11) });
    expect(twice.book.occurrenceFloor).toBe(1);
  });
});
