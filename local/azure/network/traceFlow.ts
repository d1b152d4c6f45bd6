import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { type EffectiveRoute, effectiveRoutes, selectRoute } from "./effectiveRoutes.ts";
import {
  firewallPrivateAddress,
  firewallPublicAddress,
  firewallSubnetId,
  runningFirewallAt,
} from "./firewallAddresses.ts";
import { firewallRules } from "./firewallRules.ts";
import { type FirewallVerdict, firewallVerdict } from "./firewallVerdict.ts";
import { formatAddress, isPrivate, parseAddress, parsePrefix } from "./ipv4.ts";
import { flagAt, sameText } from "./jsonRead.ts";
import { overlayNode } from "./overlayDelivery.ts";
import { fnv1a } from "./publicDns.ts";
import { lostFirewallReply, lostReply, reachableSubnet } from "./reachability.ts";
import { securityGroupVerdict } from "./securityGroupVerdict.ts";
import { platformAddresses } from "./serviceTags.ts";
import { findSubnet } from "./topology.ts";

/** A new connection that somebody tries to open. */
export interface Flow {
  /** The address that leaves the subnet: of a node, a pod or an instance of the gateway. */
  readonly sourceAddress: string;
  /** Only needed where unconnected networks use the same prefixes; else the subnet is found by the address. */
  readonly sourceSubnetId?: string;
  readonly destination: { readonly address: string; readonly fqdn?: string };
  readonly port: number;
  readonly protocol: "TCP" | "UDP" | "HTTP" | "HTTPS";
}

export interface FlowVerdict {
  readonly allowed: boolean;
  readonly via: "direct" | "peering" | "firewall" | "internet" | "serviceEndpoint" | "appliance" | "none";
  /** One sentence that names the resource and rule that decided. */
  readonly reason: string;
  /** Address that the packet was handed to when a route sent it to an appliance that is not a firewall (a kubenet node). */
  readonly handedTo?: string;
  /** Source address after SNAT. */
  readonly sourceAddressSeen: string;
  readonly firewall?: FirewallVerdict & { readonly firewallId: string };
  /** Hops in words. */
  readonly path: readonly string[];
}

/** Works out whether a packet passes, from the routes, security groups, peerings and firewall rules as they stand now. */
export function traceFlow(world: AzureWorld, flow: Flow): FlowVerdict {
  const { address } = flow.destination;
  const source = sourceSubnetOf(world, flow);
  if (parseAddress(address) === undefined) return dropped(flow, [], `${address} is no IPv4 address`);
  if (source === undefined) return dropped(flow, [], `no subnet holds the source address ${flow.sourceAddress}`);
  const path = [`subnet ${source.name} (${flow.sourceAddress})`];
  if (platformAddresses.some((platform) => platform === address)) {
    return passed(flow, "direct", path, `${address} is answered by the platform on the host and is never routed`);
  }
  const route = selectRoute(effectiveRoutes(world, source), address);
  const node = overlayNode(world, flow.sourceAddress, address, route);
  if (node !== undefined) return deliverToOverlay(world, flow, node);
  const outbound = securityGroupVerdict(world, source, packetOf(flow, "Outbound"));
  if (!outbound.allowed) return dropped(flow, path, outbound.reason);
  if (route === undefined) return dropped(flow, path, `subnet ${source.name} has no route to ${address}`);
  return follow({ world, flow, source, route, path });
}

/** Azure wraps the packet and hands it to the node; routes and security groups see the wrapping only. */
function deliverToOverlay(world: AzureWorld, flow: Flow, node: string): FlowVerdict {
  const { address } = flow.destination;
  const outer = traceFlow(world, { ...flow, destination: { address: node } });
  if (!outer.allowed) return outer;
  const reason = `the overlay hands packets to ${address} to node ${node}; ${outer.reason}`;
  return { ...outer, reason, handedTo: node, path: [...outer.path, `overlay address ${address}`] };
}

interface Hop {
  readonly world: AzureWorld;
  readonly flow: Flow;
  readonly source: StoredResource;
  readonly route: EffectiveRoute;
  readonly path: readonly string[];
}

function follow(hop: Hop): FlowVerdict {
  const { flow, route, path } = hop;
  const { address } = flow.destination;
  switch (route.nextHopType) {
    case "VnetLocal":
    case "VNetPeering":
      return deliverDirectly(hop);
    case "Internet":
      return leaveToInternet(hop);
    case "VirtualNetworkServiceEndpoint":
      return passed(
        flow,
        "serviceEndpoint",
        [...path, route.title],
        `${route.title} takes ${address} past every route table and firewall`,
      );
    case "VirtualAppliance":
      return handToAppliance(hop);
    case "VirtualNetworkGateway":
      return dropped(flow, path, `${route.title} leads to a virtual network gateway, and there is none`);
    case "None":
      return dropped(flow, path, `${route.title} drops packets to ${address}`);
  }
}

function deliverDirectly(hop: Hop): FlowVerdict {
  const { world, flow, source, route, path } = hop;
  const { address } = flow.destination;
  const destination = reachableSubnet(world, source, address);
  if (destination === undefined)
    return dropped(flow, path, `no subnet holds ${address}, to which ${route.title} leads`);
  const hops = [...path, route.title, `subnet ${destination.name} (${address})`];
  const proxy = dnsProxyAt(world, flow, destination);
  if (proxy !== undefined) return passed(flow, viaOf(route), hops, `the DNS proxy of firewall ${proxy.name} answers`);
  const inbound = securityGroupVerdict(world, destination, packetOf(flow, "Inbound"));
  if (!inbound.allowed) return dropped(flow, hops, inbound.reason);
  const lost = lostReply(world, destination, flow.sourceAddress);
  if (lost !== undefined) return dropped(flow, hops, lost);
  return passed(flow, viaOf(route), hops, `${route.title} reaches subnet ${destination.name}; ${inbound.reason}`);
}

function viaOf(route: EffectiveRoute): "direct" | "peering" {
  return route.nextHopType === "VNetPeering" ? "peering" : "direct";
}

function leaveToInternet(hop: Hop): FlowVerdict {
  const { flow, source, route, path } = hop;
  const { address } = flow.destination;
  if (isPrivate(parseAddress(address) ?? 0))
    return dropped(
      flow,
      path,
      `${route.title} leads to the internet, which has no route to the private address ${address}`,
    );
  if (
    source.body.properties?.defaultOutboundAccess !== undefined &&
    !flagAt(source.body, "properties.defaultOutboundAccess")
  ) {
    return dropped(
      flow,
      path,
      `subnet ${source.name} is private (defaultOutboundAccess is false) and ${route.title} needs an outbound method`,
    );
  }
  const seen = defaultOutboundAddress(flow.sourceAddress);
  const reason = `${route.title} lets subnet ${source.name} reach ${address} without passing any firewall`;
  return { ...passed(flow, "internet", [...path, "internet"], reason), sourceAddressSeen: seen };
}

function handToAppliance(hop: Hop): FlowVerdict {
  const { world, flow, source, route, path } = hop;
  const appliance = route.nextHopIpAddress ?? "";
  const holder = reachableSubnet(world, source, appliance);
  if (holder === undefined) {
    return dropped(
      flow,
      path,
      `${route.title} leads to ${appliance}, which neither the network of subnet ${source.name} nor a connected peer holds`,
    );
  }
  const hops = [...path, `${route.title} to ${appliance}`];
  const firewall = runningFirewallAt(world, holder, appliance);
  if (firewall !== undefined) return passFirewall(hop, firewall, hops);
  if (!isPrivate(parseAddress(flow.destination.address) ?? 0) || sameText(holder.name, "AzureFirewallSubnet")) {
    return dropped(flow, hops, `no firewall that has been made answers at ${appliance}, to which ${route.title} leads`);
  }
  const inbound = securityGroupVerdict(world, holder, packetOf(flow, "Inbound"));
  if (!inbound.allowed) return dropped(flow, hops, inbound.reason);
  const lost = lostReply(world, holder, flow.sourceAddress);
  if (lost !== undefined) return dropped(flow, hops, lost);
  const reason = `${route.title} hands packets to ${flow.destination.address} to the appliance ${appliance}`;
  return { ...passed(flow, "appliance", hops, reason), handedTo: appliance };
}

function passFirewall(hop: Hop, firewall: StoredResource, path: readonly string[]): FlowVerdict {
  const { world, flow } = hop;
  const verdict = firewallVerdict(world, firewall, {
    sourceAddress: flow.sourceAddress,
    destinationAddress: flow.destination.address,
    fqdn: flow.destination.fqdn,
    port: flow.port,
    protocol: flow.protocol,
  });
  const decided = { ...verdict, firewallId: firewall.id };
  const hops = [...path, `firewall ${firewall.name}`];
  const rule =
    verdict.rule === undefined ? verdict.actionReason : `rule ${verdict.rule} of collection ${verdict.ruleCollection}`;
  if (verdict.action === "Deny") {
    const reason = `firewall ${firewall.name} denies ${flow.protocol} to ${flow.destination.fqdn ?? flow.destination.address}:${flow.port} (${rule})`;
    return { ...dropped(flow, hops, reason), via: "firewall", firewall: decided };
  }
  const reason = `firewall ${firewall.name} allows ${flow.protocol} to ${flow.destination.fqdn ?? flow.destination.address}:${flow.port} (${rule})`;
  if (!isPrivate(parseAddress(flow.destination.address) ?? 0)) {
    const seen = firewallPublicAddress(world, firewall) ?? flow.sourceAddress;
    return { ...passed(flow, "firewall", [...hops, "internet"], reason), sourceAddressSeen: seen, firewall: decided };
  }
  return { ...deliverFromFirewall(hop, firewall, hops, verdict, reason), firewall: decided };
}

/** Traffic between private addresses: no SNAT for network rules, so the reply must find its way back through the same firewall. */
function deliverFromFirewall(
  hop: Hop,
  firewall: StoredResource,
  path: readonly string[],
  verdict: FirewallVerdict,
  reason: string,
): FlowVerdict {
  const { world, flow } = hop;
  const { address } = flow.destination;
  const translated = verdict.table === "AZFWApplicationRule";
  const firewallAddress = firewallPrivateAddress(firewall) ?? "";
  const own = world.store.get(firewallSubnetId(firewall) ?? "");
  const destination = own && reachableSubnet(world, own, address, !translated);
  if (destination === undefined) {
    return dropped(
      flow,
      path,
      `firewall ${firewall.name} cannot hand the packet on: no connected network that accepts ${translated ? "its" : "forwarded"} traffic holds ${address}`,
    );
  }
  const hops = [...path, `subnet ${destination.name} (${address})`];
  const seen = translated ? firewallAddress : flow.sourceAddress;
  const inbound = securityGroupVerdict(world, destination, { ...packetOf(flow, "Inbound"), sourceAddress: seen });
  if (!inbound.allowed) return dropped(flow, hops, inbound.reason);
  const lost = lostFirewallReply(world, destination, seen, { name: firewall.name, privateAddress: firewallAddress });
  if (lost !== undefined) return dropped(flow, hops, lost);
  return { ...passed(flow, "firewall", hops, reason), sourceAddressSeen: seen };
}

function sourceSubnetOf(world: AzureWorld, flow: Flow): StoredResource | undefined {
  return flow.sourceSubnetId === undefined
    ? findSubnet(world, flow.sourceAddress)
    : world.store.get(flow.sourceSubnetId);
}

function dnsProxyAt(world: AzureWorld, flow: Flow, holder: StoredResource): StoredResource | undefined {
  const firewall = flow.port === 53 ? runningFirewallAt(world, holder, flow.destination.address) : undefined;
  return firewall !== undefined && firewallRules(world, firewall).dnsProxy ? firewall : undefined;
}

function packetOf(flow: Flow, direction: "Inbound" | "Outbound") {
  return {
    direction,
    sourceAddress: flow.sourceAddress,
    destinationAddress: flow.destination.address,
    port: flow.port,
    transport: sameText(flow.protocol, "UDP") ? "Udp" : "Tcp",
  } as const;
}

/** Azure lends subnets without an outbound method an address of its own, which nobody can rely on; here it follows from the source. */
function defaultOutboundAddress(sourceAddress: string): string {
  const block = parsePrefix("20.199.0.0/16");
  return formatAddress((block?.first ?? 0) + 1 + (fnv1a(sourceAddress) % 65_000));
}

function passed(flow: Flow, via: FlowVerdict["via"], path: readonly string[], reason: string): FlowVerdict {
  return { allowed: true, via, reason, sourceAddressSeen: flow.sourceAddress, path };
}

function dropped(flow: Flow, path: readonly string[], reason: string): FlowVerdict {
  return { allowed: false, via: "none", reason, sourceAddressSeen: flow.sourceAddress, path };
}
