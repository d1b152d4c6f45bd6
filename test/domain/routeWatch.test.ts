import { describe, expect, it } from "vitest";
import { dueLook, watchPauseSeconds } from "../../src/domain/routeSchedule.ts";
import { endWatch, keepWatch, type RouteWatch } from "../../src/domain/routeWatch.ts";

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 2, 8, minute)).toISOString();
const asked = (instanceId: string, minute: number) => ({
  instanceId,
  at: at(minute),
  nextAt: at(minute + 1),
  until: at(minute + 20),
});

describe("keepWatch", () => {
  const none: { readonly watch?: RouteWatch } = {};

  it("gives the watch to whoever asks first, and has it prolonged by whoever asks after", () => {
    const [first, mine] = keepWatch(none, asked("a", 0));
    expect(mine).toEqual({ isYours: true, until: at(20) });
    const [second, yours] = keepWatch(first, asked("b", 5));
    expect(yours).toEqual({ isYours: false });
    expect(second.watch).toEqual({ instanceId: "a", nextAt: at(1), until: at(25) });
    const [, again] = keepWatch(second, { ...asked("a", 6), until: at(20) });
    expect(again).toEqual({ isYours: true, until: at(25) });
  });

  it("takes a watch that is late with its look for dead", () => {
    const [first] = keepWatch(none, asked("a", 0));
    expect(keepWatch(first, asked("b", 5))[1].isYours).toBe(false);
    expect(keepWatch(first, asked("b", 6))[1].isYours).toBe(true);
  });

  it("ends for its own instance only", () => {
    const [first] = keepWatch(none, asked("a", 0));
    expect(endWatch(first, { instanceId: "b" })).toBe(first);
    expect(endWatch(first, { instanceId: "a" })).toEqual({});
    expect(endWatch(none, { instanceId: "a" })).toBe(none);
  });
});

describe("dueLook", () => {
  it("is one look for all hints of a bucket, after its end, for any instant", () => {
    const start = Date.UTC(2026, 10, 2, 8, 0, 0);
    const looks = Array.from({ length: 600 }, (_, tenth) => ({
      hint: start + tenth * 100,
      ...dueLook("seed", start + tenth * 100),
    }));
    expect(new Set(looks.map(({ instanceId }) => instanceId)).size).toBe(4);
    for (const { hint, dueEpochMs } of looks) {
      expect(dueEpochMs - hint).toBeGreaterThan(2_000);
      expect(dueEpochMs - hint).toBeLessThanOrEqual(17_000);
    }
    for (const { instanceId } of looks) expect(instanceId).toMatch(/^routes\.seed\.\d+$/);
  });

  it("has the ids of the day before, so that their number is bound, and is told from them by when it is due", () => {
    const now = Date.UTC(2026, 10, 2, 8, 0, 7);
    const [today, yesterday] = [dueLook("seed", now), dueLook("seed", now - 24 * 3600_000)];
    expect(today.instanceId).toBe(yesterday.instanceId);
    expect(today.dueEpochMs - yesterday.dueEpochMs).toBe(24 * 3600_000);
    expect(dueLook("seed", now + 15_000).instanceId).not.toBe(today.instanceId);
  });
});

describe("watchPauseSeconds", () => {
  it("grows to a minute", () => {
    expect([1, 2, 3, 4, 20].map(watchPauseSeconds)).toEqual([15, 30, 60, 60, 60]);
  });
});
