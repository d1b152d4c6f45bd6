import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { listField } from "../../local/azure/kubernetes/jsonFields.ts";
import { LAB_SEED, type PodNetworkLab, startPodNetworkLab } from "./aksPodNetworkLab.ts";

let lab: PodNetworkLab;
beforeEach(async () => {
  lab = await startPodNetworkLab({ networkPlugin: "kubenet" });
  await lab.advance(120);
});
afterEach(async () => {
  expect(lab.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

function table(): JsonObject {
  return lab.net.get("routeTables/aks-rt");
}

/** Writes the table as somebody with rights and without manners would: whole, with one route more. */
function addForeignRoute(name: string, addressPrefix: string): string {
  const route = { name, properties: { addressPrefix, nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.5.9" } };
  return lab.put(lab.net.id(`routeTables/aks-rt/routes/${name}`), route);
}

const failedWrite = {
  match: { path: "aks-rt" },
  when: "aks.routeTableWrite",
  answer: { status: 429, code: "TooManyRequests", message: "The request is being throttled." },
  times: 1,
} as const;

describe(`the route controller (seed ${LAB_SEED})`, () => {
  it("reports a failed PUT as success when asked to: the node is RouteCreated, its route comes when the cache has expired", async () => {
    lab.net.azure.setFaults([failedWrite]);
    lab.scale(3);
    await lab.advance(180 + 45);
    expect((await lab.nodes()).map((node) => node.network)).toEqual(Array(3).fill("False RouteCreated"));
    expect(lab.routes()).toHaveLength(2);
    await lab.advance(60);
    expect(lab.routes()).toHaveLength(2);
    await lab.advance(90);
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
  });

  it("stalls on 412 after somebody else wrote the table, and goes on when its cache has expired", async () => {
    lab.scale(3);
    await lab.advance(170);
    expect(addForeignRoute("office", "192.168.7.0/24")).toBe("201");
    await lab.advance(60);
    const refused = lab.tablePuts().filter((put) => put.status === 412);
    expect(refused.length).toBeGreaterThan(0);
    expect((await lab.nodes()).filter((node) => node.network === "True NoRouteCreated")).toHaveLength(1);
    const events = await lab.json("kubectl get events --namespace default --output json");
    expect(JSON.stringify(events)).toContain("FailedToCreateRoute");
    expect(JSON.stringify(events)).toContain("PreconditionFailed");
    await lab.advance(180);
    expect(lab.routes()).toEqual([...(await lab.wantedRoutes()), "office 192.168.7.0/24 10.0.5.9"].sort());
    expect((await lab.nodes()).every((node) => node.network === "False RouteCreated")).toBe(true);
  });

  it("takes foreign routes inside the pod range away and leaves others alone", async () => {
    const before = lab.tablePuts().length;
    addForeignRoute("inside", "10.244.77.0/24");
    await lab.advance(10);
    addForeignRoute("outside", "192.168.7.0/24");
    await lab.advance(300);
    expect(lab.routes()).toEqual([...(await lab.wantedRoutes()), "outside 192.168.7.0/24 10.0.5.9"].sort());
    expect(lab.tablePuts().length - before).toBe(1);
  });

  it("puts a node's route back when somebody deletes it, after at most 120 s of cache, 10 s and 30 s", async () => {
    const [name = ""] = (await lab.nodes()).map((node) => node.name);
    await lab.net.world.armRequest({
      principal: lab.net.azure.operator,
      method: "DELETE",
      path: lab.net.id(`routeTables/aks-rt/routes/${name}`),
      apiVersion: "2024-05-01",
    });
    await lab.advance(10);
    expect(lab.routes()).toHaveLength(1);
    await lab.advance(170);
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
  });

  it("writes nothing while nothing changes", async () => {
    const etag = table().etag;
    await lab.advance(6 * 3600);
    expect(table().etag).toBe(etag);
  });

  it("acts with the rights of the cluster's identity alone: without them new nodes stay without network and pods", async () => {
    lab.scale(3);
    for (const assignment of lab.net.world.store.list(
      "Microsoft.Authorization/roleAssignments",
      lab.net.id("routeTables/aks-rt"),
    ))
      lab.net.world.armRequest({
        principal: lab.net.azure.operator,
        method: "DELETE",
        path: assignment.id,
        apiVersion: "2022-04-01",
      });
    expect(lab.scale(4)).toBe("409 OperationNotAllowed");
    await lab.advance(600);
    expect(lab.scale(4)).toBe("400 CustomRouteTableMissingPermission");
    const [bad] = (await lab.nodes()).filter((node) => node.network === "True NoRouteCreated");
    expect(bad).toBeDefined();
    expect(lab.routes()).toHaveLength(2);
    const list = await lab.json("kubectl get nodes --output json");
    const tainted = listField(list, "items").filter((node) =>
      JSON.stringify(node.spec).includes("network-unavailable"),
    );
    expect(tainted).toHaveLength(1);
    lab.grant(lab.clusterIdentity, "networkContributor", lab.net.id("routeTables/aks-rt"));
    await lab.advance(300);
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
  });

  it("keeps no node waiting for ever after any order of scaling and foreign writes", async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const random = draws(seed);
      for (let step = 0; step < 4; step++) {
        lab.scale(1 + Math.floor(random() * 6));
        await lab.advance(10 * Math.floor(random() * 40));
        if (random() < 0.5) addForeignRoute(`foreign${seed}`, `10.244.${200 + seed}.0/24`);
        await lab.advance(10 * Math.floor(random() * 40));
      }
      await lab.advance(600);
      expect(lab.routes(), `seed ${seed}`).toEqual(await lab.wantedRoutes());
      const network = (await lab.nodes()).map((node) => node.network);
      expect(new Set(network), `seed ${seed}`).toEqual(new Set(["False RouteCreated"]));
    }
  });
});

/** Numbers in [0, 1) that follow from the seed. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
