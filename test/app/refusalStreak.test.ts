import { describe, expect, it } from "vitest";
import { refusalStreak, streakSeconds } from "../../src/domain/refusalStreak.ts";

const minute = 60_000;

describe("refusalStreak", () => {
  it("goes on while the same refusal comes again, whatever was accepted between", () => {
    const first = refusalStreak(undefined, "CommandNeverRan", 0);
    const third = refusalStreak(refusalStreak(first, "CommandNeverRan", 2 * minute), "CommandNeverRan", 4 * minute);
    expect(third.tries).toBe(3);
    expect(streakSeconds(third)).toBe(240);
  });

  it("begins anew with another refusal, and with the same one after a long time without it", () => {
    const first = refusalStreak(undefined, "NoAnswer", 0);
    expect(streakSeconds(refusalStreak(first, "TooManyRequests", minute))).toBe(0);
    expect(refusalStreak(first, "NoAnswer", 11 * minute)).toMatchObject({ tries: 1, sinceEpochMs: 11 * minute });
  });
});
