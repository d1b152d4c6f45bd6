import { describe, expect, it } from "vitest";
import { acted } from "../../../src/domain/deniedEgress/caseActions.ts";
import { caseById, casesView } from "../../../src/domain/deniedEgress/caseView.ts";
import { HISTORY_MAX } from "../../../src/domain/deniedEgress/watchedCase.ts";
import { atMinute, context, flow } from "./egressWorld.ts";
import { DAY, events, oneCase, QUAY } from "./oneCase.ts";
import { WatchRun } from "./watchRun.ts";

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
