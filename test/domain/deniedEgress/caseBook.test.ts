import { describe, expect, it } from "vitest";
import { acted } from "../../../src/domain/deniedEgress/caseActions.ts";
import { OPEN_CASES_MAX } from "../../../src/domain/deniedEgress/caseBook.ts";
import { CLOSED_CASES_MAX } from "../../../src/domain/deniedEgress/caseLife.ts";
import { casesView } from "../../../src/domain/deniedEgress/caseView.ts";
import { atMinute, flow } from "./egressWorld.ts";
import { WatchRun } from "./watchRun.ts";

const storm = (minute: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, index) =>
    flow(minute, {
      sourceAddress: "10.0.6.9",
      count: 1,
      destination: { kind: "fqdn", name: `n${from + index}.example.org` },
    }),
  );

describe("a storm", () => {
  it("of 10,000 destinations, of which the log lists 5,000, is at most 25 alerts, with every connection counted", () => {
    const run = new WatchRun({
      totals: [
        {
          slice: atMinute(1),
          kind: "application",
          sourcePrefix: "10.0.6.0/24",
          count: 10_000,
          destinationCount: 10_000,
        },
      ],
    });
    run.add(...storm(1, 5_000), flow(1, { destination: { kind: "fqdn", name: "mcr.microsoft.com" } }));
    const alerts = [5, 10, 15, 30].flatMap((minute) => run.pass(minute));
    expect(alerts.length <= 25).toBe(true);
    expect(alerts[0]?.title).toContain("mcr.microsoft.com");
    const rolledUp = casesView(run.state).find(({ destinations }) => destinations !== undefined);
    expect(rolledUp).toMatchObject({ count: 9_980, severity: "high", destination: { kind: "many", name: "*" } });
    expect((rolledUp?.destinations?.count ?? 0) >= 5_000).toBe(true);
    expect(rolledUp?.destinations?.top).toHaveLength(10);
    expect(casesView(run.state).reduce((sum, { count }) => sum + count, 0)).toBe(10_003);
  });

  it("goes on in its roll-up while it lasts, and leaves room for what AKS needs", () => {
    const run = new WatchRun();
    const told = [1, 6, 11, 16].flatMap((minute) => run.add(...storm(minute, 100, minute * 100)).pass(minute + 4));
    expect(told.filter(({ event }) => event === "opened")).toHaveLength(21);
    const needed = ["a", "b"].map((name) =>
      flow(20, { sourceAddress: "10.0.6.9", destination: { kind: "fqdn", name: `${name}.data.mcr.microsoft.com` } }),
    );
    expect(
      run
        .add(...needed)
        .pass(25)
        .map(({ event, severity }) => `${event} ${severity}`),
    ).toEqual(["opened high", "opened high"]);
    expect(
      run
        .add(flow(120, { sourceAddress: "10.0.6.9" }))
        .pass(125)
        .filter(({ event }) => event === "opened")
        .map(({ title }) => title),
    ).toEqual(["secureaks2 may not reach quay.io:443 (HTTPS)"]);
  });

  it("cannot be made out of names below a star that AKS needs", () => {
    const run = new WatchRun();
    const flows = Array.from({ length: 300 }, (_, index) =>
      flow(1, { destination: { kind: "fqdn", name: `x${index}.data.mcr.microsoft.com` } }),
    );
    // What is listed by its own name is told besides, and takes of the same room.
    flows.push(flow(1, { count: 1, destination: { kind: "fqdn", name: "mcr.microsoft.com" } }));
    const titles = run
      .add(...flows)
      .pass(5)
      .map(({ title }) => title);
    expect(titles).toHaveLength(21);
    expect(titles).toContain("secureaks1 may not reach mcr.microsoft.com:443 (HTTPS)");
  });

  it("is as grave as it is wide, also where each of its destinations is listed", () => {
    const rolledUp = (count: number) => {
      const run = new WatchRun().add(...storm(1, count));
      run.pass(5);
      return casesView(run.state).find(({ destinations }) => destinations !== undefined);
    };
    expect(rolledUp(119)).toMatchObject({ severity: "medium", destinations: { count: 99 }, count: 99 });
    expect(rolledUp(120)).toMatchObject({ severity: "high", destinations: { count: 100 }, count: 100 });
    expect(rolledUp(20)).toBeUndefined();
  });

  it("says of no destination that it is refused more often than in one reading", () => {
    const run = new WatchRun().add(...storm(1, 30));
    run.pass(5);
    run.add(...storm(2, 30)).pass(6);
    const rolledUp = casesView(run.state).find(({ destinations }) => destinations !== undefined);
    expect(rolledUp?.destinations?.top.every(({ count }) => count === 1)).toBe(true);
  });

  it("is over when its roll-up is closed: what is new is told on its own again", () => {
    const run = new WatchRun();
    for (let minute = 1; minute <= 71; minute += 10) run.add(...storm(minute, 30, minute * 100)).pass(minute + 4);
    const rolledUp = casesView(run.state).find(({ destinations }) => destinations !== undefined);
    const closing = { kind: "close", id: rolledUp?.id ?? "", by: "on-call", at: atMinute(76) } as const;
    run.state = { ...run.state, book: acted(run.state.book, closing)[0] };
    const told = run.add(flow(78, { sourceAddress: "10.0.6.9" })).pass(81);
    expect(told.map(({ title }) => title)).toContain("secureaks2 may not reach quay.io:443 (HTTPS)");
  });

  it("of months leaves 500 cases open, and beyond them only what AKS needs", () => {
    const run = new WatchRun();
    run.settings = { ...run.settings, quietHours: 720 };
    for (let hour = 0; hour < 25; hour++)
      run.add(...storm(hour * 61 + 1, hour === 24 ? 17 : 20, hour * 20)).pass(hour * 61 + 5);
    expect(casesView(run.state)).toHaveLength(497);
    const needed = flow(25 * 61 + 1, { destination: { kind: "fqdn", name: "mcr.microsoft.com" } });
    run.add(...storm(25 * 61 + 1, 10, 9_000), needed).pass(25 * 61 + 5);
    const [rolledUp, ...singles] = [...casesView(run.state)].sort(
      (left, right) => (right.destinations?.count ?? 0) - (left.destinations?.count ?? 0),
    );
    expect(rolledUp).toMatchObject({ count: 8, destinations: { count: 8 } });
    expect(singles).toHaveLength(OPEN_CASES_MAX);
    expect(singles.some(({ destination }) => destination.name === "mcr.microsoft.com")).toBe(true);
  });
});

describe("cases that are closed", () => {
  it("are kept, the newest 200 of them, and no id is given twice", () => {
    const run = new WatchRun();
    run.settings = { ...run.settings, quietHours: 1 };
    for (let hour = 0; hour <= 12; hour++)
      run.add(...(hour < 12 ? storm(hour * 61 + 1, 20, hour * 20) : [])).pass(hour * 61 + 5);
    const closed = casesView(run.state, { states: ["closed"] });
    expect(closed).toHaveLength(CLOSED_CASES_MAX);
    // The first forty were closed first.
    const numbers = closed.map(({ destination }) => Number(/\d+/.exec(destination.name)?.[0]));
    expect(Math.min(...numbers)).toBe(40);
    expect(run.state.book.forgottenCount).toBe(40);
    run.add(...storm(12 * 61 + 6, 1, 0)).pass(12 * 61 + 10);
    expect(casesView(run.state)).toMatchObject([{ occurrence: 2, id: expect.stringMatching(/-2$/) }]);
  });
});
