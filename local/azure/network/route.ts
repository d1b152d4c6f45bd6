import { ArmError } from "../core/armError.ts";
import type { AzureWorld, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { checkName, checkShape, notModelled } from "./bodyShape.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { checkGatewayRoutes, type NamedRoute, namedRoute, storedRoutes } from "./gatewaySubnetRules.ts";
import { isNetworkAddress, parseAddress, parsePrefix } from "./ipv4.ts";
import { propertiesOf, sameText, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { serviceTagPrefixes } from "./serviceTags.ts";
import { checkFirewallSubnetRoutes } from "./subnet.ts";
import { gatewayInSubnet, subnetsWith } from "./subnetUsers.ts";
import { isWrittenInline } from "./writtenInline.ts";

export const route: ResourceType = {
  type: networkType.route,
  kind: "child",
  etags: true,
  supersedable: true,
  retryAfterSeconds: retryAfterSeconds.short,
  validate,
  prepare: ({ body }) => ({ properties: { hasBgpOverride: false, ...propertiesOf(body) } }),
  putSeconds: () => durations.route,
  deleteSeconds: () => durations.shortDelete,
  locks: (context) => [context.id.parentId ?? ""],
  checkDelete,
};

/** Source: learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits, checked 2026-11. */
const MOST_ROUTES_PER_TABLE = 400;

const nextHopTypes = ["VirtualAppliance", "VirtualNetworkGateway", "VnetLocal", "Internet", "None"] as const;

function validate(context: WriteContext): void {
  checkName(context);
  checkShape(context.body, {
    "properties.addressPrefix": { required: "text" },
    "properties.nextHopType": { required: nextHopTypes },
    "properties.nextHopIpAddress": "text",
  });
  checkPrefix(context.id.id, textAt(context.body, "properties.addressPrefix") ?? "");
  checkNextHop(context);
  const own = namedRoute(context.id.name, propertiesOf(context.body));
  const tableId = context.id.parentId ?? "";
  checkGateways(context.world, tableId, [own]);
  if (isWrittenInline(context.world, tableId)) return;
  const others = storedRoutes(context.world, tableId).filter((other) => !sameText(other.name, own.name));
  checkRouteSet(context.world, tableId, [...others, own]);
}

function checkPrefix(routeId: string, text: string): void {
  if (text.includes(":")) throw notModelled("IPv6", `Leave the route to ${text} out of the table.`);
  const prefix = parsePrefix(text);
  const isServiceTag = !/^\d/.test(text) && serviceTagPrefixes(text) !== undefined;
  if (isServiceTag || (prefix !== undefined && text.includes("/") && isNetworkAddress(prefix))) return;
  throw new ArmError(
    400,
    "InvalidAddressPrefixFormat",
    `Address prefix ${text} of resource ${routeId} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24, or be a service tag.`,
  );
}

function checkNextHop(context: WriteContext): void {
  const address = textAt(context.body, "properties.nextHopIpAddress") ?? "";
  const needsAddress = sameText(textAt(context.body, "properties.nextHopType"), "VirtualAppliance");
  if (needsAddress && parseAddress(address) === undefined) {
    throw new ArmError(
      400,
      "InvalidNextHopIpAddress",
      `Route ${context.id.id} has next hop type VirtualAppliance and needs a valid nextHopIpAddress. Value provided: '${address}'.`,
    );
  }
  if (!needsAddress && address !== "") {
    throw new ArmError(
      400,
      "NextHopIpAddressNotAllowed",
      `Route ${context.id.id} cannot have nextHopIpAddress ${address}: only next hop type VirtualAppliance has one.`,
    );
  }
}

/** Checks the routes of a table as they will be together, and what the subnets with that table demand. */
export function checkRouteSet(world: AzureWorld, tableId: string, routes: readonly NamedRoute[]): void {
  if (routes.length > MOST_ROUTES_PER_TABLE) {
    throw new ArmError(
      400,
      "MaxRoutesPerRouteTableLimitReached",
      `Cannot have more than ${MOST_ROUTES_PER_TABLE} routes in route table ${tableId}; the request would make ${routes.length}.`,
    );
  }
  for (const [index, one] of routes.entries()) {
    const twin = routes.slice(index + 1).find((other) => sameText(other.addressPrefix, one.addressPrefix));
    if (twin === undefined) continue;
    throw new ArmError(
      400,
      "RouteConflict",
      `Route ${twin.name} conflicts with route ${one.name} in route table ${tableId}. Routes cannot have the same AddressPrefix ${one.addressPrefix}.`,
    );
  }
  checkGateways(world, tableId, routes);
  for (const subnet of subnetsWith(world, "routeTable", tableId)) {
    if (sameText(subnet.name, "AzureFirewallSubnet")) checkFirewallSubnetRoutes(subnet.id, tableId, routes);
  }
}

function checkGateways(world: AzureWorld, tableId: string, routes: readonly NamedRoute[]): void {
  for (const subnet of subnetsWith(world, "routeTable", tableId)) {
    const gateway = gatewayInSubnet(world, subnet.id);
    if (gateway !== undefined) checkGatewayRoutes({ subnetId: subnet.id, gatewayId: gateway.id }, tableId, routes);
  }
}

function checkDelete(resource: StoredResource, world: AzureWorld): void {
  const tableId = resource.id.slice(0, resource.id.toLowerCase().lastIndexOf("/routes/"));
  if (isWrittenInline(world, tableId)) return;
  const rest = storedRoutes(world, tableId).filter((other) => !sameText(other.name, resource.name));
  checkRouteSet(world, tableId, rest);
}
