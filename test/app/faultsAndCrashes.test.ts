import { afterEach, describe, expect, it } from "vitest";
import type { RandomFaults } from "../../local/azure/localAzure.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";
import { writtenTwice } from "../harness/writtenTwice.ts";

let world: World;
afterEach(() => world.close());

/** Requests between two kills; no multiples of each other, so that each run is hit elsewhere. */
const runs: readonly (readonly [seed: number, distance: number, faults: RandomFaults])[] = [
  [11, 47, { loseAnswer: 0.12, reset: 0.08, internalError: 0.05 }],
  [12, 61, { throttled: 0.1, conflict: 0.12, unavailable: 0.1, loseAnswer: 0.03 }],
  [13, 37, { throttled: 0.04, conflict: 0.06, unavailable: 0.04, internalError: 0.04, reset: 0.06, loseAnswer: 0.06 }],
];

describe("random faults and kills together", () => {
  it.each(runs)(
    "end right, with no second write of anything that was accepted: seed %i, a kill every %i requests",
    async (seed, distance, rates) => {
      world = await openWorld({ randomFaults: { seed, principal: "app", ...rates } });
      await world.submit(seedTicket("CHG0001"));
      let kills = 0;
      for (let next = distance; await world.untilRequests(next, "CHG0001"); next += distance) {
        await world.crashAndRestart();
        kills += 1;
      }
      const end = await world.ended("CHG0001");
      expect(end.failure).toBeUndefined();
      expect(end.state).toBe("succeeded");
      expect(end.verification.every((finding) => finding.ok)).toBe(true);
      expect(kills).toBeGreaterThan(2);
      expect(end.azure.failures).toBeGreaterThan(5);
      expect(end.steps.filter((step) => step.state === "unchanged" && step.writes > 0)).toEqual([]);
      expect(writtenTwice(world)).toEqual([]);

      world.azure.setFaults([], {});
      await world.submit(seedTicket("CHG0002"));
      expect(await world.ended("CHG0002")).toMatchObject({ state: "succeeded", azure: { writes: 0 } });
      expect(world.azure.taskFailures).toEqual([]);
      console.log(`seed ${seed}: ${kills} kills, ${end.azure.failures} failures`);
    },
  );

  it("writes a superseded resource again only when it is still wrong", async () => {
    const seed = 14;
    world = await openWorld({ randomFaults: { seed, principal: "app", superseded: 0.15 } });
    await world.submit(seedTicket("CHG0001"));
    const end = await world.ended("CHG0001");
    expect(end.failure, `seed ${seed}`).toBeUndefined();
    expect(end.azure.failures).toBeGreaterThan(0);
    expect(end.steps.filter((step) => step.state === "unchanged" && step.writes > 0)).toEqual([]);
  });
});
