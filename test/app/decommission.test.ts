import { afterEach, describe, expect, it } from "vitest";
import { armRequest } from "../harness/armRequest.ts";
import { leftOver } from "../harness/leftOver.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

function decommissionTicket(number: string, name = "seed") {
  const { ticket } = seedTicket(number);
  return { ticket, action: "decommission", environment: { name } };
}

const provisioned = (): Promise<World> => openStandingWorld([seedTicket("CHG0001")]);

function deleted(): readonly string[] {
  return world
    .writes()
    .flatMap((write) =>
      write.method === "DELETE" && write.status >= 200 && write.status < 300 ? [write.path.toLowerCase()] : [],
    );
}

describe("decommission", () => {
  it("takes down all that the environment created, each once, and ends empty; the same environment can be built again", async () => {
    world = await provisioned();
    expect((await world.submit(decommissionTicket("CHG0002"))).status).toBe(202);
    const end = await world.ended("CHG0002");
    expect(end.failure).toBeUndefined();
    expect(end.state).toBe("succeeded");
    expect(end.summary).toMatch(/^Taken down: \d+ deleted/);
    expect(await leftOver(world)).toEqual([]);
    expect(deleted().filter((path, index) => deleted().indexOf(path) !== index)).toEqual([]);
    expect(end.azure.failures).toBe(0);
    expect(end.makespanSeconds).toBeLessThanOrEqual(1.05 * end.criticalPathSeconds);
    // The second time finds all of it gone.
    const before = world.writes().length;
    expect((await world.submit(decommissionTicket("CHG0004"))).status).toBe(202);
    const again = await world.ended("CHG0004");
    expect(again).toMatchObject({ state: "succeeded", azure: { writes: 0 } });
    expect(again.summary).toContain("0 writes");
    expect(world.writes().length).toBe(before);
    // No role assignment is left that points to nobody.
    const path = `/subscriptions/${world.azure.subscriptionId}/providers/Microsoft.Authorization/roleAssignments`;
    const { body } = await armRequest(world.azure, "GET", path);
    const scopes = body.value.map((each: { properties: { scope: string } }) => each.properties.scope);
    const { functionAppId, deadLetterContainerId, alertTopicId } = world.azure;
    const ofTheApp = (scope: string): boolean =>
      [functionAppId, deadLetterContainerId, alertTopicId].some((id) => id.startsWith(scope));
    expect(scopes.filter((scope: string) => scope.includes("/resourceGroups/") && !ofTheApp(scope))).toEqual([]);
    await world.submit(seedTicket("CHG0003"));
    expect(await world.ended("CHG0003")).toMatchObject({ state: "succeeded", azure: { failures: 0 } });
  });

  it("leaves and names what was there before, and what holds something of others", async () => {
    world = await openWorld();
    const subscription = `/subscriptions/${world.azure.subscriptionId}`;
    await world.asOperator("PUT", `${subscription}/resourceGroups/secureappgw`, { location: "westeurope" });
    await world.submit(seedTicket("CHG0001"));
    expect((await world.ended("CHG0001")).state).toBe("succeeded");
    const foreign = `${subscription}/resourceGroups/securevnets/providers/Microsoft.Network/routeTables/somebody-elses`;
    await world.asOperator("PUT", foreign, { location: "westeurope", properties: {} });
    await world.submit(decommissionTicket("CHG0002"));
    const end = await world.ended("CHG0002");
    expect(end.state).toBe("succeeded");
    expect([...(await leftOver(world))].sort()).toEqual(["secureappgw", "securevnets", "somebody-elses"]);
    expect(end.steps.find((step) => step.id === "gatewayGroup")?.detail).toContain(
      "not created by the environment seed",
    );
    expect(end.steps.find((step) => step.id === "networkGroup")?.detail).toContain("it holds somebody-elses");
    expect(end.summary).toContain("2 left");
  });

  it("takes no refused look for an empty group or for a parent of others: it looks again", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const group = `/subscriptions/${world.azure.subscriptionId}/resourceGroups/securevnets`;
    const foreign = `${group}/providers/Microsoft.Network/routeTables/somebody-elses`;
    await world.asOperator("PUT", foreign, { location: "westeurope", properties: {} });
    const answer = { status: 503, code: "ServiceUnavailable", message: "Not now." };
    const looks = ["/resourceGroups/securevnets/resources$", "/azureFirewalls/[^/]+$", "/virtualNetworks/hubnet$"];
    const faults = looks.map((path) => ({ match: { method: "GET", path }, when: "begin", answer }));
    world.azure.setFaults(faults);
    await world.submit(decommissionTicket("CHG0002"));
    const end = await world.ended("CHG0002");
    expect(end.azure.failures).toBe(looks.length);
    expect((await leftOver(world)).sort()).toEqual(["securevnets", "somebody-elses"]);
    const left = end.steps.filter(({ detail }) => detail?.startsWith("left: "));
    expect(left.map(({ id, detail }) => [id, detail])).toEqual([["networkGroup", "left: it holds somebody-elses"]]);
  });

  it("takes down what a failed provisioning left, too", async () => {
    const refusal = { status: 409, code: "QuotaExceeded", message: "Quota." };
    const match = { method: "PUT", path: "/managedClusters/" };
    world = await openWorld({ faults: [{ match, when: "begin", answer: refusal }] });
    await world.submit(seedTicket("CHG0001"));
    expect((await world.ended("CHG0001")).state).toBe("failed");
    await world.submit(decommissionTicket("CHG0002"));
    expect((await world.ended("CHG0002")).state).toBe("succeeded");
    expect(await leftOver(world)).toEqual([]);
  });

  it("goes on after crashes and deletes nothing twice", async () => {
    world = await provisioned();
    const before = world.azure.requests.length;
    await world.submit(decommissionTicket("CHG0002"));
    for (let next = before + 17; await world.untilRequests(next, "CHG0002"); next += 17) await world.crashAndRestart();
    expect((await world.ended("CHG0002")).state).toBe("succeeded");
    expect(await leftOver(world)).toEqual([]);
    expect(deleted().filter((path, index) => deleted().indexOf(path) !== index)).toEqual([]);
  });

  it("deletes nothing more once it is cancelled, and a retry goes on", async () => {
    world = await provisioned();
    await world.submit(decommissionTicket("CHG0002"));
    await world.until("CHG0002", (status) =>
      status.steps.some((step) => step.id === "cluster" && step.state === "running"),
    );
    await world.post("/api/tickets/CHG0002/cancel");
    expect((await world.ended("CHG0002")).state).toBe("cancelled");
    expect(deleted().some((path) => path.includes("/azurefirewalls/"))).toBe(false);
    await world.post("/api/tickets/CHG0002/retry");
    expect((await world.ended("CHG0002")).state).toBe("succeeded");
    expect(await leftOver(world)).toEqual([]);
  });

  it("is refused for an environment that nobody built here, and for one that it describes", async () => {
    world = await openWorld();
    const unknown = await world.submit(decommissionTicket("CHG0002", "unknown"));
    expect(unknown.status).toBe(400);
    const { mistakes } = (await unknown.json()) as { mistakes: readonly { pointer: string; message: string }[] };
    expect(mistakes).toEqual([
      { pointer: "/environment/name", message: 'is "unknown", and no environment of that name was built here' },
    ]);
    const described = { ...decommissionTicket("CHG0003"), environment: { name: "seed", location: "westeurope" } };
    expect((await world.submit(described)).status).toBe(400);
  });
});
