import { describe, expect, it } from "vitest";
import {
  backtested,
  backtestReport,
  backtestWindows,
  emptyBacktest,
} from "../../../src/domain/deniedEgress/backtest.ts";
import { defaultEgressSettings, type EgressSettings } from "../../../src/domain/deniedEgress/egressSettings.ts";
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
