/** Tickets about clusters that cannot be carried out, that meet each other, and a switch that goes wrong. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { sampleTicket, watched } from "../harness/clusterTickets.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World } from "../harness/world.ts";

/** Each test carries out several tickets of Azure-minutes. */
vi.setConfig({ testTimeout: 180_000 });

let world: World;
afterEach(() => world.close());

interface Told {
  readonly pointer: string;
  readonly message: string;
}

async function mistakesOf(ticket: unknown): Promise<readonly Told[]> {
  const answer = await world.submit(ticket);
  expect(answer.status).toBe(400);
  return ((await answer.json()) as { mistakes: readonly Told[] }).mistakes;
}

const add = (number: string, cluster: Record<string, unknown>) => sampleTicket("addCluster", number, { cluster });

async function twoClusters(): Promise<void> {
  world = await openStandingWorld([seedTicket("CHG0001"), sampleTicket("addCluster", "CHG0002")]);
}

describe("a switch after which the new cluster does not answer", () => {
  it("is moved back by itself, says so, and a retry goes through", async () => {
    await twoClusters();
    const green = await world.status("CHG0002");
    const number = "CHG0003";
    await world.submit(sampleTicket("switchTraffic", number));
    await world.until(number, ({ steps }) =>
      steps.some(({ id, state }) => id === "secureaks2.ingressController" && state === "running"),
    );
    const path = `${green.outputs["secureaks2.clusterId"]}/runCommand`;
    const command = "kubectl delete deployment dummy-logger --namespace default";
    const broken = world.asOperator("POST", path, { command, context: "" });
    // The host is killed again and again, too, also while everything is moved back.
    for (let next = world.azure.requests.length + 31; await world.untilRequests(next, number); next += 31)
      await world.crashAndRestart();
    const end = await world.ended(number);
    await broken;
    expect(end.state).toBe("failed");
    expect(end.failure).toMatchObject({ code: "VerificationFailed", stepId: "secureaks2.watchProduction" });
    expect(end.failure?.message).toContain("has not answered HTTP 200");
    const back = end.steps.filter(({ id }) => id.startsWith("back."));
    expect(back.filter(({ state }) => state !== "done" && state !== "unchanged")).toEqual([]);
    expect(back).toHaveLength(6);
    expect(Number(end.outputs.unansweredSeconds)).toBeGreaterThan(30);
    expect(end.summary).toContain("Everything was put back.");
    expect(end.verification.find(({ id }) => id === "back.secureaks1.watchProduction")?.detail).toContain(
      "leads to secureaks1",
    );
    const again = await watched(world, add("CHG0004", { name: "secureaks2", networkPlugin: "overlay" }));
    expect(again.end.state).toBe("succeeded");
    expect(again.unanswered).toEqual([]);
    await world.post(`/api/tickets/${number}/retry`);
    expect((await world.ended(number)).state).toBe("succeeded");
  });
});

describe("tickets about clusters at the door", () => {
  it("are told all that is wrong at once, with places, and nothing is written", async () => {
    await twoClusters();
    const before = world.writes().length;
    const told = await mistakesOf(
      add("CHG0010", {
        name: "Secureaks1_x",
        subnet: "aks-1-subnet",
        identityName: "secureaks1-id",
        networkPlugin: "kubenet",
        podCidr: "10.244.0.0/16",
        serviceCidr: "10.0.4.0/24",
        dnsServiceIP: "10.0.4.10",
        nodeCount: 300,
      }),
    );
    expect(told.map(({ pointer }) => pointer).sort()).toEqual(
      [
        "/cluster/identityName",
        "/cluster/podCidr",
        "/cluster/podCidr",
        "/cluster/serviceCidr",
        "/cluster/subnet",
        "/cluster/subnet",
        // The workspace's name follows from the cluster's, and takes no underscore.
        "/cluster/workspaceName",
      ].sort(),
    );
    expect(await mistakesOf(add("CHG0011", { name: "secureaks2", networkPlugin: "kubenet" }))).toEqual([
      expect.objectContaining({ pointer: "/cluster/name", message: expect.stringContaining("retire that one first") }),
    ]);
    expect((await mistakesOf(add("CHG0012", { name: "secureaks3" }))).map(({ pointer }) => pointer)).toContain(
      "/cluster/subnet",
    );
    const pointersOf = async (ticket: unknown) => (await mistakesOf(ticket)).map(({ pointer }) => pointer);
    const elsewhere = { environment: { name: "nowhere" } };
    expect(await pointersOf(sampleTicket("addCluster", "CHG0013", elsewhere))).toEqual(["/environment/name"]);
    expect(await pointersOf(sampleTicket("switchTraffic", "CHG0014", { to: "unknown" }))).toEqual(["/to"]);
    expect(await pointersOf(sampleTicket("switchTraffic", "CHG0015", { to: "secureaks1" }))).toEqual(["/to"]);
    expect(await pointersOf(sampleTicket("retireCluster", "CHG0016", { cluster: { name: "unknown" } }))).toEqual([
      "/cluster/name",
    ]);
    expect(await mistakesOf(sampleTicket("retireCluster", "CHG0017"))).toEqual([
      expect.objectContaining({ message: expect.stringContaining("switchTraffic first") }),
    ]);
    expect(await pointersOf(add("CHG0018", { networkPlugin: "overlay", size: 3 }))).toEqual([
      "/cluster/name",
      "/cluster/size",
    ]);
    expect(await pointersOf(seedTicket("CHG0019", { cluster: { name: "secureaks9" } }))).toEqual([
      "/environment/cluster/name",
    ]);
    expect(world.writes().length).toBe(before);
  });

  it("wait for each other, and what has become impossible meanwhile is refused in words, with 0 writes", async () => {
    await twoClusters();
    await world.submit(sampleTicket("switchTraffic", "CHG0003"));
    await world.submit(sampleTicket("retireCluster", "CHG0004", { cluster: { name: "secureaks2" } }));
    const [switched, refused] = [await world.ended("CHG0003"), await world.ended("CHG0004")];
    expect(switched.state).toBe("succeeded");
    expect(refused.failure).toMatchObject({ code: "NotPossibleAnyMore" });
    expect(refused.failure?.message).toContain("The production host leads to secureaks2");
    expect(refused.azure).toMatchObject({ reads: 0, writes: 0 });
    expect(refused.progressPercent).toBeLessThanOrEqual(100);
  });

  it("show what is carried out, not what was foreseen when they came", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    await world.submit(sampleTicket("addCluster", "CHG0002"));
    await world.submit(sampleTicket("decommission", "CHG0003"));
    const foreseen = await world.until("CHG0003", ({ waitingFor }) => waitingFor === "CHG0002");
    expect(foreseen.steps.filter(({ id }) => id.startsWith("secureaks2."))).toEqual([]);
    const end = await world.ended("CHG0003");
    expect(end).toMatchObject({ state: "succeeded", progressPercent: 100 });
    expect(end.steps.find(({ id }) => id === "secureaks2.cluster")).toMatchObject({ state: "done", writes: 1 });
    expect(end.steps.filter(({ state }) => state !== "done" && state !== "unchanged")).toEqual([]);
  });
});
