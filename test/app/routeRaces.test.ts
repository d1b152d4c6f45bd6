import { afterEach, describe, expect, it } from "vitest";
import { carriedOut, sampleTicket } from "../harness/clusterTickets.ts";
import { sampleTicket as provisionTicket } from "../harness/tickets.ts";
import type { World } from "../harness/world.ts";
import { ENVIRONMENT, openRouteLab, type RouteLab } from "./routeLab.ts";

let lab: RouteLab;
afterEach(async () => {
  expect(lab.world.azure.taskFailures).toEqual([]);
  await lab.world.close();
});

const second = { name: "secureaks2", networkPlugin: "kubenet", podCidr: "10.245.0.0/16" };
const twoClusters = [
  provisionTicket("kubenet.json", "CHG0001"),
  sampleTicket("addCluster", "CHG0002", { environment: { name: ENVIRONMENT }, cluster: second }),
];

/** Everything that the clusters' tables say, and whether the gateway's says the same. */
async function expectEqual(clusters: readonly string[], seed?: number): Promise<void> {
  const sources = await Promise.all(clusters.map((cluster) => lab.routes(lab.tableOf(cluster))));
  expect(await lab.routes(lab.gatewayTable), `seed ${seed}`).toEqual(sources.flat().sort());
}

/** Shares of the app's requests; the seeds are fixed, so every run is the same. */
const unpleasant = (seed: number) => ({
  seed,
  throttled: 0.08,
  unavailable: 0.04,
  conflict: 0.15,
  loseAnswer: 0.04,
  reset: 0.02,
  superseded: 0.1,
  eventLate: 0.2,
  eventOvertaken: 0.2,
  eventDuplicated: 0.3,
  eventLost: 0.1,
});

/** More of them by PORTCULLIS_ROUTE_SEEDS=500; a few here, because each is a minute of Azure's days. */
const seedCount = Number(process.env.PORTCULLIS_ROUTE_SEEDS ?? 2);

describe("two clusters that scale at once", () => {
  it.each(Array.from({ length: seedCount }, (_, index) => index + 1))(
    "end equal, whatever Azure refuses, loses and shuffles (seed %i)",
    async (seed) => {
      lab = await openRouteLab({ tickets: twoClusters });
      const foreign = {
        addressPrefix: "192.168.7.0/24",
        nextHopType: "VirtualAppliance",
        nextHopIpAddress: "10.0.0.9",
      };
      await lab.arm("PUT", `${lab.gatewayTable}/routes/office`, { properties: foreign });
      await lab.seconds(10);
      const { app } = lab.world.azure;
      lab.world.azure.setFaults([], { ...unpleasant(seed), principal: app.objectId });
      await lab.scale(2 + (seed % 3));
      await lab.scale(4 - (seed % 2), "secureaks2");
      await lab.seconds(600);
      await lab.scale(2);
      await lab.seconds(900);
      lab.world.azure.setFaults([]);
      const { routes } = (await lab.arm("GET", lab.gatewayTable)).body.properties;
      const office = routes.find(({ name }: { name: string }) => name === "office");
      expect(office?.properties, `seed ${seed}`).toMatchObject(foreign);
      await lab.arm("DELETE", office.id);
      await lab.seconds(10);
      await expectEqual(["secureaks1", "secureaks2"], seed);
    },
  );
});

describe("a host that is killed in the middle of a sync", () => {
  const isGatewayWrite = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
    method === "PUT" && path.toLowerCase() === lab.gatewayTable.toLowerCase();

  /** Scales, kills the host as soon as the app has made such a request in a pass, and sees how it ends. */
  async function killedAt(count: number, isReached: (requests: World["azure"]["requests"]) => boolean): Promise<void> {
    await lab.scale(count);
    await lab.seconds(170);
    const before = lab.world.azure.requests.length;
    await lab.until(() => isReached(lab.world.azure.requests.slice(before)));
    await lab.world.crashAndRestart();
    await lab.seconds(300);
    await expectEqual(["secureaks1"]);
    expect(await lab.routes(lab.gatewayTable)).toHaveLength(count);
    expect((await lab.state()).running).toBeUndefined();
  }

  it("ends equal, with one write at most beyond the one that was needed", async () => {
    lab = await openRouteLab();
    await killedAt(4, (requests) => requests.length > 2);
    expect(lab.gatewayWrites()).toBe(1);
    await killedAt(3, (requests) => requests.some(isGatewayWrite));
    expect(lab.gatewayWrites()).toBeLessThanOrEqual(3);
    const writesBefore = lab.gatewayWrites();
    await killedAt(5, (requests) => {
      const index = requests.findIndex(isGatewayWrite);
      return index >= 0 && requests.length > index + 2;
    });
    expect(lab.gatewayWrites() - writesBefore).toBeLessThanOrEqual(2);
  });
});

const retirement = (number: string) =>
  sampleTicket("retireCluster", number, { environment: { name: ENVIRONMENT }, cluster: { name: "secureaks2" } });

describe("a retirement beside passes", () => {
  it("never gets its routes put back", async () => {
    lab = await openRouteLab({ tickets: twoClusters });
    let isOver = false;
    const syncing = (async () => {
      while (!isOver) {
        await lab.world.post(`/api/environments/${ENVIRONMENT}/routes/sync`);
        await lab.pause(10);
      }
    })();
    const end = await carriedOut(lab.world, retirement("CHG0003"));
    isOver = true;
    await lab.world.clock.runUntil(syncing);
    expect(end.failure).toBeUndefined();
    await lab.seconds(330);
    await expectEqual(["secureaks1"]);
    // Its own removal is the only write: not one of the passes beside it had anything to write.
    expect(lab.gatewayWrites()).toBe(1);
    const { gatewayRoutes, clusters } = await lab.status();
    expect(clusters.map(({ name }) => name)).toEqual(["secureaks1"]);
    expect(gatewayRoutes?.findings).toEqual([]);
  });

  it("that ended half-way leaves nothing to put back: the cluster and its machines are gone, whatever its table says", async () => {
    lab = await openRouteLab({ tickets: twoClusters });
    const locked = { status: 409, code: "ScopeLocked", message: "The scope is locked." };
    const match = { method: "DELETE", path: "secureaks2-rt$", principal: "app" };
    lab.world.azure.setFaults([{ match, when: "begin", answer: locked, times: 100 }]);
    const end = await carriedOut(lab.world, retirement("CHG0003"));
    expect(end).toMatchObject({ state: "failed", failure: { code: "ScopeLocked" } });
    expect(await lab.routes(lab.tableOf("secureaks2"))).not.toEqual([]);
    await lab.seconds(660);
    expect(await lab.routes(lab.gatewayTable)).toEqual(await lab.routes(lab.tableOf()));
    expect((await lab.state()).findings).toMatchObject([{ code: "ClusterGone", cluster: "secureaks2" }]);
    lab.world.azure.setFaults([]);
    expect((await carriedOut(lab.world, retirement("CHG0004"))).failure).toBeUndefined();
    await lab.seconds(330);
    expect((await lab.state()).findings).toEqual([]);
  });
});
