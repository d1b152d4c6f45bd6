import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import type { NetworkLab } from "./networkLab.ts";

/** The seed's network: hub with firewall, spoke with gateway and nodes, peered; egress of the nodes by the firewall. */
export const seedAddresses = {
  firewall: "10.0.0.4",
  gatewayInstance: "10.0.4.5",
  node: "10.0.5.4",
  secondNode: "10.0.6.4",
} as const;

export function networkRule(name: string, protocols: string[], destinations: string[], ports: string[]): JsonObject {
  return {
    ruleType: "NetworkRule",
    name,
    ipProtocols: protocols,
    sourceAddresses: ["*"],
    destinationAddresses: destinations,
    destinationPorts: ports,
  };
}

export function applicationRule(name: string, target: { targetFqdns?: string[]; fqdnTags?: string[] }): JsonObject {
  const protocols = [
    { protocolType: "Http", port: 80 },
    { protocolType: "Https", port: 443 },
  ];
  return { ruleType: "ApplicationRule", name, sourceAddresses: ["*"], protocols, ...target };
}

export function ruleCollection(name: string, priority: number, rules: JsonObject[], action = "Allow"): JsonObject {
  return {
    ruleCollectionType: "FirewallPolicyFilterRuleCollection",
    name,
    priority,
    action: { type: action },
    rules,
  };
}

/** S-31 … S-34 of the seed. */
const networkCollections = [
  ruleCollection("time", 101, [networkRule("allow network", ["UDP"], ["*"], ["123"])]),
  ruleCollection("dns", 102, [networkRule("allow network", ["Any"], ["*"], ["53"])]),
  ruleCollection("servicetags", 110, [
    networkRule(
      "allow service tags",
      ["Any"],
      ["AzureContainerRegistry", "MicrosoftContainerRegistry", "AzureActiveDirectory", "AzureMonitor"],
      ["*"],
    ),
  ]),
  ruleCollection("hcp", 120, [networkRule("allow master tags", ["UDP"], ["AzureCloud.westeurope"], ["1194"])]),
];

/** S-35 … S-37 of the seed. */
const applicationCollections = [
  ruleCollection("aksfwar", 101, [applicationRule("fqdn", { fqdnTags: ["AzureKubernetesService"] })]),
  ruleCollection("osupdates", 102, [
    applicationRule("allow network", {
      targetFqdns: ["download.opensuse.org", "security.ubuntu.com", "packages.microsoft.com", "snapcraft.io"],
    }),
  ]),
  ruleCollection("dockerhub", 200, [
    applicationRule("allow network", { targetFqdns: ["*auth.docker.io", "*registry-1.docker.io"] }),
  ]),
];

export const publicAddress: JsonObject = { sku: { name: "Standard" }, properties: {} };

export async function makeNetworks(lab: NetworkLab): Promise<void> {
  await lab.make("virtualNetworks/hub", {
    properties: {
      addressSpace: { addressPrefixes: ["10.0.0.0/22"] },
      subnets: [{ name: "AzureFirewallSubnet", properties: { addressPrefix: "10.0.0.0/24" } }],
    },
  });
  await lab.make("virtualNetworks/spoke", {
    properties: {
      addressSpace: { addressPrefixes: ["10.0.4.0/22"] },
      subnets: [
        { name: "gw", properties: { addressPrefix: "10.0.4.0/24" } },
        { name: "aks-1", properties: { addressPrefix: "10.0.5.0/24" } },
        { name: "aks-2", properties: { addressPrefix: "10.0.6.0/24" } },
      ],
    },
  });
}

export async function makePeerings(lab: NetworkLab): Promise<void> {
  await lab.make("virtualNetworks/hub/virtualNetworkPeerings/toSpoke", peeringBody(lab, "spoke"));
  await lab.make("virtualNetworks/spoke/virtualNetworkPeerings/toHub", peeringBody(lab, "hub"));
}

export function peeringBody(lab: NetworkLab, remote: string, properties: JsonObject = {}): JsonObject {
  return { properties: { remoteVirtualNetwork: { id: lab.id(`virtualNetworks/${remote}`) }, ...properties } };
}

export async function makeFirewall(lab: NetworkLab): Promise<void> {
  await lab.make("firewallPolicies/policy", { properties: { threatIntelMode: "Deny" } });
  const groups = [
    ["network", 200, networkCollections],
    ["application", 300, applicationCollections],
  ] as const;
  for (const [name, priority, ruleCollections] of groups) {
    await lab.make(`firewallPolicies/policy/ruleCollectionGroups/${name}`, {
      properties: { priority, ruleCollections },
    });
  }
  await lab.make("publicIPAddresses/fw-ip", publicAddress);
  await lab.make("azureFirewalls/fw", firewallBody(lab, { firewallPolicy: { id: lab.id("firewallPolicies/policy") } }));
}

export function firewallBody(lab: NetworkLab, properties: JsonObject = {}): JsonObject {
  const subnet = { id: lab.id("virtualNetworks/hub/subnets/AzureFirewallSubnet") };
  const publicIPAddress = { id: lab.id("publicIPAddresses/fw-ip") };
  return { properties: { ipConfigurations: [{ name: "fw", properties: { subnet, publicIPAddress } }], ...properties } };
}

export const defaultRoute: JsonObject = {
  name: "fw",
  properties: { addressPrefix: "0.0.0.0/0", nextHopType: "VirtualAppliance", nextHopIpAddress: seedAddresses.firewall },
};

export async function makeEgressRoute(lab: NetworkLab): Promise<void> {
  await lab.make("routeTables/aks-rt", { properties: { routes: [defaultRoute] } });
  await lab.make("virtualNetworks/spoke/subnets/aks-1", {
    properties: { addressPrefix: "10.0.5.0/24", routeTable: { id: lab.id("routeTables/aks-rt") } },
  });
}

export const managementRule: JsonObject = securityRule("Allow_GWM", {
  priority: 100,
  sourceAddressPrefix: "GatewayManager",
  destinationPortRange: "65200-65535",
});

export function securityRule(name: string, properties: JsonObject): JsonObject {
  return {
    name,
    properties: {
      direction: "Inbound",
      access: "Allow",
      protocol: "Tcp",
      sourceAddressPrefix: "*",
      sourcePortRange: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: "80",
      ...properties,
    },
  };
}

export async function makeSecuredGatewaySubnet(lab: NetworkLab): Promise<void> {
  const clients = securityRule("agic_allow", { priority: 120, destinationAddressPrefix: "10.0.4.0/24" });
  await lab.make("networkSecurityGroups/gw-nsg", { properties: { securityRules: [managementRule, clients] } });
  await lab.make("virtualNetworks/spoke/subnets/gw", gatewaySubnetBody(lab));
}

export function gatewaySubnetBody(lab: NetworkLab, properties: JsonObject = {}): JsonObject {
  const networkSecurityGroup = { id: lab.id("networkSecurityGroups/gw-nsg") };
  return { properties: { addressPrefix: "10.0.4.0/24", networkSecurityGroup, ...properties } };
}

export async function makeGateway(lab: NetworkLab, servers: string[] = ["10.0.5.10"]): Promise<void> {
  await lab.make("publicIPAddresses/gw-ip", publicAddress);
  await lab.make("ApplicationGatewayWebApplicationFirewallPolicies/waf", wafPolicyBody("Prevention"));
  await lab.make("applicationGateways/gw", gatewayBody(lab, { servers }));
}

export function wafPolicyBody(mode: string): JsonObject {
  const managedRuleSets = [{ ruleSetType: "Microsoft_DefaultRuleSet", ruleSetVersion: "2.1" }];
  return { properties: { policySettings: { state: "Enabled", mode }, managedRules: { managedRuleSets } } };
}

export function gatewayBody(
  lab: NetworkLab,
  options: { readonly servers?: string[]; readonly properties?: JsonObject } = {},
): JsonObject {
  const part = (collection: string, name: string) => ({
    id: `${lab.id("applicationGateways/gw")}/${collection}/${name}`,
  });
  const backendAddresses = (options.servers ?? []).map((ipAddress) => ({ ipAddress }));
  return {
    properties: {
      sku: { name: "WAF_v2", tier: "WAF_v2" },
      autoscaleConfiguration: { minCapacity: 0, maxCapacity: 10 },
      firewallPolicy: { id: lab.id("ApplicationGatewayWebApplicationFirewallPolicies/waf") },
      gatewayIPConfigurations: [
        { name: "ip", properties: { subnet: { id: lab.id("virtualNetworks/spoke/subnets/gw") } } },
      ],
      frontendIPConfigurations: [
        { name: "public", properties: { publicIPAddress: { id: lab.id("publicIPAddresses/gw-ip") } } },
      ],
      frontendPorts: [{ name: "http", properties: { port: 80 } }],
      backendAddressPools: [{ name: "pool", properties: { backendAddresses } }],
      backendHttpSettingsCollection: [{ name: "settings", properties: { port: 80, protocol: "Http" } }],
      httpListeners: [
        {
          name: "listener",
          properties: {
            frontendIPConfiguration: part("frontendIPConfigurations", "public"),
            frontendPort: part("frontendPorts", "http"),
            protocol: "Http",
          },
        },
      ],
      requestRoutingRules: [
        {
          name: "rule",
          properties: {
            ruleType: "Basic",
            priority: 100,
            httpListener: part("httpListeners", "listener"),
            backendAddressPool: part("backendAddressPools", "pool"),
            backendHttpSettings: part("backendHttpSettingsCollection", "settings"),
          },
        },
      ],
      ...options.properties,
    },
  };
}

/** Everything together. */
export async function makeSeed(lab: NetworkLab): Promise<void> {
  await makeNetworks(lab);
  await makePeerings(lab);
  await makeFirewall(lab);
  await makeEgressRoute(lab);
  await makeSecuredGatewaySubnet(lab);
  await makeGateway(lab);
}
