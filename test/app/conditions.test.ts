/** What is there already is never overwritten unseen. */
import { afterEach, describe, expect, it } from "vitest";
import { seedTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

describe("a write over something that has an etag", () => {
  it("carries the etag that was read, a first write carries none", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    await world.ended("CHG0001");
    const conditional = world.writes().flatMap(({ path, ifMatch }) => (ifMatch === undefined ? [] : [path]));
    // The subnets came with the spoke; their own steps write over them.
    expect(conditional.map((path) => path.split("/").at(-1))).toEqual(["gw-1-subnet", "aks-1-subnet"]);

    const before = world.writes().length;
    await world.submit(seedTicket("CHG0002", { tags: { costCenter: "another" } }));
    const end = await world.ended("CHG0002");
    expect(end.failure).toBeUndefined();
    // Everything of Microsoft.Network has an etag; the other types of the plan have none.
    const over = world
      .writes()
      .slice(before)
      .filter(({ path }) => /\/providers\/Microsoft\.Network\/[^/]+\/[^/]+$/i.test(path));
    expect(over.length).toBeGreaterThanOrEqual(9);
    for (const { path, ifMatch } of over) expect(ifMatch, path).toMatch(/^(W\/".+"|[0-9a-f-]{36})$/);
  });
});
