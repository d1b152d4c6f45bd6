import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ClusterObjects } from "../../local/azure/kubernetes/clusterObjects.ts";
import { listField, textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { startLocalAzure } from "../../local/azure/localAzure.ts";
import { VirtualClock } from "../../local/clock.ts";
import { networkProfile, poolBody, startAksLab } from "./aksLab.ts";
import { LAB_SEED } from "./aksPodNetworkLab.ts";

const directory = mkdtempSync(join(tmpdir(), "kubenet-restart-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe(`the route controller (seed ${LAB_SEED})`, () => {
  it("goes on where it was when the local Azure is started again between a look and its batch", async () => {
    const statePath = join(directory, "state.sqlite");
    const lab = await startAksLab({ statePath });
    lab.grant(lab.clusterIdentity, "networkContributor", lab.net.id("routeTables/aks-rt"));
    await lab.advance(60);
    const properties = { networkProfile: networkProfile({ networkPlugin: "kubenet" }) };
    expect(lab.put(lab.clusterId, lab.clusterBody(properties))).toBe("201");
    await lab.advance(400);
    expect(lab.put(`${lab.clusterId}/agentPools/nodepool1`, { properties: poolBody(lab, { count: 3 }) })).toBe("200");
    await lab.advance(195);
    const routesOf = (body: Parameters<typeof listField>[0]) =>
      listField(body, "properties", "routes").flatMap((route) => textField(route, "properties", "addressPrefix") ?? []);
    expect(routesOf(lab.net.get("routeTables/aks-rt"))).toHaveLength(3);
    const tableId = lab.net.id("routeTables/aks-rt");
    const stoppedAt = lab.net.clock.now();
    await lab.stop();

    const clock = new VirtualClock(stoppedAt);
    const azure = await startLocalAzure({ clock, statePath, seed: LAB_SEED });
    try {
      await clock.advance(90_000);
      const table = azure.world.armRequest({
        principal: azure.operator,
        method: "GET",
        path: tableId,
        apiVersion: "2024-05-01",
      });
      expect(routesOf(table.body)).toEqual(["0.0.0.0/0", "10.244.0.0/24", "10.244.1.0/24", "10.244.2.0/24"]);
      const nodes = new ClusterObjects(azure.world, lab.clusterId).list("Node");
      expect(nodes.map((node) => textField(node, "status", "conditions", 0, "reason"))).toEqual(
        Array(3).fill("RouteCreated"),
      );
      expect(azure.taskFailures).toEqual([]);
    } finally {
      await azure.stop();
    }
  });
});
