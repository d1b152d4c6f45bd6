import { afterEach, describe, expect, it } from "vitest";
import { sampleTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

describe("a ticket that provisions a cluster with Azure CNI overlay", () => {
  it("ends verified within 5 % of the critical path, with no table on the gateway's subnet; the second time 0 writes", async () => {
    world = await openWorld();
    expect((await world.submit(sampleTicket("overlay.json", "CHG0001"))).status).toBe(202);
    const end = await world.ended("CHG0001");
    expect(end.failure).toBeUndefined();
    expect(end.state).toBe("succeeded");
    expect(end.verification.map(({ id, ok }) => ({ id, ok }))).toEqual(
      end.steps.filter((step) => step.kind === "verification").map((step) => ({ id: step.id, ok: true })),
    );
    expect(end.makespanSeconds).toBeLessThanOrEqual(1.05 * end.criticalPathSeconds);
    expect(end.warnings).toEqual([]);
    // The backends are pods, and their addresses are of the pod network.
    expect(end.verification.find(({ id }) => id === "verifyBackendHealth")?.detail).toMatch(
      /: 10\.244\.\d+\.\d+, 10\.244\./,
    );
    const subnetId = end.steps.find(({ id }) => id === "gatewaySubnet")?.resourceId ?? "";
    const subnet = await world.asOperator("GET", subnetId);
    expect(subnet.body.properties.routeTable).toBeUndefined();
    expect(world.writes().filter(({ path }) => /routeTables\/[^/]+$/i.test(path))).toHaveLength(1);

    const before = world.writes().length;
    await world.submit(sampleTicket("overlay.json", "CHG0002"));
    expect(await world.ended("CHG0002")).toMatchObject({ state: "succeeded", azure: { writes: 0 } });
    expect(world.writes().length).toBe(before);
  });
});
