import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { renderScaling } from "../../demo/renderScaling.ts";
import { scalingLines } from "../../demo/scalingLines.ts";
import { firstRecord, withLook } from "../../demo/scalingRecord.ts";
import { cellWidth } from "../../src/cli/textLayout.ts";
import { scalingLook } from "./scalingLooks.ts";

const look = scalingLook({ answers: ["200", "200", "502 unreachable", undefined], atEpochMs: 0, gatewayRouteCount: 2 });
const view = {
  look,
  headline: "The operator scales 2 → 4.",
  elapsedSeconds: 75,
  writesOfApp: 1,
  lines: Array.from({ length: 40 }, (_, index) => `line ${index}`),
};

describe("renderScaling", () => {
  it("shows a line for each node with its route in both tables and what a request came to", () => {
    const frame = renderScaling(view, { columns: 120, rows: 40, color: false });
    expect(frame).toContain("10.244.1.0/24   10.244.1.0/24   ✔ 200");
    expect(frame).toContain("10.244.2.0/24   –               ✘ 502 unreachable");
    expect(frame).toContain("1:15  nodes 4 · cluster's routes 4 · gateway's routes 2 · ARM writes of the app 1");
    expect(frame).toContain("line 39");
  });

  it("fits any window, so that no terminal scrolls or wraps it", () => {
    for (const columns of [60, 80, 120])
      for (const rows of [5, 12, 30]) {
        const lines = stripVTControlCharacters(renderScaling(view, { columns, rows, color: true })).split("\n");
        expect(lines.length, `${columns} × ${rows}`).toBeLessThan(rows);
        for (const line of lines) expect(cellWidth(line), `${columns} × ${rows}: ${line}`).toBeLessThan(columns);
      }
  });
});

describe("scalingLines", () => {
  it("say what has changed between two looks, and nothing when nothing has", () => {
    const before = firstRecord(scalingLook({ answers: ["200", "200"], atEpochMs: 0 }));
    const sync = {
      instanceId: "routes.kubenet.1",
      reason: "event",
      startedAt: "1970-01-01T00:01:00.000Z",
      finishedAt: "1970-01-01T00:01:10.000Z",
      reads: 9,
      writes: 1,
      isEqual: true,
      isSettled: true,
      change: "1 route to add: 10.244.2.0/24 → 10.0.5.6",
      writtenAt: "1970-01-01T00:01:10.000Z",
      secondsToWritten: 20,
    } as const;
    const now = withLook(before, scalingLook({ answers: ["200", "200", "200"], atEpochMs: 75_000, passes: [sync] }), 0);
    expect(scalingLines(before, now, 0)).toEqual([
      "   1:15  nodes: 2 → 3",
      "   1:15  routes in the cluster's table: 2 → 3",
      "   1:15  routes in the gateway's table: 2 → 3",
      "   1:15  aks-pool-vmss000002  answers 200 through the gateway",
      "   1:15  the app's sync is done: 1 route to add, 1 write, 20 s after the event",
    ]);
    expect(scalingLines(now, now, 0)).toEqual([]);
  });
});
