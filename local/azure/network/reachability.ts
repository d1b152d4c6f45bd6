import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { effectiveRoutes, selectRoute } from "./effectiveRoutes.ts";
import { carriesForwardedTraffic, carriesTraffic, parentOf, peersOf, subnetHolding } from "./topology.ts";

/** The subnet that holds an address in the source's own network or in one that is peered with it and lets the traffic in. */
export function reachableSubnet(
  world: AzureWorld,
  source: StoredResource,
  address: string,
  forwarded = false,
): StoredResource | undefined {
  const own = parentOf(world, source);
  if (own === undefined) return undefined;
  const local = subnetHolding(world, own.id, address);
  if (local !== undefined) return local;
  const accepts = forwarded ? carriesForwardedTraffic : carriesTraffic;
  for (const peer of peersOf(world, own.id).filter(accepts)) {
    const remote = subnetHolding(world, peer.virtualNetwork.id, address);
    if (remote !== undefined) return remote;
  }
  return undefined;
}

/** Says why the reply to a packet that came directly would not go back directly: firewalls drop replies to connections they have not seen begin. */
export function lostReply(world: AzureWorld, replying: StoredResource, sourceAddress: string): string | undefined {
  const back = selectRoute(effectiveRoutes(world, replying), sourceAddress);
  if (back?.nextHopType === "VnetLocal" || back?.nextHopType === "VNetPeering") return undefined;
  return `asymmetric routing: ${back?.title ?? "no route"} of subnet ${replying.name} sends the reply to ${sourceAddress} another way, where nobody knows the connection`;
}

/** The same for a packet that came through a firewall: the reply must go back through that one. */
export function lostFirewallReply(
  world: AzureWorld,
  replying: StoredResource,
  sourceAddress: string,
  firewall: { readonly name: string; readonly privateAddress: string },
): string | undefined {
  const back = selectRoute(effectiveRoutes(world, replying), sourceAddress);
  const isAddressedToFirewall = sourceAddress === firewall.privateAddress;
  const returns = isAddressedToFirewall
    ? back?.nextHopType === "VnetLocal" || back?.nextHopType === "VNetPeering"
    : back?.nextHopIpAddress === firewall.privateAddress;
  if (returns) return undefined;
  return `asymmetric routing: ${back?.title ?? "no route"} of subnet ${replying.name} sends the reply to ${sourceAddress} past firewall ${firewall.name}`;
}
