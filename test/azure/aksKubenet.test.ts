import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { LocalWorld } from "../../local/azure/core/localWorld.ts";
import type { JsonObject, ResourceChange } from "../../local/azure/core/resourceType.ts";
import { poolBody } from "./aksLab.ts";
import { LAB_SEED, type PodNetworkLab, startPodNetworkLab } from "./aksPodNetworkLab.ts";

let lab: PodNetworkLab;
beforeAll(async () => {
  lab = await startPodNetworkLab({ networkPlugin: "kubenet" });
});
afterAll(async () => {
  expect(lab.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

describe(`a kubenet cluster (seed ${LAB_SEED})`, () => {
  it("has the pod range 10.244.0.0/16 and room for 110 pods a node when nothing is said", () => {
    expect(lab.get(lab.clusterId)).toMatchObject({
      properties: {
        provisioningState: "Succeeded",
        networkProfile: { networkPlugin: "kubenet", podCidr: "10.244.0.0/16", podCidrs: ["10.244.0.0/16"] },
        agentPoolProfiles: [{ name: "nodepool1", maxPods: 110, count: 2 }],
      },
    });
  });

  it("takes one address a node out of the subnet", () => {
    const machines = lab.net.world.store.list(
      "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
      `/subscriptions/${lab.net.azure.subscriptionId}`,
    );
    const addresses = machines.map((machine) => JSON.stringify(machine.body).match(/10\.0\.5\.\d+/g) ?? []);
    expect(addresses).toEqual([["10.0.5.4"], ["10.0.5.5"]]);
  });

  it("has a route for each node: the node's name, its /24, its address", async () => {
    await lab.advance(60);
    const nodes = await lab.nodes();
    expect(nodes.map((node) => [node.podCidr, node.address, node.network])).toEqual([
      ["10.244.0.0/24", "10.0.5.4", "False RouteCreated"],
      ["10.244.1.0/24", "10.0.5.5", "False RouteCreated"],
    ]);
    expect(nodes[0]?.name).toMatch(/^aks-nodepool1-\d{8}-vmss000000$/);
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
    expect(lab.net.get("routeTables/aks-rt")).toMatchObject({
      properties: { routes: [{ properties: { addressPrefix: "0.0.0.0/0" } }, {}, {}] },
    });
  });

  it("says of a node, by kubectl, its pod ranges, addresses and conditions", async () => {
    const list = await lab.json("kubectl get nodes --output json");
    expect((list.items as JsonObject[])[0]).toMatchObject({
      spec: { podCIDR: "10.244.0.0/24", podCIDRs: ["10.244.0.0/24"], providerID: expect.stringMatching(/^azure:/) },
      status: {
        addresses: [{ type: "InternalIP", address: "10.0.5.4" }, { type: "Hostname" }],
        conditions: [
          { type: "NetworkUnavailable", status: "False", reason: "RouteCreated" },
          { type: "Ready", status: "True" },
        ],
      },
    });
  });

  it("writes one table a batch: 2 to 5 to 3 nodes is three PUTs in all, each with If-Match", async () => {
    expect(lab.scale(5)).toBe("200");
    await lab.advance(180);
    expect((await lab.nodes()).filter((node) => node.network === "True NoRouteCreated")).toHaveLength(3);
    await lab.advance(120);
    expect(lab.routes()).toHaveLength(5);
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
    expect((await lab.nodes()).every((node) => node.network === "False RouteCreated")).toBe(true);
    lab.scale(3);
    await lab.advance(300);
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
    expect(lab.routes()).toHaveLength(3);
    expect(lab.tablePuts().map((put) => put.status)).toEqual([200, 200, 200]);
    expect(lab.tablePuts().every((put) => put.ifMatch !== undefined)).toBe(true);
  });

  it("gives a later node a pod range that nobody had lately", async () => {
    lab.scale(4);
    await lab.advance(300);
    expect((await lab.nodes()).map((node) => node.podCidr)).toEqual([
      "10.244.0.0/24",
      "10.244.1.0/24",
      "10.244.2.0/24",
      "10.244.5.0/24",
    ]);
  });

  it("announces the pool's write by its caller and the table's by the cluster's identity", async () => {
    const spy = vi.spyOn(lab.net.world as LocalWorld, "announce");
    lab.scale(5);
    await lab.advance(300);
    const seen: ResourceChange[] = spy.mock.calls.map(([change]) => change);
    spy.mockRestore();
    const written = seen
      .filter((change) => change.inline !== true && change.kind === "write")
      .map((change) => [change.resource.type, change.caller.objectId]);
    expect(written).toEqual([
      ["Microsoft.ContainerService/managedClusters/agentPools", lab.net.azure.operator.objectId],
      ["Microsoft.Network/routeTables", lab.clusterIdentity.principalId],
    ]);
  });

  it("lets a second pool join and go, with its routes", async () => {
    const pool = { properties: poolBody(lab, { name: "more", mode: "User", count: 2 }) };
    expect(lab.put(`${lab.clusterId}/agentPools/more`, pool)).toBe("201");
    await lab.advance(330);
    expect(lab.routes()).toHaveLength(7);
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
    const { world, azure } = lab.net;
    const path = `${lab.clusterId}/agentPools/more`;
    world.armRequest({ principal: azure.operator, method: "DELETE", path, apiVersion: "2025-05-01" });
    await lab.advance(300);
    expect(lab.routes()).toHaveLength(5);
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
  });

  it("leaves its routes behind when it is deleted", async () => {
    const { world, azure } = lab.net;
    world.armRequest({ principal: azure.operator, method: "DELETE", path: lab.clusterId, apiVersion: "2025-05-01" });
    await lab.advance(900);
    expect(world.store.get(lab.clusterId)).toBeUndefined();
    expect(lab.routes()).toHaveLength(5);
  });
});
