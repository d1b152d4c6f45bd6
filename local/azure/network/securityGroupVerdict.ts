import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { defaultSecurityRules } from "./defaultSecurityRules.ts";
import { effectiveRoutes } from "./effectiveRoutes.ts";
import { type AddressRange, containsAddress, isPrivate, parseAddress, parsePrefix } from "./ipv4.ts";
import { idAt, numberAt, oneOrMany, sameText, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { platformAddresses, serviceTagPrefixes } from "./serviceTags.ts";
import { addressSpaceOf, carriesTraffic, parentOf, peersOf } from "./topology.ts";

export interface SecurityPacket {
  readonly direction: "Inbound" | "Outbound";
  readonly sourceAddress: string;
  readonly destinationAddress: string;
  readonly port: number;
  readonly transport: "Tcp" | "Udp";
}

export interface SecurityVerdict {
  readonly allowed: boolean;
  readonly reason: string;
}

/** What the security group of a subnet says of a packet that enters or leaves it; a subnet without one lets all pass. */
export function securityGroupVerdict(
  world: AzureWorld,
  subnet: StoredResource,
  packet: SecurityPacket,
): SecurityVerdict {
  const groupId = idAt(subnet.body, "properties.networkSecurityGroup");
  const group = groupId === undefined ? undefined : world.store.get(groupId);
  if (group === undefined) return { allowed: true, reason: `subnet ${subnet.name} has no network security group` };
  const rules = rulesByPriority(world, group, packet.direction);
  const tags = tagRanges(world, subnet);
  const deciding = rules.find((rule) => ruleMatches(rule.properties, packet, tags));
  const allowed = sameText(textAt(deciding?.properties, "access"), "Allow");
  return {
    allowed,
    reason: `rule ${deciding?.name ?? "none"} of network security group ${group.name} ${allowed ? "allows" : "denies"} ${packet.direction.toLowerCase()} ${packet.transport} from ${packet.sourceAddress} to ${packet.destinationAddress}:${packet.port}`,
  };
}

interface NamedRule {
  readonly name: string;
  readonly properties: JsonObject;
}

function rulesByPriority(world: AzureWorld, group: StoredResource, direction: string): NamedRule[] {
  const own = world.store
    .children(group.id, networkType.securityRule)
    .map((rule) => ({ name: rule.name, properties: rule.body.properties ?? {} }));
  return [...own, ...defaultSecurityRules]
    .filter((rule) => sameText(textAt(rule.properties, "direction"), direction))
    .sort(
      (left, right) => (numberAt(left.properties, "priority") ?? 0) - (numberAt(right.properties, "priority") ?? 0),
    );
}

function ruleMatches(rule: JsonObject, packet: SecurityPacket, tags: SubnetTags): boolean {
  const protocol = textAt(rule, "protocol") ?? "*";
  if (protocol !== "*" && !sameText(protocol, packet.transport)) return false;
  // Source ports are ephemeral: a rule that names some never catches a new connection of a client.
  if (!matchesPort(oneOrMany(rule, "sourcePortRange", "sourcePortRanges"), undefined)) return false;
  if (!matchesPort(oneOrMany(rule, "destinationPortRange", "destinationPortRanges"), packet.port)) return false;
  const sources = oneOrMany(rule, "sourceAddressPrefix", "sourceAddressPrefixes");
  const destinations = oneOrMany(rule, "destinationAddressPrefix", "destinationAddressPrefixes");
  return (
    sources.some((prefix) => matchesAddress(prefix, packet.sourceAddress, tags)) &&
    destinations.some((prefix) => matchesAddress(prefix, packet.destinationAddress, tags))
  );
}

function matchesPort(ranges: readonly string[], port: number | undefined): boolean {
  return ranges.some((range) => {
    if (range === "*") return true;
    const [from, to = from] = range.split("-").map(Number);
    if (from === undefined || to === undefined) return false;
    return port === undefined ? from <= 1024 && to === 65535 : from <= port && port <= to;
  });
}

function matchesAddress(prefix: string, address: string, tags: SubnetTags): boolean {
  const number = parseAddress(address);
  if (number === undefined) return false;
  if (prefix === "*") return true;
  const range = parsePrefix(prefix);
  if (range !== undefined) return containsAddress(range, number);
  const isVirtualNetwork = tags.virtualNetwork.some((part) => containsAddress(part, number));
  if (sameText(prefix, "VirtualNetwork")) return isVirtualNetwork;
  if (sameText(prefix, "Internet")) return !isVirtualNetwork && !isPrivate(number) && !isPlatform(address);
  return serviceTagPrefixes(prefix)?.some((part) => containsAddress(part, number)) ?? false;
}

function isPlatform(address: string): boolean {
  return platformAddresses.some((platform) => platform === address);
}

interface SubnetTags {
  readonly virtualNetwork: readonly AddressRange[];
}

/**
 * The tag VirtualNetwork holds the network's own space, that of its peers, and the prefixes of the subnet's user-defined
 * routes: with 0.0.0.0/0 in the table it means every address.
 * Source: learn.microsoft.com/azure/virtual-network/service-tags-overview, checked 2026-11.
 */
function tagRanges(world: AzureWorld, subnet: StoredResource): SubnetTags {
  const virtualNetwork = parentOf(world, subnet);
  if (virtualNetwork === undefined) return { virtualNetwork: [] };
  const peers = peersOf(world, virtualNetwork.id).filter(carriesTraffic);
  const userRoutes = effectiveRoutes(world, subnet).filter(
    (route) => route.source === "User" && route.nextHopType !== "Internet" && route.nextHopType !== "None",
  );
  return {
    virtualNetwork: [
      ...addressSpaceOf(virtualNetwork),
      ...peers.flatMap((peer) => addressSpaceOf(peer.virtualNetwork)),
      ...userRoutes.map((route) => route.prefix),
    ],
  };
}
