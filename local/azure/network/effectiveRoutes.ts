import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { type AddressRange, containsAddress, parseAddress, parsePrefix, parsePrefixes } from "./ipv4.ts";
import { idAt, objectsAt, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { serviceEndpointTags, serviceTagPrefixes } from "./serviceTags.ts";
import { addressSpaceOf, carriesTraffic, parentOf, peersOf } from "./topology.ts";

/**
 * The routes of a subnet: the system's, the peerings', the service endpoints' and those of its route table.
 * Source: learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview, checked 2026-11.
 */
export interface EffectiveRoute {
  readonly prefix: AddressRange;
  readonly nextHopType:
    | "VnetLocal"
    | "VNetPeering"
    | "Internet"
    | "None"
    | "VirtualAppliance"
    | "VirtualNetworkGateway"
    | "VirtualNetworkServiceEndpoint";
  readonly nextHopIpAddress?: string;
  readonly source: "User" | "Default";
  /** The route's name for a reader, e.g. "route dzk8sfw1 of table secureaks1-rt". */
  readonly title: string;
}

const everything: AddressRange = { text: "0.0.0.0/0", first: 0, last: 2 ** 32 - 1, lengthBits: 0 };

/** Private space that Azure drops unless a network or a route has a use for it. */
const droppedRoutes = parsePrefixes(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]).map((prefix) =>
  systemRoute(prefix, "None", `the system route ${prefix.text} to nowhere`),
);

export function effectiveRoutes(world: AzureWorld, subnet: StoredResource): EffectiveRoute[] {
  const own = userRoutes(world, subnet);
  // Whoever takes over 0.0.0.0/0 takes over the unused private space with it.
  const overridesDefault = own.some((route) => route.prefix.lengthBits === 0);
  const nowhere = overridesDefault ? [] : droppedRoutes;
  return [...systemRoutes(world, subnet), ...nowhere, ...endpointRoutes(subnet), ...own];
}

/** The route a packet takes: service endpoints first (no table overrides them), then the longest prefix, then a user's before the system's. */
export function selectRoute(routes: readonly EffectiveRoute[], destination: string): EffectiveRoute | undefined {
  const address = parseAddress(destination);
  if (address === undefined) return undefined;
  return routes
    .filter((route) => containsAddress(route.prefix, address))
    .reduce<EffectiveRoute | undefined>((best, route) => (best && rank(best) >= rank(route) ? best : route), undefined);
}

function rank(route: EffectiveRoute): number {
  const endpoint = route.nextHopType === "VirtualNetworkServiceEndpoint" ? 1000 : 0;
  return endpoint + (route.prefix.lengthBits ?? 32) * 2 + (route.source === "User" ? 1 : 0);
}

function systemRoutes(world: AzureWorld, subnet: StoredResource): EffectiveRoute[] {
  const virtualNetwork = parentOf(world, subnet);
  if (virtualNetwork === undefined) return [];
  const local = addressSpaceOf(virtualNetwork).map((prefix) =>
    systemRoute(prefix, "VnetLocal", `the system route of virtual network ${virtualNetwork.name}`),
  );
  const peered = peersOf(world, virtualNetwork.id)
    .filter(carriesTraffic)
    .flatMap((peer) =>
      addressSpaceOf(peer.virtualNetwork).map((prefix) =>
        systemRoute(
          prefix,
          "VNetPeering",
          `peering ${peer.peering.name} to virtual network ${peer.virtualNetwork.name}`,
        ),
      ),
    );
  return [...local, ...peered, systemRoute(everything, "Internet", "the system route 0.0.0.0/0 to the internet")];
}

function systemRoute(prefix: AddressRange, nextHopType: EffectiveRoute["nextHopType"], title: string): EffectiveRoute {
  return { prefix, nextHopType, source: "Default", title };
}

function endpointRoutes(subnet: StoredResource): EffectiveRoute[] {
  return objectsAt(subnet.body, "properties.serviceEndpoints").flatMap((endpoint) => {
    const service = textAt(endpoint, "service") ?? "";
    const prefixes = serviceTagPrefixes(serviceEndpointTags[service.toLowerCase()] ?? "") ?? [];
    return prefixes.map((prefix) =>
      systemRoute(prefix, "VirtualNetworkServiceEndpoint", `service endpoint ${service} of subnet ${subnet.name}`),
    );
  });
}

function userRoutes(world: AzureWorld, subnet: StoredResource): EffectiveRoute[] {
  const tableId = idAt(subnet.body, "properties.routeTable");
  const table = tableId === undefined ? undefined : world.store.get(tableId);
  if (table === undefined) return [];
  return world.store.children(table.id, networkType.route).flatMap((route) => userRoute(route, table.name));
}

function userRoute(route: StoredResource, tableName: string): EffectiveRoute[] {
  const text = textAt(route.body, "properties.addressPrefix") ?? "";
  const prefix = parsePrefix(text);
  const prefixes = prefix === undefined ? (serviceTagPrefixes(text) ?? []) : [prefix];
  const nextHopIpAddress = textAt(route.body, "properties.nextHopIpAddress");
  return prefixes.map((range) => ({
    prefix: range,
    nextHopType: nextHopTypeOf(textAt(route.body, "properties.nextHopType") ?? ""),
    ...(nextHopIpAddress === undefined ? {} : { nextHopIpAddress }),
    source: "User",
    title: `route ${route.name} of table ${tableName}`,
  }));
}

function nextHopTypeOf(text: string): EffectiveRoute["nextHopType"] {
  switch (text.toLowerCase()) {
    case "virtualappliance":
      return "VirtualAppliance";
    case "internet":
      return "Internet";
    case "vnetlocal":
      return "VnetLocal";
    case "virtualnetworkgateway":
      return "VirtualNetworkGateway";
    default:
      return "None";
  }
}
