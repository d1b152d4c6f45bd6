import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { field } from "../../local/azure/kubernetes/jsonFields.ts";
import { type AksLab, poolBody, startAksLab } from "./aksLab.ts";

let lab: AksLab;
beforeAll(async () => {
  lab = await startAksLab();
});
afterAll(async () => {
  expect(lab.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

const nodeGroup = () => `/subscriptions/${lab.net.azure.subscriptionId}/resourceGroups/lab-nodes`;
const state = () => (lab.get(lab.clusterId).properties as JsonObject | undefined)?.provisioningState;

describe("managedCluster", () => {
  it("is created in 330 s, and refuses other writes meanwhile", async () => {
    expect(lab.put(lab.clusterId, lab.clusterBody())).toBe("201");
    await lab.advance(329);
    expect(state()).toBe("Creating");
    expect(lab.put(lab.clusterId, lab.clusterBody())).toBe("409 OperationNotAllowed");
    expect(lab.put(`${lab.clusterId}/agentPools/more`, { properties: poolBody(lab) })).toBe("409 OperationNotAllowed");
    await lab.advance(1);
    expect(state()).toBe("Succeeded");
  });

  it("shows to the real client what others need of it", async () => {
    const cluster = await lab.client.managedClusters.get("lab", "aks");
    expect(cluster.fqdn).toMatch(/^aks-\w+\.hcp\.westeurope\.azmk8s\.io$/);
    expect(cluster.oidcIssuerProfile?.issuerURL).toMatch(/^https:\/\/westeurope\.oic\.prod-aks\.azure\.com\/.+\/$/);
    expect(cluster.identityProfile?.kubeletidentity?.clientId).toMatch(/^[0-9a-f-]{36}$/);
    expect(cluster.powerState?.code).toBe("Running");
    expect(cluster.currentKubernetesVersion).toMatch(/^1\.\d+\.\d+$/);
    expect(cluster.agentPoolProfiles?.map((pool) => [pool.name, pool.count, pool.provisioningState])).toEqual([
      ["nodepool1", 2, "Succeeded"],
    ]);
  });

  it("has a node resource group of its own with scale set, machines, security group and kubelet identity", () => {
    expect(lab.get(nodeGroup())).toMatchObject({ managedBy: lab.clusterId, location: "westeurope" });
    const types = lab.net.world.store.below(nodeGroup()).map((resource) => resource.type);
    expect(types).toEqual(
      expect.arrayContaining([
        "Microsoft.Network/networkSecurityGroups",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "Microsoft.Compute/virtualMachineScaleSets",
        "Microsoft.Compute/virtualMachineScaleSets/virtualMachines",
      ]),
    );
  });

  it("takes an address for each node and each of its pods out of the node subnet", () => {
    const machines = lab.net.world.store.list("Microsoft.Compute/virtualMachineScaleSets/virtualMachines", nodeGroup());
    const addresses = machines.map((machine) => JSON.stringify(machine.body).match(/10\.0\.5\.\d+/g) ?? []);
    expect(addresses.map((list) => list.length)).toEqual([31, 31]);
    expect(new Set(addresses.flat()).size).toBe(62);
    expect(addresses[0]?.[0]).toBe("10.0.5.4");
    expect(lab.net.id("")).toContain("/lab/");
  });

  it("shows machines with their creation, and their addresses only at their network interfaces", async () => {
    const scaleSet = lab.net.world.store.list("Microsoft.Compute/virtualMachineScaleSets", nodeGroup())[0];
    const read = (path: string, apiVersion: string) =>
      lab.net.world.armRequest({ principal: lab.net.azure.operator, method: "GET", path, apiVersion }).body?.value;
    const machines = read(`${scaleSet?.id}/virtualMachines`, "2024-07-01") as JsonObject[];
    expect(machines.map(({ name, properties }) => [name, (properties as JsonObject).timeCreated])).toEqual([
      [`${scaleSet?.name}_0`, expect.stringMatching(/^20\d\d-.*Z$/)],
      [`${scaleSet?.name}_1`, expect.stringMatching(/^20\d\d-.*Z$/)],
    ]);
    expect(JSON.stringify(machines)).not.toContain("10.0.5.");
    const cards = read(`${scaleSet?.id}/networkInterfaces`, "2018-10-01") as JsonObject[];
    expect(cards.map((card) => field(card, "properties", "virtualMachine", "id"))).toEqual(
      machines.map(({ id }) => id),
    );
    expect(cards.map((card) => field(card, "properties", "ipConfigurations", 0, "properties"))).toMatchObject([
      { primary: true, privateIPAddress: "10.0.5.4" },
      { primary: true, privateIPAddress: "10.0.5.35" },
    ]);
    expect(read(`${machines[0]?.id}/networkInterfaces`, "2018-10-01")).toEqual(cards.slice(0, 1));
    const { networkInterfaces } = field(machines[0], "properties", "networkProfile") as JsonObject;
    expect(networkInterfaces).toEqual([{ id: cards[0]?.id }]);
  });

  it("keeps its subnet from being deleted", async () => {
    expect(await lab.net.remove("virtualNetworks/spoke/subnets/aks-1")).toBe("400 InUseSubnetCannotBeDeleted");
  });

  it("lists versions in today's shape, one of them the default", async () => {
    const { values = [] } = await lab.client.managedClusters.listKubernetesVersions("westeurope");
    expect(values.filter((version) => version.isDefault === true)).toHaveLength(1);
    expect(Object.keys(values.find((version) => version.isDefault)?.patchVersions ?? {})).not.toHaveLength(0);
  });

  it("takes a change of tags in 120 s and keeps what was not sent", async () => {
    const body = lab.clusterBody();
    expect(lab.put(lab.clusterId, { ...body, tags: { owner: "platform" } })).toBe("200");
    expect(state()).toBe("Updating");
    await lab.advance(120);
    expect(lab.get(lab.clusterId)).toMatchObject({
      tags: { owner: "platform" },
      properties: { provisioningState: "Succeeded", identityProfile: { kubeletidentity: {} } },
    });
  });

  it("refuses credentials and writes to its machines in words", async () => {
    await expect(lab.client.managedClusters.listClusterUserCredentials("lab", "aks")).rejects.toThrow(/runCommand/);
    const scaleSets = lab.net.world.store.list("Microsoft.Compute/virtualMachineScaleSets", nodeGroup());
    expect(lab.put(scaleSets[0]?.id ?? "", { location: "westeurope", properties: {} })).toBe("501 NotImplemented");
  });
});

describe("agentPool", () => {
  const pool = () => `${lab.clusterId}/agentPools/nodepool1`;
  const nodeNames = () =>
    lab.net.world.store
      .list("Microsoft.Compute/virtualMachineScaleSets/virtualMachines", nodeGroup())
      .map((machine) => machine.name.slice(-2));

  it("scales out in 180 s, with the next instance numbers", async () => {
    expect(lab.put(pool(), { properties: { ...poolBody(lab), count: 4 } })).toBe("200");
    await lab.advance(179);
    expect(nodeNames()).toEqual(["_0", "_1"]);
    await lab.advance(1);
    expect(nodeNames()).toEqual(["_0", "_1", "_2", "_3"]);
    const nodes = await lab.json("kubectl get nodes --namespace default --output json");
    expect((nodes.items as JsonObject[]).length).toBe(4);
  });

  it("removes the last nodes first, and never gives a number again", async () => {
    lab.put(pool(), { properties: { ...poolBody(lab), count: 2 } });
    await lab.advance(180);
    expect(nodeNames()).toEqual(["_0", "_1"]);
    lab.put(pool(), { properties: { ...poolBody(lab), count: 3 } });
    await lab.advance(180);
    expect(nodeNames()).toEqual(["_0", "_1", "_4"]);
  });

  it("refuses changes of what is fixed, and the removal of the last system pool", async () => {
    expect(lab.put(pool(), { properties: { ...poolBody(lab), vmSize: "Standard_D8ds_v5" } })).toBe(
      "400 PropertyChangeNotAllowed",
    );
    const answer = lab.net.world.armRequest({
      principal: lab.net.azure.operator,
      method: "DELETE",
      path: pool(),
      apiVersion: "2025-05-01",
    });
    expect(answer.status).toBe(400);
  });

  it("refuses more nodes than the subnet has addresses for", () => {
    expect(lab.put(pool(), { properties: { ...poolBody(lab), count: 9 } })).toBe("400 InsufficientSubnetSize");
  });
});

describe("managedCluster, deleted", () => {
  it("is gone after 300 s, with its node resource group and everything in it", async () => {
    await lab.client.managedClusters.delete("lab", "aks").submitted();
    await lab.advance(299);
    expect(state()).toBe("Deleting");
    await lab.advance(1);
    expect(lab.net.world.store.get(lab.clusterId)).toBeUndefined();
    expect(lab.net.world.store.get(nodeGroup())).toBeUndefined();
    expect(lab.net.world.store.below(nodeGroup())).toEqual([]);
    expect(lab.net.world.store.below(lab.clusterId)).toEqual([]);
    expect(await lab.net.remove("virtualNetworks/spoke/subnets/aks-2")).toBe("202");
  });
});
