import { afterEach, describe, expect, it } from "vitest";
import { seedTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";
import { writtenTwice } from "../harness/writtenTwice.ts";

let world: World;
afterEach(() => world.close());

describe("a host that is killed", () => {
  // Each distance hits other requests; `npm run soak` runs many.
  it.each([11])(
    "at every %i requests of the app goes on, ends the same, and writes nothing twice",
    async (distance) => {
      world = await openWorld();
      await world.submit(seedTicket("CHG0001"));
      let kills = 0;
      for (let next = distance; ; next += distance) {
        const isAlive = await world.untilRequests(next, "CHG0001");
        if (!isAlive) break;
        await world.crashAndRestart();
        kills += 1;
      }
      const end = await world.ended("CHG0001");
      expect(end.failure).toBeUndefined();
      expect(end.state).toBe("succeeded");
      expect(end.verification.every((finding) => finding.ok)).toBe(true);
      expect(writtenTwice(world)).toEqual([]);
      expect(kills).toBeGreaterThan(5);
      console.log(`distance ${distance}: ${kills} kills, ${world.writes().length} writes`);
    },
  );

  it("while the ticket is being accepted has either kept it or not answered 202", async () => {
    world = await openWorld();
    const answer = world.submit(seedTicket("CHG0001")).then(
      (response) => response.status,
      () => "no answer" as const,
    );
    await world.crashAndRestart();
    if ((await answer) === 202) expect((await world.ended("CHG0001")).state).toBe("succeeded");
    else expect((await world.submit(seedTicket("CHG0001"))).status).toBe(202);
  });
});
