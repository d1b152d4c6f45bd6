import { describe, expect, it } from "vitest";
import {
  backtested,
  backtestReport,
  backtestWindows,
  emptyBacktest,
} from "../../../src/domain/deniedEgress/backtest.ts";
import { defaultEgressSettings, type EgressSettings } from "../../../src/domain/deniedEgress/egressSettings.ts";
import { halvedWindow } from "../../../src/domain/deniedEgress/halvedWindow.ts";
import { atMinute, context, flow, reading } from "./egressWorld.ts";

const flows = [
  ...Array.from({ length: 40 }, (_, index) => flow(index * 5)),
  flow(10, { destination: { kind: "fqdn", name: "mcr.microsoft.com" }, count: 1 }),
  flow(20, { sourceAddress: "10.0.6.9", destination: { kind: "fqdn", name: "once.example.com" }, count: 1 }),
];

const report = (settings: Partial<EgressSettings>) =>
  backtestReport(
    backtestWindows({ from: atMinute(0), to: atMinute(2 * 24 * 60) }).reduce(
      (state, window) =>
        backtested(state, {
          window,
          reading: reading(flows),
          context,
          settings: { ...defaultEgressSettings, ...settings },
        }),
      emptyBacktest,
    ),
  );

describe("backtestWindows", () => {
  it("cover the period once, without gaps", () => {
    const windows = backtestWindows({ from: atMinute(0.4), to: atMinute(65) });
    expect(windows.map(({ from, to, overlapFrom }) => [from, to, overlapFrom === from])).toEqual([
      [atMinute(0), atMinute(30), true],
      [atMinute(30), atMinute(60), true],
      [atMinute(60), atMinute(65), true],
    ]);
    expect(backtestWindows({ from: atMinute(5), to: atMinute(5) })).toEqual([]);
  });
});

describe("halvedWindow", () => {
  it("is two windows side by side, of which neither reads what the other does", () => {
    const [window] = backtestWindows({ from: atMinute(0), to: atMinute(15) });
    const halves = window === undefined ? undefined : halvedWindow(window);
    expect(halves?.map(({ from, to, overlapFrom }) => [from, to, overlapFrom])).toEqual([
      [atMinute(0), atMinute(7), atMinute(0)],
      [atMinute(7), atMinute(15), atMinute(7)],
    ]);
    const [minute] = backtestWindows({ from: atMinute(0), to: atMinute(1) });
    expect(minute === undefined ? "none" : halvedWindow(minute)).toBeUndefined();
  });
});

describe("backtested", () => {
  const settings = { ...defaultEgressSettings, quietHours: 1 };
  const test = (of: ReturnType<typeof reading>, minutes: number) =>
    backtestWindows({ from: atMinute(0), to: atMinute(minutes) }).reduce(
      (state, window) => backtested(state, { window, reading: of, context, settings }),
      emptyBacktest,
    );

  it("tells of a case when its window has settled, and of its end when what was read is quiet for long enough", () => {
    const once = reading([flow(0)]);
    expect(Object.values(test(once, 30).cases)).toMatchObject([{ openedAt: atMinute(32), alertCount: 1 }]);
    expect([59, 60].map((minutes) => test(once, minutes).alertCounts.closed)).toEqual([0, 1]);
  });

  it("goes on with the cases of the windows before, whatever is refused more", () => {
    const rare = { destination: { kind: "fqdn", name: "rare.example" }, count: 1 } as const;
    const many = Array.from({ length: 250 }, (_, index) =>
      flow(40, { destination: { kind: "fqdn", name: `n${index}.example` } }),
    );
    const { cases } = test(reading([flow(1, rare), flow(40, rare), ...many]), 60);
    expect(Object.values(cases).find(({ title }) => title.includes("rare.example"))?.count).toBe(2);
  });
});

describe("backtestReport", () => {
  it("says what would have been told of a past time", () => {
    expect(report({})).toMatchObject({
      caseCount: 3,
      byClass: { imagePull: 1, breaksAks: 1, application: 1 },
      bySeverity: { high: 2, low: 1 },
      alertCounts: { opened: 3, updated: 1, closed: 3 },
      rowCount: 122,
      windowCount: 96,
      top: [
        { title: "secureaks1 may not reach quay.io:443 (HTTPS)", count: 120, alertCount: 3 },
        { class: "breaksAks", count: 1 },
        { class: "application" },
      ],
    });
  });

  it("differs with the settings", () => {
    expect(report({ openAfterHits: 10 })).toMatchObject({
      caseCount: 2,
      byClass: { imagePull: 1, breaksAks: 1 },
      rowCount: 122,
    });
    expect(report({ quietHours: 1000 }).alertCounts).toMatchObject({ opened: 3, closed: 0 });
  });
});
