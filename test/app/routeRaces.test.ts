import { afterEach, describe, expect, it } from "vitest";
import { carriedOut, sampleTicket } from "../harness/clusterTickets.ts";
import type { World } from "../harness/world.ts";
import { ENVIRONMENT, openRouteLab, type RouteLab } from "./routeLab.ts";
import { twoClusters } from "./routeRace.ts";

let lab: RouteLab;
afterEach(async () => {
  expect(lab.world.azure.taskFailures).toEqual([]);
  await lab.world.close();
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
    expect(await lab.routes(lab.gatewayTable)).toEqual(await lab.routes(lab.tableOf()));
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
    expect(await lab.routes(lab.gatewayTable)).toEqual(await lab.routes(lab.tableOf()));
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
