import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import {
  defaultRoute,
  gatewayBody,
  makeGateway,
  makeNetworks,
  makeSecuredGatewaySubnet,
  publicAddress,
} from "./networkSeed.ts";

let lab: NetworkLab;
beforeAll(async () => {
  lab = await startNetworkLab();
  await makeNetworks(lab);
  await makeSecuredGatewaySubnet(lab);
  await makeGateway(lab);
  await lab.make("publicIPAddresses/free-ip", publicAddress);
});
afterAll(() => lab.stop());

const gatewayPath = "applicationGateways/gw";

describe("applicationGateways, the body", () => {
  const part = (collection: string, name: string) => ({ id: `${lab.id(gatewayPath)}/${collection}/${name}` });
  const rule = (properties: JsonObject): JsonObject => ({
    name: "rule",
    properties: { ruleType: "Basic", priority: 100, httpListener: part("httpListeners", "listener"), ...properties },
  });
  const target = () => ({
    backendAddressPool: part("backendAddressPools", "pool"),
    backendHttpSettings: part("backendHttpSettingsCollection", "settings"),
  });
  const listener = (name: string, properties: JsonObject = {}): JsonObject => ({
    name,
    properties: {
      frontendIPConfiguration: part("frontendIPConfigurations", "public"),
      frontendPort: part("frontendPorts", "http"),
      protocol: "Http",
      ...properties,
    },
  });
  const cases: [string, () => JsonObject, string][] = [
    ["the retired version 1", () => ({ sku: { name: "WAF_Medium", tier: "WAF" } }), "400 ApplicationGatewayInvalidSku"],
    [
      "capacity beside autoscaling",
      () => ({ sku: { name: "WAF_v2", tier: "WAF_v2", capacity: 2 } }),
      "400 ApplicationGatewayCapacityAndAutoscaleConfigurationConflict",
    ],
    [
      "a minimum above the maximum",
      () => ({ autoscaleConfiguration: { minCapacity: 11, maxCapacity: 10 } }),
      "400 ApplicationGatewayInvalidAutoscaleConfiguration",
    ],
    [
      "more than 125 instances",
      () => ({ autoscaleConfiguration: { minCapacity: 0, maxCapacity: 126 } }),
      "400 ApplicationGatewayInvalidAutoscaleConfiguration",
    ],
    [
      "WAF_v2 without a WAF policy",
      () => ({ firewallPolicy: null }),
      "400 ApplicationGatewayFirewallNotConfiguredForSelectedSku",
    ],
    [
      "a WAF policy for Standard_v2",
      () => ({ sku: { name: "Standard_v2", tier: "Standard_v2" } }),
      "400 ApplicationGatewayFirewallConfiguredForSelectedSku",
    ],
    ["no listeners", () => ({ httpListeners: [] }), "400 ApplicationGatewayMissingRequiredProperty"],
    [
      "two ports of one name",
      () => ({
        frontendPorts: [
          { name: "http", properties: { port: 80 } },
          { name: "http", properties: { port: 81 } },
        ],
      }),
      "400 InvalidRequestFormat",
    ],
    [
      "a rule that names no listener",
      () => ({ requestRoutingRules: [rule({ ...target(), httpListener: null })] }),
      "400 ApplicationGatewayMissingReference",
    ],
    [
      "a rule that names a pool that is not there",
      () => ({ requestRoutingRules: [rule({ ...target(), backendAddressPool: part("backendAddressPools", "none") })] }),
      "400 InvalidResourceReference",
    ],
    [
      "a rule that names another gateway's listener",
      () => ({
        requestRoutingRules: [
          rule({ ...target(), httpListener: { id: `${lab.id("applicationGateways/other")}/httpListeners/listener` } }),
        ],
      }),
      "400 InvalidResourceReference",
    ],
    [
      "a rule without priority",
      () => ({ requestRoutingRules: [rule({ ...target(), priority: null })] }),
      "400 ApplicationGatewayRequestRoutingRulePriorityCannotBeEmpty",
    ],
    [
      "a priority above 20000",
      () => ({ requestRoutingRules: [rule({ ...target(), priority: 20_001 })] }),
      "400 ApplicationGatewayRequestRoutingRulePriorityOutOfRange",
    ],
    [
      "a rule that leads nowhere",
      () => ({ requestRoutingRules: [rule({})] }),
      "400 ApplicationGatewayRequestRoutingRuleInvalidTarget",
    ],
    [
      "a path rule without a map",
      () => ({ requestRoutingRules: [rule({ ...target(), ruleType: "PathBasedRouting" })] }),
      "400 ApplicationGatewayRequestRoutingRuleInvalidTarget",
    ],
    [
      "two rules of one priority",
      () => ({
        httpListeners: [listener("listener"), listener("two", { hostName: "two.example.com" })],
        requestRoutingRules: [
          rule(target()),
          { ...rule({ ...target(), httpListener: part("httpListeners", "two") }), name: "two" },
        ],
      }),
      "400 ApplicationGatewayRequestRoutingRulePriorityIsNotUnique",
    ],
    [
      "two rules for one listener",
      () => ({ requestRoutingRules: [rule(target()), { ...rule({ ...target(), priority: 200 }), name: "two" }] }),
      "400 ApplicationGatewayHttpListenerAlreadyUsedByAnotherRule",
    ],
    [
      "two listeners on one port and host",
      () => ({ httpListeners: [listener("listener"), listener("two")] }),
      "400 ApplicationGatewayHttpListenersUsingSameFrontendPortAndFrontendIpConfig",
    ],
    [
      "an HTTPS listener without a certificate",
      () => ({ httpListeners: [listener("listener", { protocol: "Https" })] }),
      "400 ApplicationGatewayHttpsListenerMustReferenceSslCert",
    ],
    ["rewrite rules, loudly", () => ({ rewriteRuleSets: [{ name: "r" }] }), "501 NotImplemented"],
  ];
  it.each(cases)("refuses %s", (_what, properties, answer) => {
    expect(lab.put(gatewayPath, gatewayBody(lab, { properties: properties() }))).toBe(answer);
  });

  it("takes rules without priority from an api-version before 2021-08-01", async () => {
    const properties = { requestRoutingRules: [rule({ ...target(), priority: null })] };
    expect(lab.put(gatewayPath, gatewayBody(lab, { properties }), "2021-05-01")).toBe("200");
    await lab.settle();
  });
});

describe("applicationGateways, the place", () => {
  const inSubnet = (path: string, properties: JsonObject = {}): JsonObject => {
    const subnet = { id: lab.id(`virtualNetworks/${path}`) };
    const frontend = { publicIPAddress: { id: lab.id("publicIPAddresses/free-ip") } };
    const moved = {
      gatewayIPConfigurations: [{ name: "ip", properties: { subnet } }],
      frontendIPConfigurations: [{ name: "public", properties: frontend }],
      ...properties,
    };
    const text = JSON.stringify(gatewayBody(lab, { properties: moved }));
    return JSON.parse(text.replaceAll("applicationGateways/gw/", "applicationGateways/second/"));
  };
  const second = "applicationGateways/second";

  beforeAll(async () => {
    await lab.make("virtualNetworks/places", {
      properties: {
        addressSpace: { addressPrefixes: ["10.40.0.0/22"] },
        subnets: [
          { name: "small", properties: { addressPrefix: "10.40.0.0/29" } },
          { name: "AzureBastionSubnet", properties: { addressPrefix: "10.40.1.0/24" } },
          {
            name: "delegated",
            properties: {
              addressPrefix: "10.40.2.0/24",
              delegations: [{ name: "d", properties: { serviceName: "Microsoft.Web/serverFarms" } }],
            },
          },
          { name: "fine", properties: { addressPrefix: "10.40.3.0/24" } },
        ],
      },
    });
    lab.world.store.put({
      id: `${lab.group}/providers/Microsoft.Compute/virtualMachineScaleSets/nodes`,
      name: "nodes",
      type: "Microsoft.Compute/virtualMachineScaleSets",
      body: { properties: { subnet: { id: lab.id("virtualNetworks/spoke/subnets/aks-1") } } },
    });
  });

  it.each([
    ["too small a subnet", "places/subnets/small", "400 SubnetTooSmall"],
    ["a subnet reserved for another service", "places/subnets/AzureBastionSubnet", "400 InvalidSubnet"],
    ["a subnet delegated to another service", "places/subnets/delegated", "400 ResourceNotPermittedOnDelegatedSubnet"],
    ["a subnet with machines in it", "spoke/subnets/aks-1", "400 ApplicationGatewaySubnetCannotHaveOtherResourceTypes"],
    ["a subnet that is not there", "places/subnets/none", "400 InvalidResourceReference"],
  ])("refuses %s", (_what, path, answer) => {
    expect(lab.put(second, inSubnet(path))).toBe(answer);
  });

  it("refuses a subnet whose table leads 0.0.0.0/0 to the firewall", async () => {
    await lab.make("routeTables/default", { properties: { routes: [defaultRoute] } });
    const routeTable = { id: lab.id("routeTables/default") };
    await lab.make("virtualNetworks/places/subnets/fine", {
      properties: { addressPrefix: "10.40.3.0/24", routeTable },
    });
    expect(lab.put(second, inSubnet("places/subnets/fine"))).toBe(
      "400 ApplicationGatewaySubnetUserDefinedRouteNotAllowed",
    );
    await lab.make("virtualNetworks/places/subnets/fine", { properties: { addressPrefix: "10.40.3.0/24" } });
  });

  it("refuses a subnet whose security group does not let the gateway manager in", async () => {
    await lab.make("networkSecurityGroups/closed", { properties: { securityRules: [] } });
    const networkSecurityGroup = { id: lab.id("networkSecurityGroups/closed") };
    await lab.make("virtualNetworks/places/subnets/fine", {
      properties: { addressPrefix: "10.40.3.0/24", networkSecurityGroup },
    });
    expect(lab.put(second, inSubnet("places/subnets/fine"))).toBe(
      "400 ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup",
    );
    await lab.make("virtualNetworks/places/subnets/fine", { properties: { addressPrefix: "10.40.3.0/24" } });
  });

  it("refuses frontends without a public address, with address and subnet in one, and with one that is taken", () => {
    const subnet = { id: lab.id("virtualNetworks/places/subnets/fine") };
    const frontend = (properties: JsonObject) =>
      inSubnet("places/subnets/fine", { frontendIPConfigurations: [{ name: "public", properties }] });
    expect(lab.put(second, frontend({ subnet, privateIPAddress: "10.40.3.100" }))).toBe(
      "400 ApplicationGatewayPublicIpRequiredForSelectedSku",
    );
    const free = { id: lab.id("publicIPAddresses/free-ip") };
    expect(lab.put(second, frontend({ subnet, publicIPAddress: free }))).toBe(
      "400 ApplicationGatewayFrontendIpCannotHavePublicIpAndSubnet",
    );
    expect(lab.put(second, frontend({ publicIPAddress: { id: lab.id("publicIPAddresses/gw-ip") } }))).toBe(
      "400 PublicIPAddressInUse",
    );
  });

  it("refuses a private frontend whose address lies outside the subnet", () => {
    const subnet = { id: lab.id("virtualNetworks/places/subnets/fine") };
    const publicIPAddress = { id: lab.id("publicIPAddresses/free-ip") };
    const frontendIPConfigurations = [
      { name: "public", properties: { publicIPAddress } },
      { name: "private", properties: { subnet, privateIPAddress: "10.0.4.100" } },
    ];
    expect(lab.put(second, inSubnet("places/subnets/fine", { frontendIPConfigurations }))).toBe(
      "400 PrivateIPAddressNotInSubnet",
    );
  });
});
