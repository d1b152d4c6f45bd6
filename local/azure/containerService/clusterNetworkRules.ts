/**
 * What AKS refuses in a cluster's network. Codes and texts: as public issues and logs quote them; reserved ranges:
 * learn.microsoft.com/azure/aks/configure-kubenet; checked 2026-11.
 */
import { ArmError } from "../core/armError.ts";
import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { listField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { notModelled } from "../network/bodyShape.ts";
import { type AddressRange, containsAddress, overlaps, parseAddress, parsePrefix } from "../network/ipv4.ts";
import { addressSpaceOf, peersOf } from "../network/topology.ts";

/** Ranges that AKS keeps for itself. */
export const RESERVED_PREFIXES: readonly string[] = [
  "169.254.0.0/16",
  "172.30.0.0/16",
  "172.31.0.0/16",
  "192.0.2.0/24",
];
const DEFAULT_ROUTE = "0.0.0.0/0";
/** Largest service range. Source: learn.microsoft.com/azure/aks/azure-cni-overview ("smaller than a /12"). */
const SHORTEST_SERVICE_PREFIX_BITS = 12;

/** Throws for a network profile that is inconsistent in itself. */
export function checkNetworkProfile(profile: JsonObject): void {
  const plugin = textField(profile, "networkPlugin");
  const mode = textField(profile, "networkPluginMode");
  if (plugin === "kubenet" && textField(profile, "networkPolicy") === "azure") {
    throw refusal(
      "NetworkPolicyAzureNotSupportedForKubenet",
      "Network policy azure is not supported for network plugin kubenet.",
    );
  }
  if (plugin === undefined)
    throw notModelled(
      "AKS's choice of a network plugin",
      "Send networkPlugin azure (with networkPluginMode overlay, which is AKS's default, or without), or networkPlugin kubenet.",
    );
  if (plugin !== "azure" && plugin !== "kubenet")
    throw notModelled(`networkPlugin ${plugin}`, "Send networkPlugin azure or kubenet.");
  if (mode !== undefined && mode !== "overlay")
    throw refusal("NetworkModeInvalid", `Network plugin mode ${mode} is invalid; the only mode is overlay.`);
  if (mode !== undefined && plugin === "kubenet")
    throw refusal(
      "NetworkModeNotSupported",
      "Network plugin mode overlay is not supported for network plugin kubenet.",
    );
  checkOutbound(profile);
  checkServiceRange(profile);
}

function checkOutbound(profile: JsonObject): void {
  const type = textField(profile, "outboundType") ?? "loadBalancer";
  const known = ["loadBalancer", "userDefinedRouting", "managedNATGateway", "userAssignedNATGateway", "none", "block"];
  if (!known.includes(type)) throw refusal("UnsupportedOutboundType", `Outbound type ${type} is not supported.`);
  if (type !== "userDefinedRouting")
    throw notModelled(
      `outboundType ${type}`,
      "Send outboundType userDefinedRouting with a route table on the node subnet.",
    );
  if (profile.loadBalancerProfile !== undefined) {
    throw refusal(
      "InvalidUserDefinedRoutingWithLoadBalancerProfile",
      "Load balancer profile must not be set when outboundType is userDefinedRouting. Please see http://aka.ms/aks/outboundtype",
    );
  }
  const sku = (textField(profile, "loadBalancerSku") ?? "standard").toLowerCase();
  if (sku !== "standard") {
    throw refusal(
      "UnexpectedLoadBalancerSkuForCurrentOutboundConfiguration",
      `Unexpected load balancer SKU ${sku} for outboundType userDefinedRouting; it must be standard.`,
    );
  }
}

function checkServiceRange(profile: JsonObject): void {
  const text = textField(profile, "serviceCidr") ?? "10.0.0.0/16";
  const range = parsePrefix(text);
  if (range === undefined || !text.includes("/") || (range.lengthBits ?? 0) < SHORTEST_SERVICE_PREFIX_BITS) {
    throw refusal(
      "InvalidServiceCidr",
      `The service CIDR ${text} is no prefix of at most /${SHORTEST_SERVICE_PREFIX_BITS}.`,
    );
  }
  const reserved = RESERVED_PREFIXES.find((prefix) => overlaps(range, prefixOf(prefix)));
  if (reserved !== undefined)
    throw refusal(
      "ServiceCidrOverlapReservedCidr",
      `Service CIDR ${text} overlaps ${reserved}, which AKS keeps for itself.`,
    );
  const dns = textField(profile, "dnsServiceIP") ?? "";
  const address = parseAddress(dns);
  if (address === undefined || !containsAddress(range, address)) {
    throw refusal("DnsServiceIpOutOfServiceCidr", `DNS service IP ${dns} is not within the service CIDR ${text}.`);
  }
  if (address === range.first || address === range.first + 1) {
    throw refusal(
      "InvalidDnsServiceIp",
      `DNS service IP ${dns} is the first address of the service CIDR ${text}, which is kept for the API server.`,
    );
  }
}

/** Throws unless the subnet can hold the nodes of a cluster with this profile. */
export function checkNodeSubnet(world: AzureWorld, subnet: StoredResource, profile: JsonObject): void {
  const delegations = listField(subnet.body, "properties", "delegations");
  if (delegations.length > 0) {
    throw refusal(
      "SubnetIsDelegated",
      `Subnet ${subnet.id} is delegated to ${textField(delegations[0], "properties", "serviceName")} and cannot hold an agent pool.`,
    );
  }
  checkServiceRangeAgainst(world, subnet, profile);
  checkUserDefinedRoute(world, subnet);
}

/** The service range may overlap no network that pods can reach. */
function checkServiceRangeAgainst(world: AzureWorld, subnet: StoredResource, profile: JsonObject): void {
  const services = prefixOf(textField(profile, "serviceCidr") ?? "10.0.0.0/16");
  const own = world.store.get(parseResourceId(subnet.id)?.parentId ?? "");
  if (own === undefined) return;
  for (const network of [own, ...peersOf(world, own.id).map((peer) => peer.virtualNetwork)]) {
    const clash = addressSpaceOf(network).find((range) => overlaps(range, services));
    if (clash !== undefined) {
      throw refusal(
        "ServiceCidrOverlapExistingSubnetsCidr",
        `The specified service CIDR ${services.text} is conflicted with an existing subnet CIDR ${clash.text} of virtual network ${network.name}`,
      );
    }
  }
}

function checkUserDefinedRoute(world: AzureWorld, subnet: StoredResource): void {
  const tableId = textField(objectField(subnet.body, "properties"), "routeTable", "id");
  const table = tableId === undefined ? undefined : world.store.get(tableId);
  if (table === undefined) {
    throw refusal(
      "ExistingRouteTableNotAssociatedWithSubnet",
      `An existing route table has not been associated with subnet ${subnet.id}. Please update the route table association`,
    );
  }
  const route = world.store
    .children(table.id, "Microsoft.Network/routeTables/routes")
    .find((candidate) => textField(candidate.body, "properties", "addressPrefix") === DEFAULT_ROUTE);
  if (route === undefined) {
    throw refusal(
      "RouteTableMissingDefaultRouteError",
      `Route table ${table.id} of subnet ${subnet.id} has no route for ${DEFAULT_ROUTE}. Please see http://aka.ms/aks/outboundtype`,
    );
  }
  const nextHop = textField(route.body, "properties", "nextHopType") ?? "";
  if (nextHop === "VirtualAppliance" || nextHop === "VirtualNetworkGateway") return;
  throw refusal(
    "RouteTableInvalidNextHop",
    `Default route ${DEFAULT_ROUTE} has a next hop of ${nextHop} but only next hops of VirtualAppliance or VirtualNetworkGateway are allowed. Please see http://aka.ms/aks/outboundtype`,
  );
}

function prefixOf(text: string): AddressRange {
  const range = parsePrefix(text);
  if (range === undefined) throw new Error(`${text} was accepted as a prefix and is none.`);
  return range;
}

function refusal(code: string, message: string): ArmError {
  return new ArmError(400, code, message);
}
