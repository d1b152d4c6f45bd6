import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolvePublicName } from "../../local/azure/network/publicDns.ts";
import { type Flow, type FlowVerdict, traceFlow } from "../../local/azure/network/traceFlow.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import {
  applicationRule,
  defaultRoute,
  gatewaySubnetBody,
  makeSeed,
  networkRule,
  peeringBody,
  ruleCollection,
  securityRule,
  seedAddresses,
} from "./networkSeed.ts";

let lab: NetworkLab;
beforeAll(async () => {
  lab = await startNetworkLab();
  await makeSeed(lab);
});
afterAll(() => lab.stop());

function trace(
  target: string,
  port: number,
  protocol: Flow["protocol"],
  source: string = seedAddresses.node,
): FlowVerdict {
  const address = resolvePublicName(lab.world, target) ?? target;
  const destination = address === target ? { address } : { address, fqdn: target };
  return traceFlow(lab.world, { sourceAddress: source, destination, port, protocol });
}

/** "Allow collection/rule" or "Deny reason", as the firewall's log would have it. */
function decision(verdict: FlowVerdict): string {
  const { firewall } = verdict;
  if (firewall === undefined) return `no firewall: ${verdict.reason}`;
  return firewall.rule === undefined
    ? `${firewall.action} ${firewall.table} ${firewall.actionReason}`
    : `${firewall.action} ${firewall.table} ${firewall.ruleCollection}/${firewall.rule}`;
}

describe("traceFlow, from a node through the seed's firewall rules", () => {
  const cases: [string, number, Flow["protocol"], string][] = [
    ["ntp.ubuntu.com", 123, "UDP", "Allow AZFWNetworkRule time/allow network"],
    ["ntp.ubuntu.com", 123, "TCP", "Deny AZFWNetworkRule Default Action"],
    ["9.9.9.9", 53, "UDP", "Allow AZFWNetworkRule dns/allow network"],
    ["9.9.9.9", 53, "TCP", "Allow AZFWNetworkRule dns/allow network"],
    ["mcr.microsoft.com", 443, "HTTPS", "Allow AZFWNetworkRule servicetags/allow service tags"],
    ["lab.azurecr.io", 443, "HTTPS", "Allow AZFWNetworkRule servicetags/allow service tags"],
    ["login.microsoftonline.com", 443, "HTTPS", "Allow AZFWNetworkRule servicetags/allow service tags"],
    ["lab.ods.opinsights.azure.com", 443, "HTTPS", "Allow AZFWNetworkRule servicetags/allow service tags"],
    ["lab.hcp.westeurope.azmk8s.io", 1194, "UDP", "Allow AZFWNetworkRule hcp/allow master tags"],
    ["www.example.com", 1194, "UDP", "Deny AZFWNetworkRule Default Action"],
    ["lab.hcp.westeurope.azmk8s.io", 443, "HTTPS", "Allow AZFWApplicationRule aksfwar/fqdn"],
    ["management.azure.com", 443, "HTTPS", "Allow AZFWApplicationRule aksfwar/fqdn"],
    ["packages.aks.azure.com", 80, "HTTP", "Allow AZFWApplicationRule aksfwar/fqdn"],
    ["security.ubuntu.com", 80, "HTTP", "Allow AZFWApplicationRule osupdates/allow network"],
    ["security.ubuntu.com", 8080, "HTTP", "Deny AZFWNetworkRule Default Action"],
    ["auth.docker.io", 443, "HTTPS", "Allow AZFWApplicationRule dockerhub/allow network"],
    ["evilauth.docker.io", 443, "HTTPS", "Allow AZFWApplicationRule dockerhub/allow network"],
    ["www.example.com", 443, "HTTPS", "Deny AZFWApplicationRule No rule matched. Proceeding with default action."],
    ["www.example.com", 80, "HTTP", "Deny AZFWApplicationRule No rule matched. Proceeding with default action."],
    ["www.example.com", 22, "TCP", "Deny AZFWNetworkRule Default Action"],
    ["93.184.1.1", 443, "HTTPS", "Deny AZFWApplicationRule SNI TLS extension was missing."],
    ["testmaliciousdomain.eastus.cloudapp.azure.com", 443, "HTTPS", "Deny AZFWThreatIntel Threat Intelligence"],
  ];
  it.each(cases)("decides %s:%i over %s: %s", (target, port, protocol, expected) => {
    const verdict = trace(target, port, protocol);
    expect(decision(verdict)).toBe(expected);
    expect(verdict.allowed).toBe(expected.startsWith("Allow"));
    expect(verdict.via).toBe("firewall");
  });

  it("names policy and rule collection group of the deciding rule", () => {
    expect(trace("management.azure.com", 443, "HTTPS").firewall).toMatchObject({
      policy: "policy",
      ruleCollectionGroup: "application",
    });
  });

  it("translates the source to the firewall's public address", () => {
    const address = lab.get("publicIPAddresses/fw-ip").properties as { ipAddress: string };
    expect(trace("management.azure.com", 443, "HTTPS").sourceAddressSeen).toBe(address.ipAddress);
  });

  it("never routes the platform's own addresses", () => {
    expect(trace("168.63.129.16", 53, "UDP")).toMatchObject({ allowed: true, via: "direct" });
  });
});

describe("traceFlow, where routes decide", () => {
  it("lets a subnet without a table reach the whole internet past the firewall", () => {
    const verdict = trace("www.example.com", 443, "HTTPS", seedAddresses.secondNode);
    expect(verdict).toMatchObject({ allowed: true, via: "internet" });
    expect(verdict.reason).toContain("without passing any firewall");
  });

  it("keeps a private subnet (defaultOutboundAccess false) from the internet", async () => {
    await lab.make("virtualNetworks/spoke/subnets/aks-2", {
      properties: { addressPrefix: "10.0.6.0/24", defaultOutboundAccess: false },
    });
    expect(trace("www.example.com", 443, "HTTPS", seedAddresses.secondNode).allowed).toBe(false);
    await lab.make("virtualNetworks/spoke/subnets/aks-2", { properties: { addressPrefix: "10.0.6.0/24" } });
  });

  it("takes service endpoints past table and firewall", async () => {
    expect(trace("lab.blob.core.windows.net", 443, "HTTPS").allowed).toBe(false);
    const properties = { addressPrefix: "10.0.5.0/24", routeTable: { id: lab.id("routeTables/aks-rt") } };
    const serviceEndpoints = [{ service: "Microsoft.Storage" }];
    await lab.make("virtualNetworks/spoke/subnets/aks-1", { properties: { ...properties, serviceEndpoints } });
    expect(trace("lab.blob.core.windows.net", 443, "HTTPS")).toMatchObject({
      allowed: true,
      via: "serviceEndpoint",
      sourceAddressSeen: seedAddresses.node,
    });
    await lab.make("virtualNetworks/spoke/subnets/aks-1", { properties });
  });

  it("takes service endpoints past even a more specific route", async () => {
    const address = resolvePublicName(lab.world, "lab.blob.core.windows.net");
    const exact = {
      name: "exact",
      properties: { addressPrefix: `${address}/32`, nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.0.4" },
    };
    await lab.make("routeTables/aks-rt", { properties: { routes: [defaultRoute, exact] } });
    const properties = { addressPrefix: "10.0.5.0/24", routeTable: { id: lab.id("routeTables/aks-rt") } };
    const serviceEndpoints = [{ service: "Microsoft.Storage" }];
    await lab.make("virtualNetworks/spoke/subnets/aks-1", { properties: { ...properties, serviceEndpoints } });
    expect(trace("lab.blob.core.windows.net", 443, "HTTPS").via).toBe("serviceEndpoint");
    await lab.make("virtualNetworks/spoke/subnets/aks-1", { properties });
    await lab.make("routeTables/aks-rt", { properties: { routes: [defaultRoute] } });
  });

  it("delivers inside the network directly, whatever 0.0.0.0/0 says", () => {
    expect(trace(seedAddresses.gatewayInstance, 80, "HTTP")).toMatchObject({ allowed: true, via: "direct" });
  });

  it("drops private addresses that nobody has", () => {
    expect(trace("10.9.9.9", 80, "HTTP", seedAddresses.secondNode)).toMatchObject({ allowed: false, via: "none" });
  });

  it("drops a route to None and names it", async () => {
    const nowhere = { name: "nowhere", properties: { addressPrefix: "93.184.0.0/16", nextHopType: "None" } };
    await lab.make("routeTables/aks-rt", { properties: { routes: [defaultRoute, nowhere] } });
    expect(trace("www.example.com", 443, "HTTPS").reason).toContain("route nowhere of table aks-rt");
    await lab.make("routeTables/aks-rt", { properties: { routes: [defaultRoute] } });
  });

  it("hands packets to a node that is no firewall (kubenet)", async () => {
    const pods = {
      name: "node-0",
      properties: { addressPrefix: "10.244.0.0/24", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.5.4" },
    };
    await lab.make("routeTables/gw-rt", { properties: { routes: [pods] } });
    const routeTable = { id: lab.id("routeTables/gw-rt") };
    await lab.make("virtualNetworks/spoke/subnets/gw", gatewaySubnetBody(lab, { routeTable }));
    expect(trace("10.244.0.7", 80, "HTTP", seedAddresses.gatewayInstance)).toMatchObject({
      allowed: true,
      via: "appliance",
      handedTo: "10.0.5.4",
    });
    expect(trace("10.244.1.7", 80, "HTTP", seedAddresses.gatewayInstance).allowed).toBe(false);
    await lab.make("virtualNetworks/spoke/subnets/gw", gatewaySubnetBody(lab));
  });

  it("loses replies that a spoke-wide route sends to the firewall (asymmetric routing)", async () => {
    const towards = {
      name: "gw-through-fw",
      properties: {
        addressPrefix: "10.0.4.0/24",
        nextHopType: "VirtualAppliance",
        nextHopIpAddress: seedAddresses.firewall,
      },
    };
    expect(trace("10.0.5.10", 80, "HTTP", seedAddresses.gatewayInstance).allowed).toBe(true);
    await lab.make("routeTables/aks-rt", { properties: { routes: [defaultRoute, towards] } });
    const verdict = trace("10.0.5.10", 80, "HTTP", seedAddresses.gatewayInstance);
    expect(verdict).toMatchObject({ allowed: false, via: "none" });
    expect(verdict.reason).toContain("asymmetric routing: route gw-through-fw");
    await lab.make("routeTables/aks-rt", { properties: { routes: [defaultRoute] } });
  });

  it("cannot reach the firewall while the peering is only half made", async () => {
    await lab.remove("virtualNetworks/hub/virtualNetworkPeerings/toSpoke");
    const verdict = trace("management.azure.com", 443, "HTTPS");
    expect(verdict).toMatchObject({ allowed: false, via: "none" });
    expect(verdict.reason).toContain("neither the network of subnet aks-1 nor a connected peer");
    await lab.make("virtualNetworks/spoke/virtualNetworkPeerings/toHub", peeringBody(lab, "hub"));
    await lab.make("virtualNetworks/hub/virtualNetworkPeerings/toSpoke", peeringBody(lab, "spoke"));
    expect(trace("management.azure.com", 443, "HTTPS").allowed).toBe(true);
  });

  it("does not carry traffic over a peering without allowVirtualNetworkAccess", async () => {
    const path = "virtualNetworks/hub/virtualNetworkPeerings/toSpoke";
    await lab.make(path, peeringBody(lab, "spoke", { allowVirtualNetworkAccess: false }));
    expect(trace("management.azure.com", 443, "HTTPS").allowed).toBe(false);
    await lab.make(path, peeringBody(lab, "spoke"));
  });
});

describe("traceFlow, between spokes through the firewall", () => {
  const towardsHub = "virtualNetworks/spoke2/virtualNetworkPeerings/toHub";
  beforeAll(async () => {
    const address = lab.id("routeTables/spoke2-rt");
    await lab.make("routeTables/spoke2-rt", { properties: { routes: [defaultRoute] } });
    await lab.make("virtualNetworks/spoke2", {
      properties: {
        addressSpace: { addressPrefixes: ["10.1.0.0/24"] },
        subnets: [{ name: "apps", properties: { addressPrefix: "10.1.0.0/24", routeTable: { id: address } } }],
      },
    });
    await lab.make("virtualNetworks/hub/virtualNetworkPeerings/toSpoke2", peeringBody(lab, "spoke2"));
    await lab.make(towardsHub, peeringBody(lab, "hub"));
    await lab.make("firewallPolicies/policy/ruleCollectionGroups/east-west", {
      properties: {
        priority: 400,
        ruleCollections: [
          ruleCollection("spokes", 100, [networkRule("ssh", ["TCP"], ["10.1.0.0/24"], ["22"])]),
          ruleCollection("web", 200, [applicationRule("apps", { targetFqdns: ["apps.example.com"] })]),
        ],
      },
    });
  });

  it("needs allowForwardedTraffic on the far side, because the source is not in the hub", async () => {
    expect(trace("10.1.0.4", 22, "TCP")).toMatchObject({ allowed: false });
    await lab.make(towardsHub, peeringBody(lab, "hub", { allowForwardedTraffic: true }));
    expect(trace("10.1.0.4", 22, "TCP")).toMatchObject({
      allowed: true,
      via: "firewall",
      sourceAddressSeen: seedAddresses.node,
    });
  });

  it("loses the reply when the far subnet does not send it back through the firewall", async () => {
    await lab.make("routeTables/spoke2-rt", { properties: { routes: [] } });
    expect(trace("10.1.0.4", 22, "TCP").reason).toContain("asymmetric routing");
    await lab.make("routeTables/spoke2-rt", { properties: { routes: [defaultRoute] } });
  });
});

describe("traceFlow, where security groups decide", () => {
  async function withOutboundRule(rule: Parameters<typeof securityRule>[1], check: () => void): Promise<void> {
    const own = securityRule("own", { direction: "Outbound", priority: 200, destinationPortRange: "*", ...rule });
    await lab.make("networkSecurityGroups/node-nsg", { properties: { securityRules: [own] } });
    const properties = { addressPrefix: "10.0.5.0/24", routeTable: { id: lab.id("routeTables/aks-rt") } };
    const networkSecurityGroup = { id: lab.id("networkSecurityGroups/node-nsg") };
    await lab.make("virtualNetworks/spoke/subnets/aks-1", { properties: { ...properties, networkSecurityGroup } });
    check();
    await lab.make("virtualNetworks/spoke/subnets/aks-1", { properties });
  }

  it("denies by the rule of the lowest number that matches and names it", () =>
    withOutboundRule({ access: "Deny", destinationAddressPrefix: "AzureResourceManager" }, () => {
      const verdict = trace("management.azure.com", 443, "HTTPS");
      expect(verdict.allowed).toBe(false);
      expect(verdict.reason).toContain("rule own of network security group node-nsg denies outbound Tcp");
    }));

  it("counts every address as VirtualNetwork where the table has 0.0.0.0/0", () =>
    withOutboundRule({ access: "Deny", destinationAddressPrefix: "VirtualNetwork" }, () => {
      expect(trace("management.azure.com", 443, "HTTPS").allowed).toBe(false);
    }));

  it("knows no source outside all subnets", () => {
    const verdict = trace(seedAddresses.gatewayInstance, 22, "TCP", "203.0.113.7");
    expect(verdict).toMatchObject({ allowed: false, reason: "no subnet holds the source address 203.0.113.7" });
  });
});
