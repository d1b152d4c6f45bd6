import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type AksLab, networkProfile, poolBody, startAksLab } from "./aksLab.ts";
import { defaultRoute } from "./networkSeed.ts";

let lab: AksLab;
beforeAll(async () => {
  lab = await startAksLab();
});
afterAll(() => lab.stop());

const refused = (properties: JsonObject): string => lab.put(lab.clusterId, lab.clusterBody(properties));
const pools = (more: JsonObject): JsonObject => ({ agentPoolProfiles: [poolBody(lab, more)] });
const profile = (more: JsonObject): JsonObject => ({ networkProfile: networkProfile(more) });

describe("managedCluster refuses", () => {
  const cases: readonly (readonly [string, string, () => JsonObject])[] = [
    [
      "a service range inside the network",
      "400 ServiceCidrOverlapExistingSubnetsCidr",
      () => profile({ serviceCidr: "10.0.5.0/24", dnsServiceIP: "10.0.5.10" }),
    ],
    [
      "a service range inside the peered hub",
      "400 ServiceCidrOverlapExistingSubnetsCidr",
      () => profile({ serviceCidr: "10.0.1.0/24", dnsServiceIP: "10.0.1.10" }),
    ],
    [
      "a service range that AKS keeps",
      "400 ServiceCidrOverlapReservedCidr",
      () => profile({ serviceCidr: "172.30.0.0/20", dnsServiceIP: "172.30.0.10" }),
    ],
    [
      "a DNS address outside the service range",
      "400 DnsServiceIpOutOfServiceCidr",
      () => profile({ dnsServiceIP: "10.3.0.10" }),
    ],
    ["the first address as DNS address", "400 InvalidDnsServiceIp", () => profile({ dnsServiceIP: "10.2.0.1" })],
    [
      "a load balancer profile beside the route table",
      "400 InvalidUserDefinedRoutingWithLoadBalancerProfile",
      () => profile({ loadBalancerProfile: {} }),
    ],
    [
      "a basic load balancer",
      "400 UnexpectedLoadBalancerSkuForCurrentOutboundConfiguration",
      () => profile({ loadBalancerSku: "basic" }),
    ],
    ["an outbound type nobody knows", "400 UnsupportedOutboundType", () => profile({ outboundType: "pigeon" })],
    [
      "Azure network policy with kubenet",
      "400 NetworkPolicyAzureNotSupportedForKubenet",
      () => profile({ networkPlugin: "kubenet", networkPolicy: "azure" }),
    ],
    [
      "kubenet for an identity without rights on the route table",
      "400 CustomRouteTableMissingPermission",
      () => profile({ networkPlugin: "kubenet" }),
    ],
    ["a mode nobody knows", "400 NetworkModeInvalid", () => profile({ networkPluginMode: "underlay" })],
    [
      "an overlay of kubenet",
      "400 NetworkModeNotSupported",
      () => profile({ networkPlugin: "kubenet", networkPluginMode: "overlay" }),
    ],
    ["no plugin of one's own choice", "501 NotImplemented", () => ({ networkProfile: { serviceCidr: "10.2.0.0/24" } })],
    [
      "a private cluster, not built",
      "501 NotImplemented",
      () => ({ apiServerAccessProfile: { enablePrivateCluster: true } }),
    ],
    ["an unknown version", "400 K8sVersionNotSupported", () => ({ kubernetesVersion: "1.19.3" })],
    ["a bad pool name", "400 InvalidParameter", () => pools({ name: "Pool-1" })],
    ["a system pool without nodes", "400 InvalidSystemAgentPool", () => pools({ count: 0 })],
    ["a count beyond AKS's limit", "400 InvalidParameter", () => pools({ count: 1001 })],
    ["too few pods a node", "400 InvalidMaxPods", () => pools({ maxPods: 5 })],
    ["no pool at all", "400 InvalidParameter", () => ({ agentPoolProfiles: [] })],
    ["no system pool", "400 InvalidSystemAgentPool", () => pools({ mode: "User" })],
    ["a subnet that is too small", "400 InsufficientSubnetSize", () => pools({ count: 9 })],
    [
      "a subnet without route table",
      "400 ExistingRouteTableNotAssociatedWithSubnet",
      () => pools({ vnetSubnetID: lab.net.id("virtualNetworks/spoke/subnets/aks-2") }),
    ],
    ["an autoscaler without bounds", "400 InvalidParameter", () => pools({ enableAutoScaling: true, minCount: 1 })],
    [
      "a count outside the autoscaler's bounds",
      "400 InvalidParameter",
      () => pools({ enableAutoScaling: true, minCount: 3, maxCount: 4 }),
    ],
    ["a surge that is no count", "400 InvalidParameter", () => pools({ upgradeSettings: { maxSurge: "many" } })],
  ];

  it.each(cases)("%s: %s", (_what, expected, properties) => {
    expect(refused(properties())).toBe(expected);
    expect(lab.net.world.store.get(lab.clusterId)).toBeUndefined();
  });

  it("a route table without a default route, and a default route to the internet", async () => {
    const table = (routes: JsonObject[]) => lab.net.make("routeTables/aks-rt", { properties: { routes } });
    await table([]);
    expect(refused({})).toBe("400 RouteTableMissingDefaultRouteError");
    await table([{ name: "out", properties: { addressPrefix: "0.0.0.0/0", nextHopType: "Internet" } }]);
    expect(refused({})).toBe("400 RouteTableInvalidNextHop");
    await table([defaultRoute]);
  });

  it("an identity that may not join the subnet, and none at all", async () => {
    const nobody = {
      ...lab.clusterBody(),
      identity: { type: "UserAssigned", userAssignedIdentities: { [lab.agicIdentity.id]: {} } },
    };
    const answer = lab.net.world.armRequest({
      principal: lab.net.azure.operator,
      method: "PUT",
      path: lab.clusterId,
      apiVersion: "2025-05-01",
      body: nobody,
    });
    expect(answer.status).toBe(403);
    expect(JSON.stringify(answer.body)).toContain("Microsoft.Network/virtualNetworks/subnets/read");
    expect(lab.put(lab.clusterId, { ...lab.clusterBody(), identity: { type: "None" } })).toBe(
      "400 InvalidIdentityType",
    );
    const two = { [lab.agicIdentity.id]: {}, [lab.clusterIdentity.id]: {} };
    expect(
      lab.put(lab.clusterId, { ...lab.clusterBody(), identity: { type: "UserAssigned", userAssignedIdentities: two } }),
    ).toBe("400 InvalidUserAssignedIdentities");
  });

  it("what a scripted fault says, e.g. a quota", () => {
    const message = "Insufficient regional vcpu quota left for location westeurope.";
    lab.net.azure.setFaults([
      {
        match: {},
        when: "aks.clusterPut",
        answer: { status: 400, code: "ErrCode_InsufficientVCPUQuota", message },
        times: 1,
      },
    ]);
    expect(refused({})).toBe("400 ErrCode_InsufficientVCPUQuota");
  });
});
