import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { refuses } from "./networkCases.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import { defaultRoute, makeNetworks, makePeerings, peeringBody, securityRule } from "./networkSeed.ts";

let lab: NetworkLab;
beforeAll(async () => {
  lab = await startNetworkLab();
  await makeNetworks(lab);
  await makePeerings(lab);
  await lab.make("routeTables/rt", { properties: { routes: [defaultRoute] } });
  await lab.make("networkSecurityGroups/nsg", {
    properties: { securityRules: [securityRule("own", { priority: 100 })] },
  });
});
afterAll(() => lab.stop());

const network = (prefixes: unknown[], subnets: JsonObject[] = []): JsonObject =>
  ({ properties: { addressSpace: { addressPrefixes: prefixes }, subnets } }) as JsonObject;
const subnet = (addressPrefix: string, more: JsonObject = {}): JsonObject => ({
  properties: { addressPrefix, ...more },
});
const peering = (id: string, more: JsonObject = {}): JsonObject => ({
  properties: { remoteVirtualNetwork: { id }, ...more },
});
describe("virtualNetworks", () => {
  refuses(
    () => lab,
    [
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
    ],
  );
});

describe("subnets", () => {
  const spoke = "virtualNetworks/spoke/subnets";
  refuses(
    () => lab,
    [
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
    ],
  );
});

describe("virtualNetworkPeerings", () => {
  beforeAll(async () => {
    await lab.make("virtualNetworks/twin", network(["10.0.4.0/24"]));
    await lab.make("virtualNetworks/clash", network(["10.0.5.0/24"]));
  });
  const hub = "virtualNetworks/hub/virtualNetworkPeerings";
  refuses(
    () => lab,
    [
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
    ],
  );

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

  it("leaves the other side Disconnected when a whole network is deleted", async () => {
    await lab.make("virtualNetworks/north", network(["10.22.0.0/24"]));
    await lab.make("virtualNetworks/south", network(["10.23.0.0/24"]));
    await lab.make("virtualNetworks/north/virtualNetworkPeerings/toSouth", peeringBody(lab, "south"));
    await lab.make("virtualNetworks/south/virtualNetworkPeerings/toNorth", peeringBody(lab, "north"));
    expect(await lab.remove("virtualNetworks/south")).toBe("202");
    const left = lab.get("virtualNetworks/north/virtualNetworkPeerings/toSouth");
    expect(left.properties).toMatchObject({ peeringState: "Disconnected" });
  });
});
