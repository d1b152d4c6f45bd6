import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { refuses } from "./networkCases.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import { defaultRoute, publicAddress, securityRule } from "./networkSeed.ts";

let lab: NetworkLab;
beforeAll(async () => {
  lab = await startNetworkLab();
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

const route = (properties: JsonObject): JsonObject => ({ properties });
const rule = (properties: JsonObject): JsonObject => ({
  properties: securityRule("x", { priority: 300, ...properties }).properties as JsonObject,
});

describe("publicIPAddresses", () => {
  const standard = (properties: JsonObject): JsonObject => ({ sku: { name: "Standard" }, properties });
  refuses(
    () => lab,
    [
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
    ],
  );
});

describe("routeTables and routes", () => {
  const many = Array.from({ length: 401 }, (_, index) => ({
    name: `r${index}`,
    properties: { addressPrefix: `10.${100 + Math.floor(index / 256)}.${index % 256}.0/24`, nextHopType: "None" },
  }));
  const firewall = { nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.0.4" };
  refuses(
    () => lab,
    [
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
    ],
  );
});

describe("networkSecurityGroups and securityRules", () => {
  refuses(
    () => lab,
    [
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
    ],
  );

  it("takes a PUT of the group that gives two rules each other's priority", async () => {
    const swapped = (first: number, second: number) => ({
      properties: { securityRules: [securityRule("a", { priority: first }), securityRule("b", { priority: second })] },
    });
    await lab.make("networkSecurityGroups/swap", swapped(100, 110));
    expect(lab.put("networkSecurityGroups/swap", swapped(110, 100))).toBe("200");
    await lab.settle();
  });
});
