import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type AksLab, networkProfile, poolBody, startAksLab } from "./aksLab.ts";
import { LAB_SEED } from "./aksPodNetworkLab.ts";
import { defaultRoute } from "./networkSeed.ts";

let lab: AksLab;
beforeAll(async () => {
  lab = await startAksLab();
  lab.grant(lab.clusterIdentity, "networkContributor", lab.net.id("routeTables/aks-rt"));
  lab.grant(lab.clusterIdentity, "networkContributor", lab.net.id("virtualNetworks/spoke/subnets/aks-2"));
  await lab.advance(60);
});
afterAll(async () => {
  expect(lab.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

const kubenet = (more: JsonObject = {}): JsonObject => ({
  networkProfile: networkProfile({ networkPlugin: "kubenet", ...more }),
});
const overlay = (more: JsonObject = {}): JsonObject => ({
  networkProfile: networkProfile({ networkPluginMode: "overlay", ...more }),
});
const pools = (more: JsonObject): JsonObject => ({ agentPoolProfiles: [poolBody(lab, more)] });

describe(`clusters with a pod range of their own are refused (seed ${LAB_SEED})`, () => {
  const cases: readonly (readonly [string, string, () => JsonObject])[] = [
    ["a pod range in the network", "400 PodCidrOverlapExistingSubnetsCidr", () => kubenet({ podCidr: "10.0.0.0/16" })],
    [
      "an overlay's pod range in the peered hub",
      "400 PodCidrOverlapExistingSubnetsCidr",
      () => overlay({ podCidr: "10.0.0.0/22" }),
    ],
    ["a pod range that holds the services", "400 PodCidrOverlapServiceCidr", () => kubenet({ podCidr: "10.2.0.0/16" })],
    ["a pod range that AKS keeps", "400 PodCidrOverlapReservedCidr", () => overlay({ podCidr: "172.31.0.0/16" })],
    ["a pod range that is none", "400 CidrStringParseError", () => kubenet({ podCidr: "10.244.0.0" })],
    ["a pod range with host bits", "400 CidrStringParseError", () => kubenet({ podCidr: "10.244.3.0/16" })],
    ["a pod range smaller than one node's", "400 CidrStringParseError", () => overlay({ podCidr: "10.244.0.0/25" })],
    [
      "more nodes than the pod range has room for",
      "400 InsufficientPodCidr",
      () => ({ ...kubenet({ podCidr: "10.244.0.0/22" }), ...pools({ count: 5 }) }),
    ],
    [
      "a bound of the autoscaler beyond the pod range",
      "400 InsufficientPodCidr",
      () => ({
        ...overlay({ podCidr: "10.244.0.0/22" }),
        ...pools({ enableAutoScaling: true, minCount: 1, maxCount: 5 }),
      }),
    ],
    [
      "more kubenet nodes than a table has routes",
      "400 InvalidParameter",
      () => ({ ...kubenet({ podCidr: "10.128.0.0/9" }), ...pools({ count: 401 }) }),
    ],
    [
      "Windows nodes with kubenet",
      "400 AzureCNIOnlyForWindows",
      () => ({ ...kubenet(), agentPoolProfiles: [poolBody(lab), poolBody(lab, { name: "win", osType: "Windows" })] }),
    ],
    [
      "more nodes than the subnet has addresses",
      "400 InsufficientSubnetSize",
      () => ({ ...kubenet(), ...pools({ count: 252 }) }),
    ],
    [
      "Azure network policy with kubenet",
      "400 NetworkPolicyAzureNotSupportedForKubenet",
      () => kubenet({ networkPolicy: "azure" }),
    ],
  ];

  it.each(cases)("%s: %s", (_what, expected, properties) => {
    expect(lab.put(lab.clusterId, lab.clusterBody(properties()))).toBe(expected);
    expect(lab.net.world.store.get(lab.clusterId)).toBeUndefined();
  });

  it("kubenet with a system-assigned identity, in Azure's words", () => {
    const answer = lab.net.world.armRequest({
      principal: lab.net.azure.operator,
      method: "PUT",
      path: lab.clusterId,
      apiVersion: "2025-05-01",
      body: { ...lab.clusterBody(kubenet()), identity: { type: "SystemAssigned" } },
    });
    expect(answer).toMatchObject({ status: 400 });
    expect(JSON.stringify(answer.body)).toContain(
      "Clusters using managed identity type SystemAssigned do not support bringing your own route table. Please see https://aka.ms/aks/customrt for more information",
    );
  });
});

describe(`beside a kubenet cluster (seed ${LAB_SEED})`, () => {
  const other = (): string => lab.clusterId.replace(/aks$/, "other");
  const put = (subnet: string, more: JsonObject = {}): string =>
    lab.put(other(), {
      ...lab.clusterBody(kubenet(more)),
      properties: {
        ...(lab.clusterBody(kubenet(more)).properties as JsonObject),
        nodeResourceGroup: "other-nodes",
        agentPoolProfiles: [poolBody(lab, { vnetSubnetID: lab.net.id(`virtualNetworks/spoke/subnets/${subnet}`) })],
      },
    });

  it("a second one finds no place in its subnet, nor behind its table", async () => {
    expect(lab.put(lab.clusterId, lab.clusterBody(kubenet()))).toBe("201");
    await lab.advance(330);
    expect(put("aks-1", { podCidr: "10.245.0.0/16" })).toBe("400 ExistingRouteTableInSubnetNotSupported");
    const routeTable = { id: lab.net.id("routeTables/aks-rt") };
    await lab.net.make("virtualNetworks/spoke/subnets/aks-2", {
      properties: { addressPrefix: "10.0.6.0/24", routeTable },
    });
    expect(put("aks-2", { podCidr: "10.245.0.0/16" })).toBe("400 ExistingRouteTableInSubnetNotSupported");
  });

  it("a second one with subnet and table of its own is made, and keeps to its own table", async () => {
    await lab.net.make("routeTables/other-rt", { properties: { routes: [defaultRoute] } });
    lab.grant(lab.clusterIdentity, "networkContributor", lab.net.id("routeTables/other-rt"));
    const routeTable = { id: lab.net.id("routeTables/other-rt") };
    await lab.net.make("virtualNetworks/spoke/subnets/aks-2", {
      properties: { addressPrefix: "10.0.6.0/24", routeTable },
    });
    expect(put("aks-2", { podCidr: "10.245.0.0/16" })).toBe("201");
    await lab.advance(600);
    const prefixes = (table: string) =>
      ((lab.net.get(`routeTables/${table}`).properties as JsonObject).routes as JsonObject[]).map(
        (route) => (route.properties as JsonObject).addressPrefix,
      );
    expect(prefixes("aks-rt")).toEqual(["0.0.0.0/0", "10.244.0.0/24", "10.244.1.0/24"]);
    expect(prefixes("other-rt")).toEqual(["0.0.0.0/0", "10.245.0.0/24", "10.245.1.0/24"]);
  });

  it("a pool in a subnet with another table is refused", () => {
    const vnetSubnetID = lab.net.id("virtualNetworks/spoke/subnets/aks-2");
    const pool = { properties: poolBody(lab, { name: "far", mode: "User", vnetSubnetID }) };
    expect(lab.put(`${lab.clusterId}/agentPools/far`, pool)).toMatch(/^400 Existing/);
  });

  it("the cluster stays with kubenet, unless it goes for the overlay", () => {
    expect(lab.put(lab.clusterId, lab.clusterBody({ networkProfile: networkProfile() }))).toBe(
      "400 PropertyChangeNotAllowed",
    );
    expect(lab.put(lab.clusterId, lab.clusterBody(kubenet({ podCidr: "10.246.0.0/16" })))).toBe(
      "400 PropertyChangeNotAllowed",
    );
    expect(lab.put(lab.clusterId, lab.clusterBody(overlay()))).toBe("200");
  });
});
