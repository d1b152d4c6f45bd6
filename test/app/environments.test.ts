import { afterEach, describe, expect, it } from "vitest";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import { groupsOf, seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, openWorld, type World } from "../harness/world.ts";
import { writtenTwice } from "../harness/writtenTwice.ts";

let world: World;
afterEach(() => world.close());

/** Beside the seed's 10.0.0.0/21, with names of its own where Azure wants them. */
const elsewhere = {
  name: "elsewhere",
  hub: {
    addressPrefixes: ["10.1.0.0/22"],
    subnets: [{ name: "AzureFirewallSubnet", addressPrefix: "10.1.0.0/24" }],
  },
  spoke: {
    addressPrefixes: ["10.1.4.0/22"],
    subnets: [
      { name: "gw-1-subnet", addressPrefix: "10.1.4.0/24" },
      { name: "aks-1-subnet", addressPrefix: "10.1.5.0/24" },
    ],
  },
};

const begins = (status: TicketStatus): boolean => status.steps.some((step) => step.state === "running");

describe("two environments", () => {
  it("are built at the same time, each once, although the host is killed again and again", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    await world.submit(seedTicket("CHG0002", { ...elsewhere, groups: groupsOf("elsewhere") }));
    for (let requests = 31; requests < 300; requests += 31) {
      expect(await world.untilRequests(requests, "CHG0002")).toBe(true);
      await world.crashAndRestart();
    }
    const ends = [await world.ended("CHG0001"), await world.ended("CHG0002")];
    expect(ends.map((end) => end.failure)).toEqual([undefined, undefined]);
    expect(Date.parse(ends[1]?.startedAt ?? "")).toBeLessThan(Date.parse(ends[0]?.finishedAt ?? ""));
    expect(writtenTwice(world)).toEqual([]);
    expect(world.azure.taskFailures).toEqual([]);
  });

  it("never work in one resource group at once: the second is refused at once, in words, and writes nothing", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    await world.until("CHG0001", begins);
    const groups = { ...groupsOf("elsewhere"), gateway: "SecureAppGw" };
    await world.submit(seedTicket("CHG0002", { ...elsewhere, groups }));
    const refused = await world.until("CHG0002", ({ state }) => state === "failed");
    expect(refused.failure).toMatchObject({ code: "GroupOfAnotherEnvironment" });
    expect(refused.failure?.message).toBe(
      'Ticket CHG0001 works in the resource group secureappgw for the environment "seed".',
    );
    expect(refused.azure).toMatchObject({ reads: 0, writes: 0 });
    expect((await world.status("CHG0001")).state).toBe("running");
    expect((await world.ended("CHG0001")).state).toBe("succeeded");
  });

  it("do not take each other's resources over afterwards either", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const before = world.writes().length;
    await world.submit(seedTicket("CHG0002", { name: "renamed" }));
    const end = await world.ended("CHG0002");
    expect(end.failure).toMatchObject({ code: "ResourceOfAnotherEnvironment" });
    expect(end.failure?.message).toContain('"seed"');
    expect(end.failure?.resourceId).toContain("/resourceGroups/");
    expect(world.writes().length).toBe(before);
    await world.submit(seedTicket("CHG0003"));
    expect(await world.ended("CHG0003")).toMatchObject({ state: "succeeded", azure: { writes: 0 } });
  });

  it("may use a group again that a terminated operation of another one had claimed", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    await world.until("CHG0001", (status) => status.state === "running");
    const hub = `${world.url()}/runtime/webhooks/durabletask/instances`;
    expect((await fetch(`${hub}/CHG0001/terminate?reason=test`, { method: "POST" })).status).toBe(202);
    await world.ended("CHG0001");
    const groups = { ...groupsOf("elsewhere"), cluster: "securek8s" };
    await world.submit(seedTicket("CHG0002", { ...elsewhere, groups }));
    const end = await world.ended("CHG0002");
    expect(end.failure?.code).not.toBe("GroupOfAnotherEnvironment");
  });
});

describe("three tickets for one environment", () => {
  it("run in the order in which they came, although the host is killed while they wait", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    await world.until("CHG0001", begins);
    await world.submit(seedTicket("CHG0002"));
    await world.until("CHG0002", (status) => status.waitingFor !== undefined);
    await world.submit(seedTicket("CHG0003"));
    await world.until("CHG0003", (status) => status.waitingFor !== undefined);
    for (const requests of [60, 110, 150]) {
      expect(await world.untilRequests(requests, "CHG0003")).toBe(true);
      await world.crashAndRestart();
    }
    const ends = [await world.ended("CHG0001"), await world.ended("CHG0002"), await world.ended("CHG0003")];
    expect(ends.map((end) => end.state)).toEqual(["succeeded", "succeeded", "succeeded"]);
    expect(ends.slice(1).map((end) => end.azure.writes)).toEqual([0, 0]);
    const starts = ends.map((end) => end.startedAt ?? "");
    expect([...starts].sort()).toEqual(starts);
  });
});
