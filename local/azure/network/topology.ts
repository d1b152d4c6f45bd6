import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { type AddressRange, containsAddress, parseAddress, parsePrefixes } from "./ipv4.ts";
import { flagAt, idAt, oneOrMany, sameText, textAt, textsAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";

/** What is connected to what: virtual networks, their subnets and peerings, as they are stored now. */
export function allOf(world: AzureWorld, type: string): StoredResource[] {
  return world.store.list(type, `/subscriptions/${world.subscriptionId}`);
}

export function addressSpaceOf(virtualNetwork: StoredResource): AddressRange[] {
  return parsePrefixes(textsAt(virtualNetwork.body, "properties.addressSpace.addressPrefixes"));
}

export function subnetPrefixes(subnet: StoredResource): AddressRange[] {
  return parsePrefixes(oneOrMany(subnet.body, "properties.addressPrefix", "properties.addressPrefixes"));
}

export function subnetsOf(world: AzureWorld, virtualNetworkId: string): StoredResource[] {
  return world.store.children(virtualNetworkId, networkType.subnet);
}

export function parentOf(world: AzureWorld, resource: StoredResource): StoredResource | undefined {
  const parentId = parseResourceId(resource.id)?.parentId;
  return parentId === undefined ? undefined : world.store.get(parentId);
}

/** A peering that is Connected, seen from one of its two networks. */
export interface Peer {
  readonly virtualNetwork: StoredResource;
  /** The peering on this side, and the one on the other side. */
  readonly peering: StoredResource;
  readonly remotePeering: StoredResource;
}

export function peersOf(world: AzureWorld, virtualNetworkId: string): Peer[] {
  return world.store.children(virtualNetworkId, networkType.peering).flatMap((peering) => {
    const remoteId = idAt(peering.body, "properties.remoteVirtualNetwork");
    const virtualNetwork = remoteId === undefined ? undefined : world.store.get(remoteId);
    if (virtualNetwork === undefined || textAt(peering.body, "properties.peeringState") !== "Connected") return [];
    const remotePeering = peeringTowards(world, virtualNetwork.id, virtualNetworkId);
    return remotePeering === undefined ? [] : [{ virtualNetwork, peering, remotePeering }];
  });
}

/** The peering that a network has with another one, whatever its state. */
export function peeringTowards(world: AzureWorld, fromId: string, toId: string): StoredResource | undefined {
  return world.store
    .children(fromId, networkType.peering)
    .find((peering) => sameText(idAt(peering.body, "properties.remoteVirtualNetwork"), toId));
}

/** Whether packets may go from the near to the far network of a peering: both sides must allow it. */
export function carriesTraffic(peer: Peer): boolean {
  return [peer.peering, peer.remotePeering].every((side) => allowsAccess(side));
}

/** Whether packets that did not start in the near network are taken over by the far one. */
export function carriesForwardedTraffic(peer: Peer): boolean {
  return carriesTraffic(peer) && flagAt(peer.remotePeering.body, "properties.allowForwardedTraffic");
}

/** Azure's default is true. */
function allowsAccess(peering: StoredResource): boolean {
  return peering.body.properties?.allowVirtualNetworkAccess === undefined
    ? true
    : flagAt(peering.body, "properties.allowVirtualNetworkAccess");
}

/** The subnet of a network that holds an address. */
export function subnetHolding(
  world: AzureWorld,
  virtualNetworkId: string,
  address: string,
): StoredResource | undefined {
  const number = parseAddress(address);
  if (number === undefined) return undefined;
  return subnetsOf(world, virtualNetworkId).find((subnet) =>
    subnetPrefixes(subnet).some((prefix) => containsAddress(prefix, number)),
  );
}

/** The subnet that holds an address in any network; the first created one when unconnected networks use the same prefixes. */
export function findSubnet(world: AzureWorld, address: string): StoredResource | undefined {
  for (const virtualNetwork of allOf(world, networkType.virtualNetwork)) {
    const subnet = subnetHolding(world, virtualNetwork.id, address);
    if (subnet !== undefined) return subnet;
  }
  return undefined;
}
