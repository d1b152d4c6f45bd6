/** What an operator has built before any environment came: a hub with its firewall, and a gateway that serves somebody. */
import type { World } from "./world.ts";

export const HUB_GROUP = "rg-hub";
export const EDGE_GROUP = "rg-edge";

/** By then a firewall or a gateway is made. */
const LONG_SECONDS = 420;

type Body = Readonly<Record<string, unknown>>;

/** An id in the world's subscription: "rg-hub/azureFirewalls/afw-hub". */
export function idIn(world: World, path: string): string {
  const [group, ...rest] = path.split("/");
  return `/subscriptions/${world.azure.subscriptionId}/resourceGroups/${group}/providers/Microsoft.Network/${rest.join("/")}`;
}

export async function make(world: World, path: string, properties: Body, rest: Body = {}): Promise<void> {
  const isPart = path.split("/").length > 3;
  const place = isPart ? {} : { location: "westeurope" };
  await world.asOperator("PUT", idIn(world, path), { ...place, ...rest, properties });
}

async function makeGroup(world: World, name: string, location = "westeurope"): Promise<void> {
  await world.asOperator("PUT", `/subscriptions/${world.azure.subscriptionId}/resourceGroups/${name}`, { location });
}

const standard = { sku: { name: "Standard" } };

/** A hub with another spoke's rules in its policy, at the priorities that the portal gives. */
export async function makeHub(world: World): Promise<void> {
  await makeGroup(world, HUB_GROUP);
  await make(world, `${HUB_GROUP}/virtualNetworks/vnet-hub`, {
    addressSpace: { addressPrefixes: ["10.100.0.0/22"] },
    subnets: [
      { name: "AzureFirewallSubnet", properties: { addressPrefix: "10.100.0.0/26" } },
      { name: "GatewaySubnet", properties: { addressPrefix: "10.100.1.0/27" } },
    ],
  });
  await make(
    world,
    `${HUB_GROUP}/firewallPolicies/afwp-hub`,
    { sku: { tier: "Standard" } },
    { tags: { owner: "ops" } },
  );
  await make(world, `${HUB_GROUP}/firewallPolicies/afwp-hub/ruleCollectionGroups/shop`, {
    priority: 300,
    ruleCollections: [
      {
        ruleCollectionType: "FirewallPolicyFilterRuleCollection",
        name: "shop",
        priority: 100,
        action: { type: "Allow" },
        rules: [
          {
            ruleType: "NetworkRule",
            name: "time",
            ipProtocols: ["UDP"],
            sourceAddresses: ["10.200.0.0/16"],
            destinationAddresses: ["*"],
            destinationPorts: ["123"],
          },
        ],
      },
    ],
  });
  await make(world, `${HUB_GROUP}/publicIPAddresses/pip-afw-hub`, {}, standard);
  await make(
    world,
    `${HUB_GROUP}/azureFirewalls/afw-hub`,
    {
      sku: { name: "AZFW_VNet", tier: "Standard" },
      ipConfigurations: [
        {
          name: "hub",
          properties: {
            subnet: { id: idIn(world, `${HUB_GROUP}/virtualNetworks/vnet-hub/subnets/AzureFirewallSubnet`) },
            publicIPAddress: { id: idIn(world, `${HUB_GROUP}/publicIPAddresses/pip-afw-hub`) },
          },
        },
      ],
      firewallPolicy: { id: idIn(world, `${HUB_GROUP}/firewallPolicies/afwp-hub`) },
    },
    { tags: { owner: "ops" } },
  );
  await world.clock.advance(LONG_SECONDS * 1000);
}

/** A network with a gateway that answers for two hosts, the first with a redirect, and two free subnets; gives that host. */
export async function makeEdge(world: World): Promise<string> {
  await makeGroup(world, EDGE_GROUP);
  await make(world, `${EDGE_GROUP}/networkSecurityGroups/nsg-edge`, {
    securityRules: [inbound("manager", 100, "GatewayManager", "65200-65535"), inbound("clients", 110, "*", "80")],
  });
  await make(world, `${EDGE_GROUP}/virtualNetworks/vnet-edge`, {
    addressSpace: { addressPrefixes: ["10.110.0.0/20"] },
    subnets: [
      {
        name: "snet-gateway",
        properties: {
          addressPrefix: "10.110.0.0/24",
          networkSecurityGroup: { id: idIn(world, `${EDGE_GROUP}/networkSecurityGroups/nsg-edge`) },
        },
      },
      { name: "snet-aks-1", properties: { addressPrefix: "10.110.4.0/23" } },
      { name: "snet-aks-2", properties: { addressPrefix: "10.110.6.0/23" } },
      { name: "snet-shop", properties: { addressPrefix: "10.110.8.0/24" } },
    ],
  });
  await make(world, `${EDGE_GROUP}/publicIPAddresses/pip-edge`, { publicIPAllocationMethod: "Static" }, standard);
  await make(world, `${EDGE_GROUP}/ApplicationGatewayWebApplicationFirewallPolicies/waf-edge`, {
    policySettings: { state: "Enabled", mode: "Prevention" },
    managedRules: { managedRuleSets: [{ ruleSetType: "Microsoft_DefaultRuleSet", ruleSetVersion: "2.1" }] },
  });
  const address = await world.asOperator("GET", idIn(world, `${EDGE_GROUP}/publicIPAddresses/pip-edge`));
  const host = `shop.${address.body.properties.ipAddress}.nip.io`;
  await make(world, GATEWAY, gatewayProperties(world, host), { tags: { owner: "shop" } });
  await world.clock.advance(LONG_SECONDS * 1000);
  return host;
}

export const GATEWAY = `${EDGE_GROUP}/applicationGateways/agw-edge`;

export function gatewayProperties(world: World, host: string, parts: Body = {}): Body {
  const part = (collection: string, name: string) => ({ id: `${idIn(world, GATEWAY)}/${collection}/${name}` });
  const listener = (name: string, hostName: string) => ({
    name,
    properties: {
      frontendIPConfiguration: part("frontendIPConfigurations", "public"),
      frontendPort: part("frontendPorts", "http"),
      protocol: "Http",
      hostName,
    },
  });
  return {
    sku: { name: "WAF_v2", tier: "WAF_v2" },
    autoscaleConfiguration: { minCapacity: 1, maxCapacity: 3 },
    firewallPolicy: {
      id: idIn(world, `${EDGE_GROUP}/ApplicationGatewayWebApplicationFirewallPolicies/waf-edge`),
    },
    gatewayIPConfigurations: [
      {
        name: "ip",
        properties: { subnet: { id: idIn(world, `${EDGE_GROUP}/virtualNetworks/vnet-edge/subnets/snet-gateway`) } },
      },
    ],
    frontendIPConfigurations: [
      {
        name: "public",
        properties: { publicIPAddress: { id: idIn(world, `${EDGE_GROUP}/publicIPAddresses/pip-edge`) } },
      },
    ],
    frontendPorts: [{ name: "http", properties: { port: 80 } }],
    backendAddressPools: [{ name: "legacy", properties: { backendAddresses: [{ ipAddress: "10.110.8.4" }] } }],
    backendHttpSettingsCollection: [{ name: "legacy", properties: { port: 80, protocol: "Http", requestTimeout: 20 } }],
    redirectConfigurations: [
      {
        name: "shop",
        properties: { redirectType: "Temporary", targetUrl: "https://shop.example.net/", includePath: true },
      },
    ],
    httpListeners: [listener("shop", host), listener("legacy", "legacy.example.com")],
    requestRoutingRules: [
      {
        name: "shop",
        properties: {
          ruleType: "Basic",
          priority: 100,
          httpListener: part("httpListeners", "shop"),
          redirectConfiguration: part("redirectConfigurations", "shop"),
        },
      },
      {
        name: "legacy",
        properties: {
          ruleType: "Basic",
          priority: 110,
          httpListener: part("httpListeners", "legacy"),
          backendAddressPool: part("backendAddressPools", "legacy"),
          backendHttpSettings: part("backendHttpSettingsCollection", "legacy"),
        },
      },
    ],
    ...parts,
  };
}

function inbound(name: string, priority: number, sourceAddressPrefix: string, destinationPortRange: string) {
  return {
    name,
    properties: {
      priority,
      direction: "Inbound",
      access: "Allow",
      protocol: "Tcp",
      sourceAddressPrefix,
      sourcePortRange: "*",
      destinationAddressPrefix: "*",
      destinationPortRange,
    },
  };
}

/** Kinds that have parts which no list of the group's resources shows. */
const parts: Readonly<Record<string, readonly string[]>> = {
  "microsoft.network/firewallpolicies": ["ruleCollectionGroups"],
  "microsoft.network/azurefirewalls": ["providers/Microsoft.Insights/diagnosticSettings"],
};

/** Every resource of the groups with its parts, as Azure shows it, but for what changes with every write: etags, and the order of named things. */
export async function everythingOf(world: World, groups: readonly string[]): Promise<readonly unknown[]> {
  const bodies: unknown[] = [];
  for (const group of groups) {
    const id = `/subscriptions/${world.azure.subscriptionId}/resourceGroups/${group}`;
    const listed = await world.asOperator("GET", `${id}/resources`);
    for (const { id: resource, type } of listed.body.value as { id: string; type: string }[]) {
      bodies.push((await world.asOperator("GET", resource)).body);
      for (const part of parts[type.toLowerCase()] ?? [])
        bodies.push((await world.asOperator("GET", `${resource}/${part}`)).body);
    }
  }
  return bodies.map(settled);
}

function settled(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(settled).toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "etag")
      .map(([key, member]) => [key, settled(member)]),
  );
}

function nameOf(value: unknown): string {
  return typeof value === "object" && value !== null && "name" in value ? String(value.name) : JSON.stringify(value);
}
