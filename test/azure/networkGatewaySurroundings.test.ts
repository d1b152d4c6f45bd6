import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import {
  defaultRoute,
  gatewaySubnetBody,
  makeGateway,
  makeNetworks,
  makeSecuredGatewaySubnet,
  managementRule,
  securityRule,
  wafPolicyBody,
} from "./networkSeed.ts";

let lab: NetworkLab;
beforeAll(async () => {
  lab = await startNetworkLab();
  await makeNetworks(lab);
  await makeSecuredGatewaySubnet(lab);
  await makeGateway(lab);
});
afterAll(() => lab.stop());

const gatewayPath = "applicationGateways/gw";

describe("the surroundings of a gateway", () => {
  const routeTable = () => ({ id: lab.id("routeTables/gw-rt") });
  const forbidden = "400 ApplicationGatewaySubnetUserDefinedRouteNotAllowed";
  const wayOut = { name: "out", properties: { addressPrefix: "0.0.0.0/0", nextHopType: "Internet" } };

  it("refuses 0.0.0.0/0 to an appliance: as a route, in the table, and by association", async () => {
    await lab.make("routeTables/gw-rt", { properties: { routes: [] } });
    await lab.make("virtualNetworks/spoke/subnets/gw", gatewaySubnetBody(lab, { routeTable: routeTable() }));
    const { name: _name, ...route } = defaultRoute;
    expect(lab.put("routeTables/gw-rt/routes/fw", route)).toBe(forbidden);
    expect(lab.put("routeTables/gw-rt", { properties: { routes: [defaultRoute] } })).toBe(forbidden);
    expect(lab.put("routeTables/gw-rt", { properties: { routes: [wayOut] } })).toBe("200");
    await lab.settle();
    await lab.make("virtualNetworks/spoke/subnets/gw", gatewaySubnetBody(lab));
    await lab.make("routeTables/gw-rt", { properties: { routes: [defaultRoute] } });
    expect(lab.put("virtualNetworks/spoke/subnets/gw", gatewaySubnetBody(lab, { routeTable: routeTable() }))).toBe(
      forbidden,
    );
  });

  it("keeps the rule for the gateway manager: on delete, in the group's PUT and by association", async () => {
    const blocked = "400 ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup";
    expect(await lab.remove("networkSecurityGroups/gw-nsg/securityRules/Allow_GWM")).toBe(blocked);
    expect(lab.put("networkSecurityGroups/gw-nsg", { properties: { securityRules: [] } })).toBe(blocked);
    await lab.make("networkSecurityGroups/bare", { properties: { securityRules: [] } });
    const networkSecurityGroup = { id: lab.id("networkSecurityGroups/bare") };
    expect(lab.put("virtualNetworks/spoke/subnets/gw", gatewaySubnetBody(lab, { networkSecurityGroup }))).toBe(blocked);
  });

  it("takes a PUT of the group that only renames the rule for the gateway manager", async () => {
    const renamed = { ...managementRule, name: "gateway-manager" };
    const clients = securityRule("agic_allow", { priority: 120 });
    expect(lab.put("networkSecurityGroups/gw-nsg", { properties: { securityRules: [clients, renamed] } })).toBe("200");
    await lab.settle();
    await lab.make("networkSecurityGroups/gw-nsg", { properties: { securityRules: [managementRule, clients] } });
  });

  it("refuses to cut the gateway off from the internet", () => {
    const body = securityRule("out", {
      direction: "Outbound",
      access: "Deny",
      protocol: "*",
      priority: 130,
      destinationPortRange: "*",
    });
    const { name: _name, ...rule } = body;
    expect(lab.put("networkSecurityGroups/gw-nsg/securityRules/out", rule)).toBe(
      "400 ApplicationGatewaySubnetOutboundTrafficBlockedByNetworkSecurityGroup",
    );
  });

  it("keeps what the gateway uses from being deleted", async () => {
    expect(await lab.remove("virtualNetworks/spoke/subnets/gw")).toBe("400 InUseSubnetCannotBeDeleted");
    expect(await lab.remove("networkSecurityGroups/gw-nsg")).toBe("400 InUseNetworkSecurityGroupCannotBeDeleted");
    expect(await lab.remove("ApplicationGatewayWebApplicationFirewallPolicies/waf")).toBe(
      "400 ApplicationGatewayFirewallPolicyCannotBeDeletedWhenInUse",
    );
  });

  it("shows who uses the subnet, the policy and the security group", () => {
    expect(lab.get("virtualNetworks/spoke/subnets/gw").properties).toMatchObject({
      ipConfigurations: [{ id: `${lab.id(gatewayPath)}/gatewayIPConfigurations/ip` }],
    });
    expect(lab.get("ApplicationGatewayWebApplicationFirewallPolicies/waf").properties).toMatchObject({
      applicationGateways: [{ id: lab.id(gatewayPath) }],
    });
    expect(lab.get("networkSecurityGroups/gw-nsg").properties).toMatchObject({
      subnets: [{ id: lab.id("virtualNetworks/spoke/subnets/gw") }],
    });
  });
});

describe("ApplicationGatewayWebApplicationFirewallPolicies", () => {
  const path = "ApplicationGatewayWebApplicationFirewallPolicies/x";
  it("refuses policies without rule set, with an unknown one, and with custom rules", () => {
    const { properties } = wafPolicyBody("Prevention") as { properties: JsonObject };
    expect(lab.put(path, { properties: { ...properties, managedRules: { managedRuleSets: [] } } })).toBe(
      "400 ApplicationGatewayFirewallPolicyNoManagedRuleSet",
    );
    const managedRuleSets = [{ ruleSetType: "OWASP", ruleSetVersion: "9.9" }];
    expect(lab.put(path, { properties: { ...properties, managedRules: { managedRuleSets } } })).toBe(
      "400 ApplicationGatewayFirewallUnknownRuleSet",
    );
    expect(lab.put(path, { properties: { ...properties, customRules: [{ name: "c" }] } })).toBe("501 NotImplemented");
    expect(lab.put(path, { properties })).toBe("201");
  });
});
