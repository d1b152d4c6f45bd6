/** Several clusters behind one gateway: what carries traffic is asked for all the while. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import { armRequest } from "../harness/armRequest.ts";
import { acceptedWrites, carriedOut, sampleTicket, watched } from "../harness/clusterTickets.ts";
import { leftOver } from "../harness/leftOver.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World } from "../harness/world.ts";

/** Each test carries out several tickets of Azure-minutes. */
vi.setConfig({ testTimeout: 180_000 });

let world: World;
afterEach(() => world.close());

function expectVerified(end: TicketStatus): void {
  expect(end.failure).toBeUndefined();
  expect(end.state).toBe("succeeded");
  expect(end.verification.filter(({ ok }) => !ok)).toEqual([]);
  expect(end.makespanSeconds).toBeLessThanOrEqual(1.05 * end.criticalPathSeconds);
}

function expectEachOnce(paths: readonly string[]): void {
  expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
}

describe("the samples, in the order in which blue becomes green", () => {
  it("add a cluster, move the traffic and retire the first one, with every request answered; the rest goes by a decommission", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    for (const [index, action] of (["addCluster", "switchTraffic", "retireCluster"] as const).entries()) {
      const { end, lookCount, unanswered } = await watched(world, sampleTicket(action, `CHG001${index}`));
      expectVerified(end);
      expect(unanswered, action).toEqual([]);
      expect(lookCount).toBeGreaterThan(20);
      if (action === "switchTraffic") expect(end.outputs.unansweredSeconds).toBe("0");
    }
    const names = await leftOver(world);
    expect(names.filter((name) => name.includes("secureaks1"))).toEqual([]);
    expect(names).toContain("secureaks2");
    expectVerified(await carriedOut(world, sampleTicket("decommission", "CHG0020")));
    expect(await leftOver(world)).toEqual([]);
    expect(world.azure.taskFailures).toEqual([]);
  });
});

describe("two clusters with different plug-ins", () => {
  it("stand behind one gateway; asked for again both are found right with 0 writes, and both are taken down", async () => {
    const cluster = { networkPlugin: "kubenet" };
    world = await openStandingWorld([seedTicket("CHG0001", { cluster })]);
    const added = { cluster: { name: "secureaks2", networkPlugin: "azure" }, application: { name: "shop" } };
    const { end, unanswered } = await watched(world, sampleTicket("addCluster", "CHG0002", added));
    expectVerified(end);
    expect(unanswered).toEqual([]);
    const before = world.writes().length;
    const again = await carriedOut(world, sampleTicket("addCluster", "CHG0003", added));
    const first = await carriedOut(world, seedTicket("CHG0004", { cluster }) as { ticket: { number: string } });
    expect([again, first].map(({ state, azure }) => [state, azure.writes])).toEqual([
      ["succeeded", 0],
      ["succeeded", 0],
    ]);
    expect(world.writes().length).toBe(before);
    expectVerified(await carriedOut(world, sampleTicket("decommission", "CHG0005")));
    expect(await leftOver(world)).toEqual([]);
  });

  it("come and go one by one: of kubenet no route and no table is left, and the first cluster serves on", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const before = await leftOver(world);
    const kubenet = { cluster: { name: "secureaks2", networkPlugin: "kubenet" } };
    const added = await watched(world, sampleTicket("addCluster", "CHG0002", kubenet));
    expectVerified(added.end);
    const retire = { cluster: { name: "secureaks2" } };
    const retired = await watched(world, sampleTicket("retireCluster", "CHG0003", retire));
    expectVerified(retired.end);
    expect([...added.unanswered, ...retired.unanswered]).toEqual([]);
    expect([...(await leftOver(world))].sort()).toEqual([...before, "dzk8sappgw1-rt"].sort());
    const group = `/subscriptions/${world.azure.subscriptionId}/resourceGroups/secureappgw/providers/Microsoft.Network`;
    const table = await armRequest(world.azure, "GET", `${group}/routeTables/dzk8sappgw1-rt`);
    expect(table.body.properties.routes).toEqual([]);
    const count = world.writes().length;
    const repeated = await carriedOut(world, sampleTicket("retireCluster", "CHG0004", retire));
    expect(repeated).toMatchObject({ state: "succeeded", azure: { writes: 0 } });
    expect(world.writes().length).toBe(count);
  });
});

describe("a host that is killed again and again", () => {
  it("adds, switches and retires all the same, and writes nothing twice", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    for (const [index, action] of (["addCluster", "switchTraffic", "retireCluster"] as const).entries()) {
      const number = `CHG001${index}`;
      const start = acceptedWrites(world).length;
      await world.submit(sampleTicket(action, number));
      let next = world.azure.requests.length + 37;
      for (; await world.untilRequests(next, number); next += 37) await world.crashAndRestart();
      const end = await world.ended(number);
      expect(end.failure, action).toBeUndefined();
      expectEachOnce(acceptedWrites(world).slice(start));
    }
    expect(world.azure.taskFailures).toEqual([]);
  });
});
