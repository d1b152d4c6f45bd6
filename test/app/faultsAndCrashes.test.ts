import { afterEach, describe, expect, it } from "vitest";
import type { RandomFaults } from "../../local/azure/localAzure.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";
import { writtenTwice } from "../harness/writtenTwice.ts";

let world: World;
afterEach(() => world.close());

const seed = 13;
const faults: RandomFaults = {
  throttled: 0.04,
  conflict: 0.06,
  unavailable: 0.04,
  internalError: 0.04,
  reset: 0.06,
  loseAnswer: 0.06,
};
/** Requests between two kills. */
const distance = 37;

describe("random faults and kills together", () => {
  it(`end right, with no second write of anything that was accepted: seed ${seed}, a kill every ${distance} requests`, async () => {
    world = await openWorld({ randomFaults: { seed, principal: "app", ...faults } });
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
  });
});
