import { describe, expect, it } from "vitest";
import { pruned, recount, type Seen } from "../../../src/domain/deniedEgress/recount.ts";
import { SeededRandom } from "../seededRandom.ts";
import { atMinute } from "./egressWorld.ts";

const seen = (rest: number, counts: Record<string, number>): Seen => ({ [atMinute(1)]: { group: { rest, counts } } });

describe("recount", () => {
  it("finds nothing when nothing has changed, and all when nothing was seen", () => {
    const now = seen(5, { a: 2 });
    expect(recount(now, now).deltas).toEqual([]);
    expect(recount({}, now).deltas).toEqual([
      { group: "group", fingerprint: "a", count: 2, newestSlice: atMinute(1) },
      { group: "group", count: 5, newestSlice: atMinute(1) },
    ]);
  });

  it("lets what has left the top keep its count, at the expense of the rest", () => {
    const { deltas, seen: next } = recount(seen(4, { a: 3 }), seen(9, { b: 6 }));
    expect(deltas).toEqual([
      { group: "group", fingerprint: "b", count: 6, newestSlice: atMinute(1) },
      { group: "group", count: 2, newestSlice: atMinute(1) },
    ]);
    expect(next).toEqual(seen(6, { a: 3, b: 6 }));
  });

  it("takes from the rest what has entered the top", () => {
    expect(recount(seen(10, {}), seen(4, { a: 7 })).deltas.map(({ count }) => count)).toEqual([7, -6]);
  });

  it("tells the newest of the minutes in which there is more, of those alone", () => {
    const of = (...counts: readonly number[]): Seen =>
      Object.fromEntries(counts.map((a, minute) => [atMinute(minute), { group: { rest: 0, counts: { a } } }]));
    expect(recount(of(1, 1, 1, 3), of(2, 1, 2, 1)).deltas).toEqual([]);
    expect(recount(of(1, 1, 1, 2), of(2, 1, 3, 1)).deltas).toEqual([
      { group: "group", fingerprint: "a", count: 2, newestSlice: atMinute(2) },
    ]);
  });

  it("finds nothing new where only something else is listed", () => {
    const before = seen(10, { b: 2 });
    expect(recount(before, seen(6, { a: 6 }))).toEqual({ seen: before, deltas: [] });
  });

  it("takes away what turned out to be a duplicate", () => {
    expect(recount(seen(0, { a: 3 }), {}).deltas).toEqual([{ group: "group", fingerprint: "a", count: -3 }]);
  });

  it("comes to what the log says in the end, whatever it said before and whatever it listed", () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = new SeededRandom(seed);
      let state: Seen = {};
      const sums = new Map<string, number>();
      let total = 0;
      for (let round = 0; round < 12; round++) {
        const now: Record<string, Record<string, { rest: number; counts: Record<string, number> }>> = {};
        total = 0;
        for (let minute = 0; minute < 3; minute++) {
          for (const group of ["g", "h"]) {
            const counts = Object.fromEntries(
              ["a", "b", "c"].filter(() => random.below(2) === 0).map((key) => [key, 1 + random.below(9)]),
            );
            const rest = random.below(3) * random.below(9);
            now[atMinute(minute)] = { ...now[atMinute(minute)], [group]: { rest, counts } };
            total += rest + Object.values(counts).reduce((sum, each) => sum + each, 0);
          }
        }
        const next = recount(state, now);
        state = next.seen;
        for (const { group, fingerprint = "rest", count } of next.deltas) {
          const key = `${group} ${fingerprint}`;
          sums.set(key, (sums.get(key) ?? 0) + count);
        }
        expect(
          [...sums.values()].reduce((sum, each) => sum + each, 0),
          `seed ${seed}`,
        ).toBe(total);
        expect(Math.min(...sums.values()) >= 0, `seed ${seed}`).toBe(true);
      }
    }
  });
});

describe("pruned", () => {
  it("keeps the minutes that are read again", () => {
    const state: Seen = { [atMinute(1)]: {}, [atMinute(2)]: {}, [atMinute(3)]: {} };
    expect(Object.keys(pruned(state, atMinute(2)))).toEqual([atMinute(2), atMinute(3)]);
  });
});
