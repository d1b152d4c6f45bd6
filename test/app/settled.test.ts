/** What is settled when an environment is made: refused at the door where it is known, said in words where it is not in the way. */
import { afterEach, describe, expect, it } from "vitest";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

const groups = { network: "securevnets", gateway: "secureappgw", cluster: "securek8s" };
const standing = seedTicket("CHG0001", { cluster: { minCount: 2, maxCount: 4 } });

describe("a ticket for an environment that stands", () => {
  it("is refused at the door when it asks for what is settled, with all of it at once, and nothing is read or written", async () => {
    world = await openStandingWorld([standing]);
    const before = world.azure.requests.length;
    const settled = {
      subnet: "aks-2-subnet",
      serviceCidr: "10.3.0.0/24",
      dnsServiceIP: "10.3.0.10",
      nodeGroupName: "others",
      poolName: "system",
    };
    const cases: readonly (readonly [Record<string, unknown>, readonly string[]])[] = [
      [{ cluster: settled }, Object.keys(settled).map((field) => `cluster/${field}`)],
      [{ cluster: { networkPlugin: "overlay" } }, ["cluster/networkPlugin"]],
      [{ location: "northeurope" }, ["location"]],
      [{ hub: { name: "otherhub" } }, ["hub/name"]],
      // The names that follow from these are not said a second time; a name that the ticket says itself is.
      [{ firewall: { name: "otherfw" }, gateway: { name: "othergw" } }, ["firewall/name", "gateway/name"]],
      [{ firewall: { workspaceName: "otherlogs" } }, ["firewall/workspaceName"]],
      [{ gateway: { subnet: "aks-2-subnet" } }, ["gateway/subnet"]],
      [{ groups: { ...groups, gateway: "othergroup" } }, ["groups/gateway"]],
      [{ cluster: { routeTableName: "other-rt" } }, ["cluster/routeTableName"]],
    ];
    for (const [wanted, fields] of cases) {
      const answer = await world.submit(seedTicket("CHG0002", wanted));
      expect(answer.status).toBe(400);
      const { mistakes } = (await answer.json()) as { mistakes: { pointer: string; message: string }[] };
      expect(mistakes.map(({ pointer }) => pointer)).toEqual(fields.map((field) => `/environment/${field}`));
      const words = /stands (with|in) .*(have it replaced|have another|would stand beside it)/;
      for (const { message } of mistakes) expect(message).toMatch(words);
    }
    expect(world.azure.requests.length).toBe(before);
  });

  it("says in its warnings what stays as it is, and moves bounds and surge, but not the count that the autoscaler chose", async () => {
    world = await openStandingWorld([standing]);
    const clusterId = (await world.status("CHG0001")).outputs.clusterId ?? "";
    const pool = async () => (await world.asOperator("GET", clusterId)).body.properties.agentPoolProfiles[0];
    expect(await pool()).toMatchObject({ enableAutoScaling: true, minCount: 2, maxCount: 4, count: 2 });
    world.azure.world.schedule("aks.autoscale", 0, { poolId: `${clusterId}/agentPools/nodepool1`, count: 4 });
    await world.clock.advance(600_000);
    expect((await pool()).count).toBe(4);

    await world.submit(seedTicket("CHG0002", { cluster: { minCount: 2, maxCount: 4 } }));
    expect(await world.ended("CHG0002")).toMatchObject({ state: "succeeded", azure: { writes: 0 }, warnings: [] });

    const cluster = {
      minCount: 1,
      maxCount: 3,
      maxSurge: "50%",
      vmSize: "Standard_D8s_v5",
      maxPods: 20,
      kubernetesVersion: "1.30",
    };
    await world.submit(seedTicket("CHG0003", { cluster }));
    const end = await world.ended("CHG0003");
    expect(end.failure).toBeUndefined();
    expect(end.steps.find(({ id }) => id === "cluster")?.detail).toContain("count: 4 → 3");
    expect(end.warnings).toEqual([
      expect.stringMatching(
        /vmSize Standard_D2s_v5, and the ticket asks for Standard_D8s_v5; it was left as it is: .+\./,
      ),
      expect.stringContaining("maxPods 30, and the ticket asks for 20"),
      expect.stringMatching(/kubernetesVersion 1\.\d+.*and the ticket asks for 1\.30.*az aks upgrade/),
    ]);
    const upgradeSettings = { maxSurge: "50%" };
    expect(await pool()).toMatchObject({ minCount: 1, maxCount: 3, count: 3, upgradeSettings });
    expect(await pool()).toMatchObject({ vmSize: "Standard_D2s_v5", maxPods: 30 });

    // Without bounds the autoscaler stays on, and that is said.
    await world.submit(seedTicket("CHG0004", { cluster: { maxSurge: "50%" } }));
    const last = await world.ended("CHG0004");
    expect(last).toMatchObject({ state: "succeeded", azure: { writes: 0 } });
    expect(last.warnings).toEqual([expect.stringContaining("scaled by themselves from 1 to 3")]);
  });
});
