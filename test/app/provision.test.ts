import { afterEach, describe, expect, it } from "vitest";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

describe("a ticket that provisions the seed's environment", () => {
  it("ends verified, within 5 % of the critical path", async () => {
    world = await openWorld();
    expect((await world.submit(seedTicket("CHG0001"))).status).toBe(202);
    const end = await world.ended("CHG0001");
    expect(end.failure).toBeUndefined();
    expect(end.state).toBe("succeeded");
    expect(end.verification.map(({ id, ok }) => ({ id, ok }))).toEqual(
      end.steps.filter((step) => step.kind === "verification").map((step) => ({ id: step.id, ok: true })),
    );
    expect(end.verification.length).toBeGreaterThanOrEqual(5);
    expect(end.makespanSeconds).toBeLessThanOrEqual(1.05 * end.criticalPathSeconds);
    expect(end.azure.failures).toBe(0);
    const asked = world.azure.requests.filter(({ principal }) => principal === world.azure.app.objectId);
    const reads = asked.filter(({ method }) => method === "GET" || method === "POST").length;
    // The two commands that install something are writes on top of the requests that carry them.
    expect(end.azure).toMatchObject({ reads, writes: asked.length - reads + 2 });
    expect(end.outputs.firewallPrivateIpAddress).toBe("10.0.0.4");
    // Each resource was written exactly once.
    const paths = world.writes().map((write) => write.path.toLowerCase());
    expect(paths.length).toBeGreaterThan(25);
    // The subnets came with the spoke; their own steps write over them, and only over what they have read.
    const conditional = world.writes().flatMap(({ path, ifMatch }) => (ifMatch === undefined ? [] : [path]));
    expect(conditional.map((path) => path.split("/").at(-1))).toEqual(["gw-1-subnet", "aks-1-subnet"]);
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual(
      // The two subnets are made inside the spoke and get their table and security group afterwards; the route table is
      // made empty and gets its default route when the firewall has an address: other resources, or one more write each.
      [],
    );
  });

  it("writes one group once when all resources shall be in it", async () => {
    world = await openWorld();
    const groups = { network: "platform", gateway: "Platform", cluster: "PLATFORM" };
    await world.submit(seedTicket("CHG0001", { groups }));
    const end = await world.ended("CHG0001");
    expect(end.failure).toBeUndefined();
    const groupWrites = world.writes().filter((write) => /\/resourceGroups\/platform$/i.test(write.path));
    expect(groupWrites.map((write) => write.status)).toEqual([201]);
  });

  it("finds everything right the second time: 0 writes, and says so", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const before = world.writes().length;
    await world.submit(seedTicket("CHG0002"));
    const end = await world.ended("CHG0002");
    expect(end.state).toBe("succeeded");
    expect(end.azure.writes).toBe(0);
    expect(world.writes().length).toBe(before);
    expect(end.summary).toContain("0 writes");
    expect(
      end.steps
        .filter((step) => step.kind !== "verification")
        .every((step) => ["unchanged", "done"].includes(step.state)),
    ).toBe(true);
  });
});

describe("a resource changed by hand", () => {
  it("is the only one written, with the change in words", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const built = await world.status("CHG0001");
    const group = built.steps.find((step) => step.id === "gatewaySecurityGroup");
    await world.asOperator("PUT", `${group?.resourceId}/securityRules/agic_allow`, {
      properties: {
        priority: 120,
        direction: "Inbound",
        access: "Deny",
        protocol: "Tcp",
        sourceAddressPrefix: "*",
        sourcePortRange: "*",
        destinationAddressPrefix: "*",
        destinationPortRange: "80",
      },
    });
    const before = world.writes().length;
    await world.submit(seedTicket("CHG0002"));
    const end = await world.ended("CHG0002");
    expect(end.state).toBe("succeeded");
    expect(
      world
        .writes()
        .slice(before)
        .map((write) => write.path),
    ).toEqual([group?.resourceId]);
    const repaired = end.steps.filter((step) => step.state === "done" && step.kind === "resource");
    expect(repaired.map((step) => step.id)).toEqual(["gatewaySecurityGroup"]);
    expect(repaired[0]?.detail).toContain("Deny → Allow");
  });
});

describe("two tickets for one environment", () => {
  it("run one after the other, and the second says for whom it waits", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    await world.until("CHG0001", (status) => status.state === "running");
    await world.submit(seedTicket("CHG0002"));
    const queued = await world.until("CHG0002", (status) => status.waitingFor !== undefined);
    expect(queued).toMatchObject({ state: "queued", waitingFor: "CHG0001" });
    expect(queued.summary).toContain("CHG0001");
    const first = await world.ended("CHG0001");
    const second = await world.ended("CHG0002");
    expect([first.state, second.state]).toEqual(["succeeded", "succeeded"]);
    expect(second.azure.writes).toBe(0);
    const pauseMs = Date.parse(second.startedAt ?? "") - Date.parse(first.finishedAt ?? "");
    // Woken, and not found free at the next look minutes later.
    expect(Math.abs(pauseMs)).toBeLessThanOrEqual(1000);
  });
});

describe("cancel", () => {
  it("follows what Azure has begun to its end, begins nothing new, and deletes nothing; a retry goes on", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    await world.until("CHG0001", (status) =>
      status.steps.some((step) => step.id === "firewall" && step.state === "running"),
    );
    expect((await world.post("/api/tickets/CHG0001/cancel")).status).toBe(202);
    const end = await world.ended("CHG0001");
    expect(end.state).toBe("cancelled");
    expect(end.steps.find((step) => step.id === "firewall")?.state).toBe("done");
    expect(end.steps.find((step) => step.id === "cluster")?.state).toBe("skipped");
    expect(world.writes().filter((write) => write.method === "DELETE")).toEqual([]);
    expect((await world.post("/api/tickets/CHG0001/cancel")).status).toBe(409);

    const firewallWrites = (): number =>
      world.writes().filter((write) => write.path.endsWith("/azureFirewalls/dzk8sfw1")).length;
    expect(firewallWrites()).toBe(1);
    expect((await world.post("/api/tickets/CHG0001/retry")).status).toBe(202);
    const retried = await world.ended("CHG0001");
    expect(retried).toMatchObject({ state: "succeeded", attempt: 2 });
    expect(firewallWrites()).toBe(1);
  });

  it("ends a ticket that still waits for another one, at once", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    await world.submit(seedTicket("CHG0002"));
    await world.until("CHG0002", (status) => status.waitingFor !== undefined);
    const cancelledEpochMs = world.clock.now();
    await world.post("/api/tickets/CHG0002/cancel");
    const end = await world.until("CHG0002", ({ state }) => state === "cancelled");
    expect(Date.parse(end.finishedAt ?? "") - cancelledEpochMs).toBeLessThanOrEqual(1000);
    expect((await world.status("CHG0001")).state).toBe("running");
  });
});
