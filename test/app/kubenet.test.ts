import { afterEach, describe, expect, it } from "vitest";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import { leftOver } from "../harness/leftOver.ts";
import { sampleTicket } from "../harness/tickets.ts";
import { openStandingWorld, openWorld, type World, type WorldOptions } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

/** The shipped sample through the door of every ticket, to its end. */
async function provision(number: string): Promise<TicketStatus> {
  expect((await world.submit(sampleTicket("kubenet.json", number))).status).toBe(202);
  return world.ended(number);
}

async function built(options?: WorldOptions): Promise<TicketStatus> {
  world = await openWorld(options);
  const end = await provision("CHG0001");
  expect(end.failure).toBeUndefined();
  return end;
}

/** What `built` leaves, as the start of a test. */
async function standing(): Promise<TicketStatus> {
  world = await openStandingWorld([sampleTicket("kubenet.json", "CHG0001")]);
  return world.status("CHG0001");
}

function idOf(status: TicketStatus, stepId: string): string {
  const id = status.steps.find((step) => step.id === stepId)?.resourceId;
  if (id === undefined) throw new Error(`The step ${stepId} names no resource.`);
  return id;
}

interface Route {
  readonly name: string;
  readonly properties: { readonly addressPrefix: string; readonly nextHopIpAddress: string };
}

async function routesIn(tableId: string): Promise<readonly Route[]> {
  return (await world.asOperator("GET", tableId)).body.properties.routes;
}

/** Paths that the app has written with success more than once. */
function writtenTwice(): readonly string[] {
  const paths = world
    .writes()
    .flatMap(({ status, path }) => (status >= 200 && status < 400 ? [path.toLowerCase()] : []));
  return paths.filter((path, index) => paths.indexOf(path) !== index);
}

describe("a ticket that provisions a cluster with kubenet", () => {
  it("ends verified, within 5 % of the critical path, and warns of kubenet's end", async () => {
    const end = await built();
    expect(end.verification.map(({ id, ok }) => ({ id, ok }))).toEqual(
      end.steps.filter((step) => step.kind === "verification").map((step) => ({ id: step.id, ok: true })),
    );
    expect(end.verification.map(({ id }) => id)).toContain("verifyGatewayRoutes");
    expect(end.makespanSeconds).toBeLessThanOrEqual(1.05 * end.criticalPathSeconds);
    expect(end.azure.failures).toBe(0);
    expect(end.warnings).toEqual([expect.stringContaining("31 March 2028")]);
    // Exactly the pod routes are copied, in one write, into the table that was on the subnet before the gateway came.
    const source = await routesIn(idOf(end, "clusterRouteTable"));
    const copies = await routesIn(idOf(end, "gatewayRouteTable"));
    expect(source.map(({ properties }) => properties.addressPrefix).sort()).toEqual([
      "0.0.0.0/0",
      "10.244.0.0/24",
      "10.244.1.0/24",
    ]);
    expect(
      copies.map(({ name, properties: { addressPrefix, nextHopIpAddress } }) => ({
        name,
        addressPrefix,
        nextHopIpAddress,
      })),
    ).toEqual(
      source
        .filter(({ properties }) => properties.addressPrefix !== "0.0.0.0/0")
        .map(({ name, properties: { addressPrefix, nextHopIpAddress } }) => ({
          name: `secureaks1_${name}`,
          addressPrefix,
          nextHopIpAddress,
        })),
    );
    const written = world.writes().map(({ path }) => path);
    const tableId = idOf(end, "gatewayRouteTable");
    // Made empty, then filled: the two writes of that table, and the only thing that is written twice.
    expect(writtenTwice()).toEqual([tableId.toLowerCase()]);
    expect(written.filter((path) => path.startsWith(`${tableId}/`))).toEqual([]);
    expect(written.indexOf(idOf(end, "gatewaySubnet"))).toBeLessThan(written.indexOf(idOf(end, "gateway")));
    expect(
      world
        .writes()
        .filter(({ path }) => path === tableId)
        .at(-1)?.ifMatch,
    ).toMatch(/^W\//);
  });

  it("finds everything right the second time: 0 writes", async () => {
    await standing();
    const before = world.writes().length;
    const end = await provision("CHG0002");
    expect(end).toMatchObject({ state: "succeeded", azure: { writes: 0 } });
    expect(world.writes().length).toBe(before);
    expect(end.steps.find(({ id }) => id === "gatewayRoutes")?.state).toBe("unchanged");
  });

  it("puts a route back that somebody deleted, in exactly one write, and leaves what somebody added", async () => {
    const first = await standing();
    const tableId = idOf(first, "gatewayRouteTable");
    const [lost] = await routesIn(tableId);
    await world.asOperator("DELETE", `${tableId}/routes/${lost?.name}`);
    await world.asOperator("PUT", `${tableId}/routes/by-hand`, {
      properties: { addressPrefix: "192.168.0.0/24", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.0.4" },
    });
    const before = world.writes().length;
    const end = await provision("CHG0002");
    expect(end.state).toBe("succeeded");
    expect(
      world
        .writes()
        .slice(before)
        .map(({ path }) => path),
    ).toEqual([tableId]);
    expect(end.steps.find(({ id }) => id === "gatewayRoutes")).toMatchObject({
      state: "done",
      detail: `1 route to add: ${lost?.properties.addressPrefix} → ${lost?.properties.nextHopIpAddress}`,
    });
    expect((await routesIn(tableId)).map(({ name }) => name)).toEqual(expect.arrayContaining(["by-hand", lost?.name]));
  });

  it("waits out AKS's known fault: nodes count as routed, and their routes come only when AKS looks again", async () => {
    const lost = { status: 500, code: "InternalServerError", message: "The write was lost." };
    const end = await built({
      faults: [{ match: { path: "secureaks1-rt" }, when: "aks.routeTableWrite", answer: lost }],
    });
    expect(end.state).toBe("succeeded");
    // The controller goes on with what it has read for 120 s.
    expect(end.steps.find(({ id }) => id === "gatewayRoutes")?.seconds).toBeGreaterThan(100);
    expect(await routesIn(idOf(end, "gatewayRouteTable"))).toHaveLength(2);
  });
});

describe("an environment with kubenet", () => {
  it("keeps its plug-in, and is taken down without a rest, its gateway's table included", async () => {
    const first = await standing();
    const before = world.writes().length;
    const other = sampleTicket("kubenet.json", "CHG0002", { cluster: { networkPlugin: "overlay" } });
    const refused = await world.submit(other);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      mistakes: [{ pointer: "/environment/cluster/networkPlugin", example: "kubenet" }],
    });
    expect(world.writes().length).toBe(before);

    const { ticket } = sampleTicket("kubenet.json", "CHG0003");
    await world.submit({ ticket, action: "decommission", environment: { name: first.environment } });
    const end = await world.ended("CHG0003");
    expect(end.failure).toBeUndefined();
    expect(end.state).toBe("succeeded");
    expect(await leftOver(world)).toEqual([]);
  });
});

describe("a host that is killed while it provisions kubenet", () => {
  it("goes on, and writes nothing twice", async () => {
    const distance = 29;
    world = await openWorld();
    await world.submit(sampleTicket("kubenet.json", "CHG0001"));
    let kills = 0;
    for (let next = distance; await world.untilRequests(next, "CHG0001"); next += distance) {
      await world.crashAndRestart();
      kills += 1;
    }
    const end = await world.ended("CHG0001");
    expect(end.failure).toBeUndefined();
    expect(end.state).toBe("succeeded");
    expect(end.verification.every(({ ok }) => ok)).toBe(true);
    // Once empty, once with the nodes' routes.
    expect(writtenTwice()).toEqual([idOf(end, "gatewayRouteTable").toLowerCase()]);
    expect(kills).toBeGreaterThan(3);
    console.log(`distance ${distance}: ${kills} kills, ${world.writes().length} writes`);
  });
});
