import { describe, expect, it } from "vitest";
import type { NodeAnswer } from "../../demo/scalingLook.ts";
import { isRight, type ScalingRecord, shortcomings, withLook } from "../../demo/scalingRecord.ts";
import { scalingLook } from "./scalingLooks.ts";

const joined = ["aks-pool-vmss000002"];
const byAppAlone = { inAzure: 1, byApp: 1 };

/** What was seen when the application on the new node answered these, one look after the other. */
function recordOf(...answers: readonly NodeAnswer[]): ScalingRecord {
  const looks = answers.map((answer, index) =>
    scalingLook({ answers: ["200", "200", answer], atEpochMs: index * 1000 }),
  );
  const first = scalingLook({ answers: ["200", "200"], atEpochMs: 0 });
  const begin: ScalingRecord = { nodes: [], syncs: [], last: first };
  return looks.reduce((record, look) => withLook(record, look, 0), begin);
}

describe("shortcomings", () => {
  it("are none when each new node answered 502 with its pod in the gateway, and 200 afterwards", () => {
    const record = recordOf("502 no pod yet", "502 unreachable", "502 unreachable", "200");
    expect(shortcomings(record, joined, byAppAlone)).toEqual([]);
    expect(record.nodes[2]?.answers).toEqual([
      { answer: "502 no pod yet", fromEpochMs: 0, toEpochMs: 0 },
      { answer: "502 unreachable", fromEpochMs: 1000, toEpochMs: 2000 },
      { answer: "200", fromEpochMs: 3000, toEpochMs: 3000 },
    ]);
  });

  it("name a node that never was unreachable, one that stayed so, and writes by others", () => {
    expect(shortcomings(recordOf("502 no pod yet", "200"), joined, byAppAlone)).toEqual([
      expect.stringContaining("no 502 was seen"),
    ]);
    expect(shortcomings(recordOf("200", "502 unreachable"), joined, byAppAlone)).toEqual([
      expect.stringContaining("no 200 was seen"),
    ]);
    expect(shortcomings(recordOf("502 unreachable", "200"), joined, { inAzure: 2, byApp: 1 })).toEqual([
      "The gateway's table was written 2 times, and 1 of these by the app.",
    ]);
    expect(shortcomings(recordOf("200"), [], byAppAlone)).toEqual(["No node has joined."]);
  });
});

describe("isRight", () => {
  it("wants the nodes, both tables and all answers right", () => {
    const right = scalingLook({ answers: ["200", "200"], atEpochMs: 0 });
    expect(isRight(right, 2)).toBe(true);
    expect(isRight(right, 3)).toBe(false);
    expect(isRight({ ...right, gatewayRoutes: right.gatewayRoutes.slice(1) }, 2)).toBe(false);
    expect(isRight({ ...right, sourceRoutes: [], gatewayRoutes: [] }, 2)).toBe(false);
    expect(isRight(scalingLook({ answers: ["200", "502 unreachable"], atEpochMs: 0 }), 2)).toBe(false);
  });
});
