import { afterEach, describe, expect, it } from "vitest";
import { acceptedWrites, carriedOut, sampleTicket as clusterTicket } from "../harness/clusterTickets.ts";
import { leftOverGroups } from "../harness/leftOver.ts";
import { EDGE_GROUP, everythingOf, HUB_GROUP, idIn, make, makeEdge, makeHub } from "../harness/operatorResources.ts";
import { sampleTicket, seedTicket } from "../harness/tickets.ts";
import { watchHost } from "../harness/watchHost.ts";
import { openWorld, type World } from "../harness/world.ts";
import { writtenTwice } from "../harness/writtenTwice.ts";

let world: World;
afterEach(() => world.close());

type Sent = { ticket: { number: string } };
const adopting = (number: string): Sent => sampleTicket("adopt.json", number) as unknown as Sent;
const environment = { name: "adopting" };

/** The operator's listener answers without servers; a gateway that lost it would lose it for longer than a write takes. */
const redirect = { expected: "307", lookSeconds: 10 };

/** Writes to what the operator has made itself, not to parts of it that are the environment's. */
function foreignWrites(): readonly string[] {
  const own = [/\/subnets\/snet-aks-\d$/, /portcullis-/, /roleassignments\//, /agw-edge$/];
  return acceptedWrites(world).filter(
    (write) => /\/resourcegroups\/rg-(hub|edge)\//.test(write) && !own.some((each) => each.test(write)),
  );
}

describe("an environment that adopts an operator's hub and gateway", () => {
  it("is built beside them, keeps off what is theirs, survives crashes, and leaves everything as it was", async () => {
    world = await openWorld();
    await makeHub(world);
    const host = await makeEdge(world);
    const before = await everythingOf(world, [HUB_GROUP, EDGE_GROUP]);
    const watch = watchHost(world, host, redirect);
    await world.submit(adopting("CHG0001"));
    for (let next = world.azure.requests.length + 45; await world.untilRequests(next, "CHG0001"); next += 45)
      await world.crashAndRestart();
    const end = await world.ended("CHG0001");
    expect(end.failure).toBeUndefined();
    expect(end.state).toBe("succeeded");
    expect(writtenTwice(world)).toEqual([]);
    expect(foreignWrites()).toEqual([]);
    expect(acceptedWrites(world).filter((write) => write.endsWith("agw-edge"))).toEqual([]);
    const looked = end.steps.filter(({ kind }) => kind === "lookup").map(({ id }) => id);
    expect(looked).toEqual(
      expect.arrayContaining(["hubNetwork", "firewall", "firewallPolicy", "gateway", "wafPolicy"]),
    );
    expect(end.outputs.firewallPrivateIpAddress).toBe("10.100.0.4");

    const writeCount = world.writes().length;
    const second = await carriedOut(world, adopting("CHG0002"));
    expect(second.failure).toBeUndefined();
    expect(second.azure.writes).toBe(0);
    expect(world.writes().length).toBe(writeCount);

    await world.submit(clusterTicket("decommission", "CHG0003", { environment }));
    for (let next = world.azure.requests.length + 12; await world.untilRequests(next, "CHG0003"); next += 12)
      await world.crashAndRestart();
    const gone = await world.ended("CHG0003");
    expect(gone.failure).toBeUndefined();
    expect(gone.state).toBe("succeeded");
    expect(
      gone.steps
        .filter(({ detail }) => detail?.includes("it was adopted"))
        .map(({ id }) => id)
        .sort(),
    ).toEqual([
      "firewall",
      "firewallPolicy",
      "firewallPublicIp",
      "gateway",
      "gatewayPublicIp",
      "hubNetwork",
      "spokeNetwork",
      "wafPolicy",
    ]);
    expect(await everythingOf(world, [HUB_GROUP, EDGE_GROUP])).toEqual(before);
    expect(foreignWrites()).toEqual([]);
    expect((await leftOverGroups(world)).sort()).toEqual([EDGE_GROUP, HUB_GROUP]);
    const { unanswered, lookCount } = await watch.ended();
    expect(unanswered).toEqual([]);
    expect(lookCount).toBeGreaterThan(150);
  });

  it("takes peerings that stand, more clusters in its subnets, and a switch between them", async () => {
    world = await openWorld();
    await makeHub(world);
    const host = await makeEdge(world);
    const [hub, edge] = [`${HUB_GROUP}/virtualNetworks/vnet-hub`, `${EDGE_GROUP}/virtualNetworks/vnet-edge`];
    for (const [from, to] of [
      [hub, edge],
      [edge, hub],
    ] as const)
      await make(world, `${from}/virtualNetworkPeerings/by-operator`, {
        remoteVirtualNetwork: { id: idIn(world, to) },
      });
    const before = await everythingOf(world, [HUB_GROUP, EDGE_GROUP]);
    const watch = watchHost(world, host, redirect);
    const built = await carriedOut(world, adopting("CHG0001"));
    expect(built.failure).toBeUndefined();
    expect(built.makespanSeconds).toBeLessThanOrEqual(1.05 * built.criticalPathSeconds);
    expect(built.steps.filter(({ id }) => id.endsWith("Peering"))).toEqual([]);
    const cluster = { name: "secureaks2" };
    const tickets = [
      clusterTicket("addCluster", "CHG0002", { environment, cluster }),
      clusterTicket("switchTraffic", "CHG0003", { environment, to: "secureaks2" }),
      clusterTicket("decommission", "CHG0004", { environment }),
    ];
    for (const ticket of tickets) {
      const end = await carriedOut(world, ticket);
      expect(end.failure, ticket.ticket.number).toBeUndefined();
      expect(end.state, ticket.ticket.number).toBe("succeeded");
      expect(end.makespanSeconds, ticket.ticket.number).toBeLessThanOrEqual(1.05 * end.criticalPathSeconds);
    }
    expect(await everythingOf(world, [HUB_GROUP, EDGE_GROUP])).toEqual(before);
    expect(foreignWrites()).toEqual([]);
    expect((await watch.ended()).unanswered).toEqual([]);
  });

  it("with a hub alone has its own gateway, and is not given up for one of its own", async () => {
    world = await openWorld();
    await makeHub(world);
    const before = await everythingOf(world, [HUB_GROUP]);
    const adopt = { firewall: idIn(world, `${HUB_GROUP}/azureFirewalls/afw-hub`) };
    const dryRun = await world.post("/api/dryRuns", seedTicket("CHG0001", { adopt }));
    const foreseen = (await dryRun.json()) as { isPossible: boolean; steps: { id: string; would: string }[] };
    expect(foreseen.isPossible).toBe(true);
    expect(foreseen.steps.flatMap(({ id, would }) => (would === "leave" ? [id] : [])).sort()).toEqual([
      "firewall",
      "firewallPolicy",
      "firewallPublicIp",
      "hubNetwork",
    ]);
    const built = await carriedOut(world, seedTicket("CHG0001", { adopt }) as unknown as Sent);
    expect(built.failure).toBeUndefined();
    expect(built.makespanSeconds).toBeLessThanOrEqual(1.05 * built.criticalPathSeconds);
    const other = await world.submit(seedTicket("CHG0002"));
    expect(other.status).toBe(400);
    expect(await other.text()).toContain("stands with afw-hub adopted, and that stays");
    const gone = await carriedOut(world, clusterTicket("decommission", "CHG0003"));
    expect(gone.failure).toBeUndefined();
    expect(gone.makespanSeconds).toBeLessThanOrEqual(1.05 * gone.criticalPathSeconds);
    expect(await everythingOf(world, [HUB_GROUP])).toEqual(before);
  });
});
