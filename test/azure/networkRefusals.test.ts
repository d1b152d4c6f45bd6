import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import { defaultRoute, makeNetworks, makePeerings, peeringBody, publicAddress, securityRule } from "./networkSeed.ts";

let lab: NetworkLab;
beforeAll(async () => {
  lab = await startNetworkLab();
  await makeNetworks(lab);
  await makePeerings(lab);
  await lab.make("publicIPAddresses/taken", {
    ...publicAddress,
    properties: { dnsSettings: { domainNameLabel: "taken" } },
  });
  await lab.make("routeTables/rt", { properties: { routes: [defaultRoute] } });
  await lab.make("networkSecurityGroups/nsg", {
    properties: { securityRules: [securityRule("own", { priority: 100 })] },
  });
});
afterAll(() => lab.stop());

/** Path, body, answer. Ids in bodies are written as "@virtualNetworks/hub". */
type Case = readonly [what: string, path: string, body: JsonObject, answer: string];

function refuses(cases: readonly Case[]): void {
  it.each(cases)("refuses %s", (_what, path, body, answer) => {
    const resolved = JSON.parse(JSON.stringify(body).replace(/"@([^"]+)"/g, (_match, id) => `"${lab.id(id)}"`));
    expect(lab.put(path, resolved)).toBe(answer);
    expect(lab.azure.taskFailures).toEqual([]);
  });
}

const network = (prefixes: unknown[], subnets: JsonObject[] = []): JsonObject =>
  ({ properties: { addressSpace: { addressPrefixes: prefixes }, subnets } }) as JsonObject;
const subnet = (addressPrefix: string, more: JsonObject = {}): JsonObject => ({
  properties: { addressPrefix, ...more },
});
const route = (properties: JsonObject): JsonObject => ({ properties });
const peering = (id: string, more: JsonObject = {}): JsonObject => ({
  properties: { remoteVirtualNetwork: { id }, ...more },
});
const rule = (properties: JsonObject): JsonObject => ({
  properties: securityRule("x", { priority: 300, ...properties }).properties as JsonObject,
});

describe("virtualNetworks", () => {
  refuses([
    ["a name that begins with a dot", "virtualNetworks/.net", network(["10.9.0.0/16"]), "400 InvalidResourceName"],
    ["a name of one letter", "virtualNetworks/n", network(["10.9.0.0/16"]), "400 InvalidResourceName"],
    ["a body without an address space", "virtualNetworks/net", { properties: {} }, "400 InvalidRequestFormat"],
    ["an address space without prefixes", "virtualNetworks/net", network([]), "400 InvalidRequestFormat"],
    ["prefixes that are no text", "virtualNetworks/net", network([10]), "400 InvalidRequestFormat"],
    ["a prefix that is none", "virtualNetworks/net", network(["10.9.0.0"]), "400 InvalidAddressPrefixFormat"],
    ["a prefix with host bits", "virtualNetworks/net", network(["10.9.0.1/16"]), "400 InvalidCIDRNotation"],
    ["an IPv6 prefix, loudly", "virtualNetworks/net", network(["fd00::/48"]), "501 NotImplemented"],
    [
      "prefixes that overlap",
      "virtualNetworks/net",
      network(["10.9.0.0/16", "10.9.1.0/24"]),
      "400 NetcfgInvalidVirtualNetworkSite",
    ],
    [
      "an address space that leaves a subnet outside",
      "virtualNetworks/hub",
      { properties: { addressSpace: { addressPrefixes: ["10.8.0.0/22"] } } },
      "400 NetcfgSubnetRangeOutsideVnet",
    ],
    [
      "an address space over that of a peer",
      "virtualNetworks/hub",
      { properties: { addressSpace: { addressPrefixes: ["10.0.0.0/22", "10.0.6.0/24"] } } },
      "400 VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
    ],
    [
      "inline subnets that overlap",
      "virtualNetworks/net",
      network(
        ["10.9.0.0/16"],
        [
          { name: "a", ...subnet("10.9.0.0/24") },
          { name: "b", ...subnet("10.9.0.128/25") },
        ],
      ),
      "400 NetcfgSubnetRangesOverlap",
    ],
    [
      "two inline subnets of one name",
      "virtualNetworks/net",
      network(
        ["10.9.0.0/16"],
        [
          { name: "a", ...subnet("10.9.0.0/24") },
          { name: "A", ...subnet("10.9.1.0/24") },
        ],
      ),
      "400 InvalidRequestFormat",
    ],
  ]);
});

describe("subnets", () => {
  const spoke = "virtualNetworks/spoke/subnets";
  refuses([
    ["a prefix outside the network", `${spoke}/s`, subnet("10.7.0.0/24"), "400 NetcfgSubnetRangeOutsideVnet"],
    ["a prefix over another subnet", `${spoke}/s`, subnet("10.0.5.128/25"), "400 NetcfgSubnetRangesOverlap"],
    ["a missing prefix", `${spoke}/s`, { properties: {} }, "400 NetcfgInvalidSubnet"],
    ["a subnet of four addresses", `${spoke}/s`, subnet("10.0.7.0/30"), "400 NetcfgInvalidSubnet"],
    [
      "an unknown service endpoint",
      `${spoke}/s`,
      subnet("10.0.7.0/24", { serviceEndpoints: [{ service: "Microsoft.Nothing" }] }),
      "400 SubnetServiceEndpointNotSupported",
    ],
    [
      "a route table that is not there",
      `${spoke}/s`,
      subnet("10.0.7.0/24", { routeTable: { id: "@routeTables/none" } }),
      "400 InvalidResourceReference",
    ],
    [
      "a security group on AzureFirewallSubnet",
      "virtualNetworks/hub/subnets/AzureFirewallSubnet",
      subnet("10.0.0.0/24", { networkSecurityGroup: { id: "@networkSecurityGroups/nsg" } }),
      "400 NetworkSecurityGroupNotAllowedOnAzureFirewallSubnet",
    ],
    [
      "a table on AzureFirewallSubnet that leads 0.0.0.0/0 to an appliance",
      "virtualNetworks/hub/subnets/AzureFirewallSubnet",
      subnet("10.0.0.0/24", { routeTable: { id: "@routeTables/rt" } }),
      "400 AzureFirewallSubnetRouteTableMustHaveDefaultRouteToInternet",
    ],
    [
      "a NAT gateway, loudly",
      `${spoke}/s`,
      subnet("10.0.7.0/24", { natGateway: { id: "@natGateways/nat" } }),
      "501 NotImplemented",
    ],
    [
      "a subnet in a network that is not there",
      "virtualNetworks/none/subnets/s",
      subnet("10.0.7.0/24"),
      "404 ParentResourceNotFound",
    ],
  ]);
});

describe("virtualNetworkPeerings", () => {
  beforeAll(async () => {
    await lab.make("virtualNetworks/twin", network(["10.0.4.0/24"]));
    await lab.make("virtualNetworks/clash", network(["10.0.5.0/24"]));
  });
  const hub = "virtualNetworks/hub/virtualNetworkPeerings";
  refuses([
    ["a peering without a remote network", `${hub}/p`, { properties: {} }, "400 InvalidRequestFormat"],
    ["a peering with itself", `${hub}/p`, peering("@virtualNetworks/hub"), "400 VnetCannotPeerWithItself"],
    [
      "a second peering with the same network",
      `${hub}/p`,
      peering("@virtualNetworks/spoke"),
      "400 AnotherPeeringAlreadyReferencesRemoteVnet",
    ],
    [
      "another remote network for a peering",
      `${hub}/toSpoke`,
      peering("@virtualNetworks/twin"),
      "400 ChangingRemoteVirtualNetworkOfPeeringNotAllowed",
    ],
    [
      "networks whose spaces overlap",
      "virtualNetworks/spoke/virtualNetworkPeerings/p",
      peering("@virtualNetworks/twin"),
      "400 VnetAddressSpacesOverlap",
    ],
    [
      "a network that overlaps with one already peered",
      `${hub}/p`,
      peering("@virtualNetworks/clash"),
      "400 VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
    ],
    [
      "remote gateways that are not there",
      `${hub}/toSpoke`,
      peering("@virtualNetworks/spoke", { useRemoteGateways: true }),
      "400 RemoteVnetHasNoGateways",
    ],
    [
      "a remote network that is not there",
      `${hub}/p`,
      peering("@virtualNetworks/none"),
      "400 InvalidResourceReference",
    ],
  ]);

  it("refuses to make one side anew while the other is Disconnected", async () => {
    await lab.make("virtualNetworks/west", network(["10.20.0.0/24"]));
    await lab.make("virtualNetworks/east", network(["10.21.0.0/24"]));
    await lab.make("virtualNetworks/west/virtualNetworkPeerings/toEast", peeringBody(lab, "east"));
    await lab.make("virtualNetworks/east/virtualNetworkPeerings/toWest", peeringBody(lab, "west"));
    await lab.remove("virtualNetworks/east/virtualNetworkPeerings/toWest");
    const again = () => lab.put("virtualNetworks/east/virtualNetworkPeerings/toWest", peeringBody(lab, "west"));
    expect(again()).toBe("400 RemotePeeringIsDisconnected");
    await lab.make("virtualNetworks/west/virtualNetworkPeerings/toEast", peeringBody(lab, "east"));
    expect(again()).toBe("201");
    await lab.settle();
  });
});

describe("publicIPAddresses", () => {
  const standard = (properties: JsonObject): JsonObject => ({ sku: { name: "Standard" }, properties });
  refuses([
    [
      "the retired Basic sku",
      "publicIPAddresses/ip",
      { sku: { name: "Basic" }, properties: {} },
      "400 IPv4BasicSkuPublicIpCountLimitReached",
    ],
    [
      "a body without a sku, which means Basic",
      "publicIPAddresses/ip",
      { properties: {} },
      "400 IPv4BasicSkuPublicIpCountLimitReached",
    ],
    ["an unknown sku", "publicIPAddresses/ip", { sku: { name: "Gold" }, properties: {} }, "400 InvalidRequestFormat"],
    [
      "a dynamic Standard address",
      "publicIPAddresses/ip",
      standard({ publicIPAllocationMethod: "Dynamic" }),
      "400 StandardSkuPublicIPAddressesMustBeStatic",
    ],
    [
      "an idle time-out of three minutes",
      "publicIPAddresses/ip",
      standard({ idleTimeoutInMinutes: 3 }),
      "400 PublicIPAddressIdleTimeoutOutOfRange",
    ],
    [
      "a label with capitals",
      "publicIPAddresses/ip",
      standard({ dnsSettings: { domainNameLabel: "Taken" } }),
      "400 InvalidDomainNameLabel",
    ],
    [
      "a label that another address has",
      "publicIPAddresses/ip",
      standard({ dnsSettings: { domainNameLabel: "taken" } }),
      "400 DnsRecordInUse",
    ],
    ["IPv6, loudly", "publicIPAddresses/ip", standard({ publicIPAddressVersion: "IPv6" }), "501 NotImplemented"],
  ]);
});

describe("routeTables and routes", () => {
  const many = Array.from({ length: 401 }, (_, index) => ({
    name: `r${index}`,
    properties: { addressPrefix: `10.${100 + Math.floor(index / 256)}.${index % 256}.0/24`, nextHopType: "None" },
  }));
  const firewall = { nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.0.4" };
  refuses([
    [
      "more than 400 routes",
      "routeTables/full",
      { properties: { routes: many } },
      "400 MaxRoutesPerRouteTableLimitReached",
    ],
    [
      "two routes for one prefix",
      "routeTables/rt/routes/again",
      route({ addressPrefix: "0.0.0.0/0", ...firewall }),
      "400 RouteConflict",
    ],
    [
      "an appliance without an address",
      "routeTables/rt/routes/r",
      route({ addressPrefix: "10.1.0.0/16", nextHopType: "VirtualAppliance" }),
      "400 InvalidNextHopIpAddress",
    ],
    [
      "an address for another next hop",
      "routeTables/rt/routes/r",
      route({ addressPrefix: "10.1.0.0/16", nextHopType: "Internet", nextHopIpAddress: "10.0.0.4" }),
      "400 NextHopIpAddressNotAllowed",
    ],
    [
      "an unknown next hop",
      "routeTables/rt/routes/r",
      route({ addressPrefix: "10.1.0.0/16", nextHopType: "Elsewhere" }),
      "400 InvalidRequestFormat",
    ],
    [
      "a prefix that is neither CIDR nor service tag",
      "routeTables/rt/routes/r",
      route({ addressPrefix: "AzureNothing", nextHopType: "Internet" }),
      "400 InvalidAddressPrefixFormat",
    ],
    [
      "a route without a prefix",
      "routeTables/rt/routes/r",
      route({ nextHopType: "Internet" }),
      "400 InvalidRequestFormat",
    ],
  ]);
});

describe("networkSecurityGroups and securityRules", () => {
  refuses([
    [
      "a priority below 100",
      "networkSecurityGroups/nsg/securityRules/r",
      rule({ priority: 99 }),
      "400 SecurityRuleInvalidPriority",
    ],
    [
      "a priority that another rule has",
      "networkSecurityGroups/nsg/securityRules/r",
      rule({ priority: 100 }),
      "400 SecurityRuleConflict",
    ],
    [
      "two inline rules of one priority",
      "networkSecurityGroups/other",
      { properties: { securityRules: [securityRule("a", { priority: 100 }), securityRule("b", { priority: 100 })] } },
      "400 SecurityRuleConflict",
    ],
    [
      "a port above 65535",
      "networkSecurityGroups/nsg/securityRules/r",
      rule({ destinationPortRange: "80-70000" }),
      "400 SecurityRuleInvalidPortRange",
    ],
    [
      "an unknown service tag",
      "networkSecurityGroups/nsg/securityRules/r",
      rule({ sourceAddressPrefix: "Nowhere" }),
      "400 SecurityRuleInvalidAddressPrefix",
    ],
    [
      "a rule without destination",
      "networkSecurityGroups/nsg/securityRules/r",
      rule({ destinationAddressPrefix: "" }),
      "400 SecurityRuleParameterValueNotSpecified",
    ],
    [
      "an unknown protocol",
      "networkSecurityGroups/nsg/securityRules/r",
      rule({ protocol: "Sctp" }),
      "400 InvalidRequestFormat",
    ],
    [
      "application security groups, loudly",
      "networkSecurityGroups/nsg/securityRules/r",
      rule({ sourceApplicationSecurityGroups: [{ id: "@x/y" }] }),
      "501 NotImplemented",
    ],
  ]);

  it("takes a PUT of the group that gives two rules each other's priority", async () => {
    const swapped = (first: number, second: number) => ({
      properties: { securityRules: [securityRule("a", { priority: first }), securityRule("b", { priority: second })] },
    });
    await lab.make("networkSecurityGroups/swap", swapped(100, 110));
    expect(lab.put("networkSecurityGroups/swap", swapped(110, 100))).toBe("200");
    await lab.settle();
  });
});
