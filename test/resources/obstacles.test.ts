import { describe, expect, it } from "vitest";
import type { EnvironmentRequest } from "../../src/domain/environmentDefaults.ts";
import { joinedFailure } from "../../src/domain/joinedFailure.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { provisionPlan } from "../../src/domain/provisionPlan.ts";
import { ids } from "../../src/domain/resourceNames.ts";
import { obstaclesIn } from "../../src/resources/obstacles.ts";
import { groupReads, resourceReads, type Survey, tableReads } from "../../src/resources/survey.ts";
import { seedSpec } from "../domain/seedSpec.ts";

const spec = seedSpec();
const ours = { "portcullis-environment": "seed" };

function subnet(name: string, properties: JsonObject = {}): JsonObject {
  return { name, properties: { addressPrefix: "10.0.5.0/24", ...properties } };
}

function network(parts: { subnets?: readonly JsonObject[]; peerings?: readonly JsonObject[] }): JsonObject {
  return { properties: { subnets: parts.subnets ?? [], virtualNetworkPeerings: parts.peerings ?? [] } };
}

function peering(name: string, remote: string, prefix: string): JsonObject {
  const remoteAddressSpace = { addressPrefixes: [prefix] };
  return { name, properties: { remoteVirtualNetwork: { id: remote }, remoteAddressSpace } };
}

function table(id: string, nextHopType: string, tags: JsonObject = {}): JsonObject {
  const routes = [{ name: "out", properties: { addressPrefix: "0.0.0.0/0", nextHopType } }];
  return { id, name: id.split("/").at(-1) ?? "", tags, properties: { routes } };
}

const machine = (group: string): JsonObject => ({
  id: `/subscriptions/s/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachineScaleSets/aks-x-vmss/virtualMachines/0/networkInterfaces/n/ipConfigurations/i`,
});
const gatewayPart: JsonObject = { id: `${ids.gateway(spec)}/gatewayIPConfigurations/appGatewayFrontendIP` };
const inSpoke = (name: string, properties: JsonObject) => ({
  spokeNetwork: network({ subnets: [subnet(name, properties)] }),
});
const branch = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/branch";
const kubenet: EnvironmentRequest = { cluster: { networkPlugin: "kubenet" } };

/** Each case has the obstacles that it names, and no others. */
const cases: readonly (readonly [string, Survey, readonly string[], EnvironmentRequest?])[] = [
  ["nothing at all", {}, []],
  ["what is the environment's own", { networkGroup: { tags: ours }, gateway: { tags: ours } }, []],
  [
    "groups and resources of another environment",
    {
      gatewayGroup: { tags: { "portcullis-environment": "shop" } },
      firewall: { tags: { "portcullis-environment": "x" } },
    },
    ["ResourceOfAnotherEnvironment", "ResourceOfAnotherEnvironment"],
  ],
  [
    "a group of another environment, and what is in it",
    {
      gatewayGroup: { tags: { "portcullis-environment": "shop" } },
      gateway: { tags: { "portcullis-environment": "shop" } },
    },
    ["ResourceOfAnotherEnvironment"],
  ],
  ["a group of the nodes' name", { nodeGroup: {} }, ["NodeGroupExists"]],
  ["the nodes' group of a cluster that stands", { nodeGroup: {}, cluster: { properties: {} } }, []],
  [
    "a cluster with another pod network",
    { cluster: { properties: { networkProfile: { networkPlugin: "kubenet" } } } },
    ["PodNetworkIsFixed"],
  ],
  [
    "a cluster with another pool",
    { cluster: { properties: { agentPoolProfiles: [{ name: "system" }] } } },
    ["NodePoolIsAnother"],
  ],
  [
    "parts of the gateway with the cluster's prefix",
    { gateway: { properties: { httpListeners: [{ name: "secureaks1-fl-1" }, { name: "other" }] } } },
    ["GatewayPrefixIsTaken"],
  ],
  [
    "parts of the gateway whose prefix only begins alike",
    { gateway: { properties: { httpListeners: [{ name: "secureaks10-fl-1" }] } } },
    [],
  ],
  ["nodes of its own", inSpoke("aks-1-subnet", { ipConfigurations: [machine(spec.cluster.nodeGroupName)] }), []],
  ["nodes of others", inSpoke("aks-1-subnet", { ipConfigurations: [machine("others")] }), ["SubnetIsInUse"]],
  [
    "private endpoints among the nodes",
    inSpoke("AKS-1-subnet", { privateEndpoints: [machine("others")] }),
    ["SubnetIsInUse"],
  ],
  ["others in the second cluster's subnet", inSpoke("aks-2-subnet", { ipConfigurations: [machine("others")] }), []],
  [
    "a delegated subnet",
    inSpoke("aks-1-subnet", { delegations: [{ name: "d", properties: { serviceName: "Microsoft.Web/serverFarms" } }] }),
    ["SubnetIsDelegated"],
  ],
  ["a gateway in its subnet", inSpoke("gw-1-subnet", { ipConfigurations: [gatewayPart] }), []],
  [
    "machines in the gateway's subnet",
    inSpoke("gw-1-subnet", { ipConfigurations: [gatewayPart, machine("others")] }),
    ["SubnetIsInUse"],
  ],
  [
    "a default route to an appliance",
    { gatewaySubnetTable: table("/rt", "VirtualAppliance") },
    ["DefaultRouteOnGatewaySubnet"],
  ],
  ["a default route to nowhere", { gatewaySubnetTable: table("/rt", "None") }, ["DefaultRouteOnGatewaySubnet"]],
  ["a default route to the internet", { gatewaySubnetTable: table("/rt", "Internet") }, []],
  [
    "a table that kubenet's would replace",
    { gatewaySubnetTable: table("/rt", "Internet") },
    ["SubnetHasAnotherRouteTable"],
    kubenet,
  ],
  ["kubenet's own table", { gatewaySubnetTable: table(ids.gatewayRouteTable(spec), "Internet") }, [], kubenet],
  ["another table of the environment's", { gatewaySubnetTable: table("/rt", "Internet", ours) }, [], kubenet],
  [
    "a table on the node subnet",
    { clusterSubnetTable: table("/rt", "VirtualAppliance") },
    ["SubnetHasAnotherRouteTable"],
  ],
  [
    "a table on the subnet of nodes that stand, which is put right",
    { clusterSubnetTable: table("/rt", "VirtualAppliance"), cluster: { properties: {} } },
    [],
  ],
  [
    "the peering with the spoke",
    { hubNetwork: network({ peerings: [peering("p", ids.spoke(spec), "10.0.4.0/22")] }) },
    [],
  ],
  ["a peer of the hub elsewhere", { hubNetwork: network({ peerings: [peering("p", branch, "10.9.0.0/22")] }) }, []],
  [
    "a peer of the hub with the spoke's range",
    { hubNetwork: network({ peerings: [peering("p", branch, "10.0.0.0/16")] }) },
    ["PeeredNetworkOverlaps"],
  ],
  [
    "a peer of the spoke with the hub's range",
    { spokeNetwork: network({ peerings: [peering("p", branch, "10.0.0.0/24")] }) },
    ["PeeredNetworkOverlaps"],
  ],
  [
    "a peer of the spoke among the services",
    { spokeNetwork: network({ peerings: [peering("p", branch, "10.2.0.0/16")] }) },
    ["PeeredNetworkOverlaps"],
  ],
  [
    "a peer of the spoke among pods that are none",
    { spokeNetwork: network({ peerings: [peering("p", branch, "10.244.0.0/16")] }) },
    [],
  ],
  [
    "a peer of the spoke among the pods",
    { spokeNetwork: network({ peerings: [peering("p", branch, "10.244.9.0/24")] }) },
    ["PeeredNetworkOverlaps"],
    kubenet,
  ],
  [
    "a peering of our name that leads elsewhere",
    { hubNetwork: network({ peerings: [peering("hubtospoke1", branch, "10.9.0.0/22")] }) },
    ["PeeringNameIsTaken"],
  ],
];

describe("obstaclesIn", () => {
  const named = cases.map(([what, survey, codes, request = {}]) => ({ what, survey, codes, request }));

  it.each(named)("finds what is in the way of a new cluster: $what", ({ survey, codes, request }) => {
    const found = obstaclesIn(survey, seedSpec(request), true);
    expect(found.map(({ code }) => code)).toEqual(codes);
    for (const { message, advice, resourceId } of found) {
      expect(message).toMatch(/^.{30,}\.$/);
      expect(advice).toMatch(/^.{30,}\.$/);
      expect(resourceId).toMatch(/^\/subscriptions\//);
      expect(message).not.toContain("undefined");
    }
  });

  it("takes names of a cluster that the environment has had for its own", () => {
    const left = { nodeGroup: {}, gateway: { properties: { httpListeners: [{ name: "secureaks1-fl-1" }] } } };
    expect(obstaclesIn(left, spec, false)).toEqual([]);
  });
});

describe("what is looked at", () => {
  const steps = (of = spec) => provisionPlan(of).steps.map(({ id }) => id);

  it("is four groups in an empty subscription, and what is in groups that are there", () => {
    expect(groupReads(spec).map(({ name }) => name)).toEqual([
      "networkGroup",
      "gatewayGroup",
      "clusterGroup",
      "nodeGroup",
    ]);
    expect(resourceReads(spec, steps(), {})).toEqual([]);
    const inCluster = resourceReads(spec, steps(), { clusterGroup: {} }).map(({ name }) => name);
    expect(inCluster.toSorted()).toEqual(["cluster", "clusterIdentity", "clusterWorkspace", "dataCollectionRule"]);
  });

  it("is only what the plan is about, besides the networks, the gateway and the cluster", () => {
    const all = { networkGroup: {}, gatewayGroup: {}, clusterGroup: {} };
    expect(resourceReads(spec, ["clusterIdentity"], all).map(({ name }) => name)).toEqual([
      "hubNetwork",
      "spokeNetwork",
      "gateway",
      "cluster",
      "clusterIdentity",
    ]);
    expect(resourceReads(spec, steps(), all).some(({ name }) => name === "gatewayRouteTable")).toBe(false);
    const routed = seedSpec(kubenet);
    expect(resourceReads(routed, steps(routed), all).some(({ name }) => name === "gatewayRouteTable")).toBe(true);
  });

  it("is whatever table hangs on the subnets", () => {
    const spokeNetwork = network({
      subnets: [subnet("GW-1-subnet", { routeTable: { id: "/rt" } }), subnet("aks-1-subnet")],
    });
    expect(tableReads(spec, { spokeNetwork })).toMatchObject([{ name: "gatewaySubnetTable", id: "/rt" }]);
    expect(tableReads(spec, {})).toEqual([]);
  });
});

describe("joinedFailure", () => {
  const failure = (code: string) => ({
    code,
    message: `${code} is there.`,
    advice: "Take it away.",
    resourceId: `/a/${code}`,
  });

  it("is the one that there is, or all of several with their ways out", () => {
    expect(joinedFailure([])).toBeUndefined();
    expect(joinedFailure([failure("A")])).toEqual(failure("A"));
    const both = joinedFailure([failure("A"), failure("B")]);
    expect(both?.code).toBe("SeveralObstacles");
    expect(both?.message).toContain(
      "2 things are in the way, and nothing was written. (1) A at A: A is there. Take it away. (2) B",
    );
    expect(joinedFailure([failure("A"), { ...failure("A"), resourceId: "/b" }])).toMatchObject({
      code: "A",
      resourceId: "/a/A",
      message: expect.stringContaining("2 things are in the way"),
    });
    expect(joinedFailure(Array.from({ length: 11 }, () => failure("C")))?.message).toMatch(/And 3 more\.$/);
  });
});
