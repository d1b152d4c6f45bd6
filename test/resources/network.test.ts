import { describe, expect, it } from "vitest";
import { type JsonObject, jsonAt } from "../../src/domain/json.ts";
import { differences, mergeOwned } from "../../src/domain/ownedFields.ts";
import { resourceDefinition } from "../../src/resources/catalog.ts";
import { knownOutputs, seedSpec } from "../domain/seedSpec.ts";

const spec = seedSpec();
const desired = (stepId: string, of = spec): JsonObject => resourceDefinition(stepId).desired(of, knownOutputs);

describe("virtual networks (S-15, S-16)", () => {
  it("have the seed's prefixes and subnets", () => {
    expect(jsonAt(desired("hubNetwork"), "properties.addressSpace.addressPrefixes")).toEqual(["10.0.0.0/22"]);
    expect(jsonAt(desired("hubNetwork"), "properties.subnets")).toEqual([
      { name: "AzureFirewallSubnet", properties: { addressPrefix: "10.0.0.0/24" } },
      { name: "bastionsubnet", properties: { addressPrefix: "10.0.1.0/24" } },
    ]);
    expect(jsonAt(desired("spokeNetwork"), "properties.subnets.0")).toEqual({
      name: "gw-1-subnet",
      properties: { addressPrefix: "10.0.4.0/24" },
    });
  });

  it("give service endpoints to both cluster subnets, and to none when they are switched off (S-18)", () => {
    const services = ["Microsoft.Sql", "Microsoft.AzureCosmosDB", "Microsoft.KeyVault", "Microsoft.Storage"].map(
      (service) => ({ service }),
    );
    expect(jsonAt(desired("spokeNetwork"), "properties.subnets.1.properties.serviceEndpoints")).toEqual(services);
    expect(jsonAt(desired("spokeNetwork"), "properties.subnets.2.properties.serviceEndpoints")).toEqual(services);
    const without = seedSpec({ spoke: { serviceEndpoints: false } });
    expect(jsonAt(desired("spokeNetwork", without), "properties.subnets.1.properties.serviceEndpoints")).toEqual([]);
  });

  it("leave a subnet that somebody else has put into them alone", () => {
    const definition = resourceDefinition("hubNetwork");
    const hub = desired("hubNetwork");
    const guest = { name: "snet-vpn", properties: { addressPrefix: "10.0.2.0/24" } };
    const subnets = [...(jsonAt(hub, "properties.subnets") as readonly JsonObject[]), guest];
    const visited = { ...hub, properties: { ...(hub.properties as JsonObject), subnets } };
    expect(differences(visited, hub, definition)).toEqual([]);
    expect(mergeOwned({ ...visited, tags: {} }, hub, definition)).toMatchObject({ properties: { subnets } });
  });

  it("keep what hangs on their subnets when they are written again", () => {
    const attached = {
      name: "aks-1-subnet",
      properties: { addressPrefix: "10.0.5.0/24", routeTable: { id: "/subscriptions/s/rt" } },
    };
    const existing = {
      location: "westeurope",
      properties: { addressSpace: { addressPrefixes: ["10.0.4.0/22"] }, subnets: [attached] },
    };
    const definition = resourceDefinition("spokeNetwork");
    const merged = mergeOwned(existing, desired("spokeNetwork"), definition);
    const subnets = jsonAt(merged, "properties.subnets") as readonly JsonObject[];
    expect(subnets.map(({ name }) => name).sort()).toEqual(["aks-1-subnet", "aks-2-subnet", "gw-1-subnet"]);
    expect(subnets.find(({ name }) => name === "aks-1-subnet")).toMatchObject(attached);
  });
});

describe("subnets (S-29, S-74)", () => {
  it("carry table and security group, and all that a PUT would take away otherwise", () => {
    expect(desired("clusterSubnet")).toMatchObject({
      properties: {
        addressPrefix: "10.0.5.0/24",
        serviceEndpoints: [{}, {}, {}, {}],
        routeTable: { id: expect.stringMatching(/routeTables\/secureaks1-rt$/) },
      },
    });
    expect(desired("gatewaySubnet")).toEqual({
      properties: {
        addressPrefix: "10.0.4.0/24",
        networkSecurityGroup: { id: expect.stringMatching(/networkSecurityGroups\/dzk8sappgw1-nsg$/) },
      },
    });
  });

  it("see an association that somebody took away as the one difference", () => {
    const { routeTable: _, ...bare } = jsonAt(desired("clusterSubnet"), "properties") as JsonObject;
    const found = differences({ properties: bare }, desired("clusterSubnet"), resourceDefinition("clusterSubnet"));
    expect(found.map(({ path, from }) => `${path} ${from}`)).toEqual(["properties.routeTable nothing"]);
  });
});

describe("peerings (S-20)", () => {
  it("lead from each side to the other", () => {
    const remote = (stepId: string) =>
      String(jsonAt(desired(stepId), "properties.remoteVirtualNetwork.id"))
        .split("/")
        .at(-1);
    const own = (stepId: string) => resourceDefinition(stepId).id(spec, knownOutputs).split("/").slice(-3).join("/");
    expect([own("hubToSpokePeering"), remote("hubToSpokePeering")]).toEqual([
      "hubnet/virtualNetworkPeerings/HubToSpoke1",
      "k8snet",
    ]);
    expect([own("spokeToHubPeering"), remote("spokeToHubPeering")]).toEqual([
      "k8snet/virtualNetworkPeerings/Spoke1ToHub",
      "hubnet",
    ]);
  });

  it("give access and nothing more", () => {
    expect(jsonAt(desired("hubToSpokePeering"), "properties")).toEqual({
      remoteVirtualNetwork: { id: expect.stringMatching(/virtualNetworks\/k8snet$/) },
      allowVirtualNetworkAccess: true,
      allowForwardedTraffic: false,
      allowGatewayTransit: false,
      useRemoteGateways: false,
    });
  });
});

describe("routes (S-27, S-28)", () => {
  it("lead everything to the firewall's address, in a table whose other routes are left alone", () => {
    expect(jsonAt(desired("defaultRoute"), "properties")).toEqual({
      addressPrefix: "0.0.0.0/0",
      nextHopType: "VirtualAppliance",
      nextHopIpAddress: "10.0.0.4",
    });
    const table = {
      location: "westeurope",
      properties: { disableBgpRoutePropagation: true, routes: [{ name: "aks-node", properties: {} }] },
    };
    const definition = resourceDefinition("clusterRouteTable");
    const untagged = { ...desired("clusterRouteTable"), tags: undefined };
    expect(differences(table, untagged, definition)).toEqual([]);
  });
});

describe("the gateway's security group (S-70 to S-72)", () => {
  it("lets Azure's gateway manager in first, and the world to the subnet's port 80", () => {
    const rules = jsonAt(desired("gatewaySecurityGroup"), "properties.securityRules") as readonly JsonObject[];
    expect(
      rules.map((rule) => [
        rule.name,
        jsonAt(rule, "properties.priority"),
        jsonAt(rule, "properties.destinationPortRange"),
        jsonAt(rule, "properties.destinationAddressPrefix"),
      ]),
    ).toEqual([
      ["Allow_GWM", 100, "65200-65535", "*"],
      ["agic_allow", 120, "80", "10.0.4.0/24"],
    ]);
  });
});
