/** Mistakes in subnets: outside their network, overlapping, missing, under the wrong name, too small for what they are for. */

import { overlapMistakes, type PlacedPrefix, prefixMistake } from "./addressMistakes.ts";
import { type AddressPrefix, addressCount, containsPrefix, parsePrefix } from "./addressPrefix.ts";
import type { Environment, SubnetSpec } from "./environmentSpec.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";
import { nearest } from "./nearest.ts";
import { pluginManners } from "./networkPlugin.ts";
import { nodeCountFields, nodeCountMax, nodesInWords } from "./nodePool.ts";
import { FIREWALL_SUBNET } from "./resourceNames.ts";

export function subnetMistakes(environment: Environment): readonly Mistake[] {
  return [
    ...layoutMistakes(environment, "hub"),
    ...layoutMistakes(environment, "spoke"),
    ...firewallSubnetMistakes(environment),
    ...bastionSubnetMistakes(environment),
    ...spokeNameMistakes(environment),
    ...usedSubnetMistakes(environment),
  ];
}

/** Bits of the smallest subnet Azure makes. Source: learn.microsoft.com/azure/virtual-network/virtual-networks-faq, checked 2026-11. */
const SMALLEST_SUBNET_BITS = 29;

/** Bits of the smallest subnets for Azure Firewall and Bastion. Source: learn.microsoft.com/azure/firewall/firewall-faq and learn.microsoft.com/azure/bastion/configuration-settings, checked 2026-11. */
const PLATFORM_SUBNET_BITS = 26;

const BASTION_SUBNET = "AzureBastionSubnet";

/** Names that Azure gives a meaning; nodes and gateways of ours cannot stand in them. */
const platformSubnets = [
  FIREWALL_SUBNET,
  "AzureFirewallManagementSubnet",
  BASTION_SUBNET,
  "GatewaySubnet",
  "RouteServerSubnet",
];

function layoutMistakes(environment: Environment, network: "hub" | "spoke"): readonly Mistake[] {
  const { subnets, addressPrefixes, name } = environment[network];
  const space = addressPrefixes.flatMap((text) => parsePrefix(text) ?? []);
  const readable = subnets.flatMap((subnet, index): readonly PlacedPrefix[] => {
    const prefix = parsePrefix(subnet.addressPrefix);
    const pointer = environmentPointer(network, "subnets", index, "addressPrefix");
    return prefix === undefined ? [] : [{ pointer, prefix, owner: `the subnet ${subnet.name}` }];
  });
  const spaceIsRead = space.length === addressPrefixes.length && space.length > 0;
  return [
    ...subnets.flatMap((subnet, index) =>
      prefixMistake(subnet.addressPrefix, environmentPointer(network, "subnets", index, "addressPrefix")),
    ),
    ...readable.flatMap(({ pointer, prefix, owner }) => {
      const concerns = [environmentPointer(network, "addressPrefixes")];
      if (prefix.prefixLengthBits > SMALLEST_SUBNET_BITS)
        return [
          {
            pointer,
            message: `${prefix.text} of ${owner} is too small: Azure makes no subnet smaller than /${SMALLEST_SUBNET_BITS}.`,
          },
        ];
      if (!spaceIsRead || space.some((outer) => containsPrefix(outer, prefix))) return [];
      return [
        {
          pointer,
          message: `${prefix.text} of ${owner} lies outside the ${network} ${name} (${addressPrefixes.join(", ")}).`,
          concerns,
        },
      ];
    }),
    ...overlapMistakes(readable),
  ];
}

function firewallSubnetMistakes({ hub }: Environment): readonly Mistake[] {
  const index = hub.subnets.findIndex(({ name }) => name === FIREWALL_SUBNET);
  const subnet = hub.subnets[index];
  if (subnet === undefined) {
    const meant = hub.subnets.findIndex(
      ({ name }) =>
        name.toLowerCase() === FIREWALL_SUBNET.toLowerCase() || nearest(name, [FIREWALL_SUBNET]) !== undefined,
    );
    const other = hub.subnets[meant];
    const pointer =
      other === undefined ? environmentPointer("hub", "subnets") : environmentPointer("hub", "subnets", meant, "name");
    const said = other === undefined ? "" : `, and "${other.name}" is not it`;
    return [
      {
        pointer,
        message: `The hub needs a subnet with exactly the name ${FIREWALL_SUBNET}, upper and lower case included${said}.`,
        example: FIREWALL_SUBNET,
      },
    ];
  }
  return tooSmallForPlatform(subnet, index, "Azure Firewall");
}

/** The seed's "bastionsubnet" is an empty placeholder and may stay; a subnet that means to be Bastion's must be named and sized so. */
function bastionSubnetMistakes({ hub }: Environment): readonly Mistake[] {
  return hub.subnets.flatMap((subnet, index) => {
    if (subnet.name === BASTION_SUBNET) return tooSmallForPlatform(subnet, index, "Azure Bastion");
    if (!/^azure[-_.]?bastion/i.test(subnet.name)) return [];
    const pointer = environmentPointer("hub", "subnets", index, "name");
    return [
      {
        pointer,
        message: `Azure Bastion only goes into a subnet with exactly the name ${BASTION_SUBNET}; "${subnet.name}" would never be used.`,
        example: BASTION_SUBNET,
      },
    ];
  });
}

function tooSmallForPlatform(subnet: SubnetSpec, index: number, service: string): readonly Mistake[] {
  const prefix = parsePrefix(subnet.addressPrefix);
  if (prefix === undefined || prefix.prefixLengthBits <= PLATFORM_SUBNET_BITS) return [];
  const message = `${subnet.addressPrefix} of ${subnet.name} is too small: ${service} needs a /${PLATFORM_SUBNET_BITS} or larger.`;
  return [{ pointer: environmentPointer("hub", "subnets", index, "addressPrefix"), message }];
}

function spokeNameMistakes({ spoke }: Environment): readonly Mistake[] {
  return spoke.subnets.flatMap(({ name }, index) => {
    const reserved = platformSubnets.find((platform) => platform.toLowerCase() === name.toLowerCase());
    if (reserved === undefined) return [];
    const message = `Azure keeps the name ${reserved} for a service of its own; nodes and Application Gateways need a subnet with another name.`;
    return [{ pointer: environmentPointer("spoke", "subnets", index, "name"), message }];
  });
}

/** Addresses that Azure keeps in every subnet. Source: learn.microsoft.com/azure/virtual-network/virtual-networks-faq, checked 2026-11. */
const RESERVED_ADDRESS_COUNT = 5;

function usedSubnetMistakes(environment: Environment): readonly Mistake[] {
  const { spoke, gateway, cluster } = environment;
  const gatewayPrefix = prefixOf(environment, gateway.subnet);
  const clusterPrefix = prefixOf(environment, cluster.subnet);
  return [
    ...missingSubnet(environment, gateway.subnet, environmentPointer("gateway", "subnet"), "the gateway"),
    ...missingSubnet(environment, cluster.subnet, environmentPointer("cluster", "subnet"), "the cluster"),
    ...(gateway.subnet.toLowerCase() === cluster.subnet.toLowerCase()
      ? [
          {
            pointer: environmentPointer("cluster", "subnet"),
            message: `"${cluster.subnet}" is the gateway's subnet, and an Application Gateway shares its subnet with nothing else.`,
            concerns: [environmentPointer("gateway", "subnet")],
          },
        ]
      : []),
    ...(gatewayPrefix === undefined || environment.adopt?.gateway !== undefined
      ? []
      : gatewayTooSmall(
          environment,
          gatewayPrefix,
          spoke.subnets.findIndex(({ name }) => name === gateway.subnet),
        )),
    ...(clusterPrefix === undefined
      ? []
      : nodesTooMany(
          environment,
          clusterPrefix,
          spoke.subnets.findIndex(({ name }) => name === cluster.subnet),
        )),
  ];
}

function missingSubnet({ spoke }: Environment, name: string, pointer: string, whose: string): readonly Mistake[] {
  const names = spoke.subnets.map((subnet) => subnet.name);
  if (names.includes(name)) return [];
  const meant = nearest(name, names);
  const message = `The spoke has no subnet "${name}" for ${whose}; it has ${names.length === 0 ? "none" : names.join(", ")}.`;
  return [
    {
      pointer,
      message,
      concerns: [environmentPointer("spoke", "subnets")],
      ...(meant === undefined ? {} : { example: meant }),
    },
  ];
}

/** An instance each, and one address for a private frontend. Source: learn.microsoft.com/azure/application-gateway/configuration-infrastructure, checked 2026-11. */
function gatewayTooSmall({ gateway }: Environment, prefix: AddressPrefix, index: number): readonly Mistake[] {
  const needed = gateway.maxCapacity + 1 + RESERVED_ADDRESS_COUNT;
  if (addressCount(prefix) >= needed) return [];
  const message = `${prefix.text} of ${gateway.subnet} is too small: ${gateway.maxCapacity} gateway instances, a frontend and Azure's own ${RESERVED_ADDRESS_COUNT} need ${needed} addresses, it has ${addressCount(prefix)}. Microsoft recommends a /24.`;
  return [
    {
      pointer: environmentPointer("spoke", "subnets", index, "addressPrefix"),
      message,
      concerns: [environmentPointer("gateway", "maxCapacity")],
    },
  ];
}

/** Every node has an address of the subnet, with "azure" every pod that it could run as well, and while a pool is upgraded there are more nodes. */
function nodesTooMany({ cluster }: Environment, prefix: AddressPrefix, index: number): readonly Mistake[] {
  const podsInSubnet = pluginManners[cluster.networkPlugin].podsInSubnet;
  const needed = nodeCountMax(cluster) * (podsInSubnet ? cluster.maxPods + 1 : 1) + RESERVED_ADDRESS_COUNT;
  if (addressCount(prefix) >= needed) return [];
  const pods = podsInSubnet ? ` with ${cluster.maxPods} pods each` : "";
  const message = `${prefix.text} of ${cluster.subnet} is too small: ${nodesInWords(cluster)}${pods}, and Azure's own ${RESERVED_ADDRESS_COUNT}, need ${needed} addresses, it has ${addressCount(prefix)}.`;
  const concerns = [...nodeCountFields, "maxPods", "networkPlugin"].map((field) =>
    environmentPointer("cluster", field),
  );
  return [{ pointer: environmentPointer("spoke", "subnets", index, "addressPrefix"), message, concerns }];
}

function prefixOf({ spoke }: Environment, name: string): AddressPrefix | undefined {
  const subnet = spoke.subnets.find((candidate) => candidate.name === name);
  return subnet === undefined ? undefined : parsePrefix(subnet.addressPrefix);
}
