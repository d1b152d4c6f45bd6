import { afterEach, describe, expect, it } from "vitest";
import { seedTicket } from "./tickets.ts";
import { openStandingWorld, type World } from "./world.ts";

let world: World;
afterEach(() => world.close());

describe("a standing world", () => {
  it("is what carrying out its tickets left, time included, and no request was made in it", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const built = await world.status("CHG0001");
    expect(built).toMatchObject({ state: "succeeded", azure: { failures: 0 } });
    expect(built.azure.writes).toBeGreaterThan(25);
    expect(world.clock.now()).toBeGreaterThanOrEqual(Date.parse(built.finishedAt ?? ""));
    expect(world.azure.requests).toEqual([]);
    for (const step of built.steps.filter(({ kind }) => kind === "resource")) {
      expect(world.azure.world.store.get(step.resourceId ?? ""), step.id).toBeDefined();
    }
  });

  it("goes on: a second run finds everything right, and one world's changes are not in the next", async () => {
    for (const round of [1, 2]) {
      world = await openStandingWorld([seedTicket("CHG0001")]);
      await world.submit(seedTicket("CHG0002"));
      expect(await world.ended("CHG0002"), `round ${round}`).toMatchObject({
        state: "succeeded",
        azure: { writes: 0 },
      });
      const { firewallId } = (await world.status("CHG0001")).outputs;
      await world.asOperator("PATCH", firewallId ?? "", { tags: { round: String(round) } });
      if (round === 1) await world.close();
    }
  });
});
