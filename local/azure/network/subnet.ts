import { ArmError } from "../core/armError.ts";
import type {
  AzureWorld,
  JsonObject,
  Reference,
  ResourceType,
  StoredResource,
  WriteContext,
} from "../core/resourceType.ts";
import { parseAddressPrefixes } from "./addressPrefix.ts";
import { checkName, checkShape, notModelled } from "./bodyShape.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { checkGatewayRoutes, checkGatewaySecurityRules, storedRoutes, storedRules } from "./gatewaySubnetRules.ts";
import { type AddressRange, contains, overlaps } from "./ipv4.ts";
import { idAt, objectsAt, propertiesOf, sameText, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { serviceEndpointTags } from "./serviceTags.ts";
import { gatewayInSubnet, subnetUsers } from "./subnetUsers.ts";
import { addressSpaceOf, subnetPrefixes, subnetsOf } from "./topology.ts";

/** A PUT of a subnet replaces it: what the body leaves out (table, security group, endpoints, delegations) is gone. */
export const subnet: ResourceType = {
  type: networkType.subnet,
  kind: "child",
  etags: true,
  settlesUnchanged: true,
  retryAfterSeconds: retryAfterSeconds.short,
  validate,
  references,
  prepare,
  putSeconds: () => durations.subnet,
  deleteSeconds: () => durations.shortDelete,
  locks: (context) => [context.id.parentId ?? ""],
  checkDelete: checkSubnetInUse,
  render,
};

const readOnlyProperties = ["ipConfigurations", "ipConfigurationProfiles", "privateEndpoints", "purpose"];

function validate(context: WriteContext): void {
  checkName(context);
  checkShape(context.body, {
    "properties.addressPrefix": "text",
    "properties.addressPrefixes": "texts",
    "properties.networkSecurityGroup": "reference",
    "properties.routeTable": "reference",
    "properties.serviceEndpoints": { list: { service: { required: "text" } } },
    "properties.delegations": { list: { name: { required: "text" }, "properties.serviceName": "text" } },
    "properties.privateEndpointNetworkPolicies": [
      "Enabled",
      "Disabled",
      "NetworkSecurityGroupEnabled",
      "RouteTableEnabled",
    ],
    "properties.privateLinkServiceNetworkPolicies": ["Enabled", "Disabled"],
    "properties.defaultOutboundAccess": "flag",
    "properties.natGateway": "reference",
  });
  if (idAt(context.body, "properties.natGateway") !== undefined) {
    throw notModelled("NAT gateways", "Leave natGateway out of the subnet; egress goes through the firewall.");
  }
  checkPrefixes(context);
  checkEndpoints(context);
  checkFirewallSubnet(context);
  checkGateway(context);
}

/** The smallest subnet has 8 addresses. Source: learn.microsoft.com/azure/virtual-network/virtual-networks-faq, checked 2026-11. */
const LONGEST_PREFIX_BITS = 29;

function checkPrefixes(context: WriteContext): void {
  const { id, world, existing } = context;
  const prefixes = parseAddressPrefixes(context, "properties.addressPrefixes", "properties.addressPrefix");
  const parent = id.parentId === undefined ? undefined : world.store.get(id.parentId);
  const networkName = parent?.name ?? id.parentId?.split("/").at(-1) ?? "";
  if (prefixes.length === 0 || prefixes.some((prefix) => (prefix.lengthBits ?? 32) > LONGEST_PREFIX_BITS)) {
    throw new ArmError(
      400,
      "NetcfgInvalidSubnet",
      `Subnet '${id.name}' is not valid in virtual network '${networkName}'.`,
    );
  }
  if (parent !== undefined && !prefixes.every((own) => addressSpaceOf(parent).some((space) => contains(space, own)))) {
    throw new ArmError(
      400,
      "NetcfgSubnetRangeOutsideVnet",
      `Subnet '${id.name}' is not valid because its IP address range is outside the IP address range of virtual network '${networkName}'.`,
    );
  }
  const others =
    parent === undefined ? [] : subnetsOf(world, parent.id).filter((other) => !sameText(other.name, id.name));
  if (others.some((other) => anyOverlap(subnetPrefixes(other), prefixes))) {
    throw new ArmError(
      400,
      "NetcfgSubnetRangesOverlap",
      `Subnet '${id.name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${networkName}'.`,
    );
  }
  const lost =
    existing === undefined ? [] : subnetPrefixes(existing).filter((old) => !prefixes.some((own) => contains(own, old)));
  if (existing !== undefined && lost[0] !== undefined && subnetUsers(world, existing.id).length > 0) {
    throw new ArmError(
      400,
      "InUsePrefixCannotBeDeleted",
      `IpPrefix ${lost[0].text} on Subnet ${id.name} has active allocations and cannot be deleted.`,
    );
  }
}

function anyOverlap(left: readonly AddressRange[], right: readonly AddressRange[]): boolean {
  return left.some((one) => right.some((other) => overlaps(one, other)));
}

function checkEndpoints(context: WriteContext): void {
  for (const endpoint of objectsAt(context.body, "properties.serviceEndpoints")) {
    const service = textAt(endpoint, "service") ?? "";
    if (serviceEndpointTags[service.toLowerCase()] !== undefined) continue;
    throw new ArmError(
      400,
      "SubnetServiceEndpointNotSupported",
      `Service endpoint ${service} of subnet ${context.id.id} is not supported. Supported: ${Object.keys(serviceEndpointTags).join(", ")}.`,
    );
  }
}

/** The firewall's own subnet takes no security group, and only a table that keeps its way to the internet. */
function checkFirewallSubnet(context: WriteContext): void {
  if (!sameText(context.id.name, "AzureFirewallSubnet")) return;
  if (idAt(context.body, "properties.networkSecurityGroup") !== undefined) {
    throw new ArmError(
      400,
      "NetworkSecurityGroupNotAllowedOnAzureFirewallSubnet",
      `Network security groups are not supported on subnet ${context.id.id}; Azure Firewall protects it itself.`,
    );
  }
  const tableId = idAt(context.body, "properties.routeTable");
  if (tableId === undefined || context.world.store.get(tableId) === undefined) return;
  checkFirewallSubnetRoutes(context.id.id, tableId, storedRoutes(context.world, tableId));
}

export function checkFirewallSubnetRoutes(
  subnetId: string,
  tableId: string,
  routes: readonly { readonly addressPrefix: string | undefined; readonly nextHopType: string | undefined }[],
): void {
  const hasWayOut = routes.some(
    (route) => route.addressPrefix === "0.0.0.0/0" && sameText(route.nextHopType, "Internet"),
  );
  if (hasWayOut) return;
  throw new ArmError(
    400,
    "AzureFirewallSubnetRouteTableMustHaveDefaultRouteToInternet",
    `Route table ${tableId} on subnet ${subnetId} must have a route 0.0.0.0/0 with next hop type Internet.`,
  );
}

function checkGateway(context: WriteContext): void {
  const { world, id, body } = context;
  const gateway = context.existing === undefined ? undefined : gatewayInSubnet(world, id.id);
  if (gateway === undefined) return;
  const place = { subnetId: id.id, gatewayId: gateway.id };
  const tableId = idAt(body, "properties.routeTable");
  if (tableId !== undefined) checkGatewayRoutes(place, tableId, storedRoutes(world, tableId));
  const groupId = idAt(body, "properties.networkSecurityGroup");
  if (groupId !== undefined) checkGatewaySecurityRules(place, groupId, storedRules(world, groupId));
}

function references(context: WriteContext): Reference[] {
  const wanted = [
    ["properties.networkSecurityGroup", `${networkType.networkSecurityGroup}/join/action`],
    ["properties.routeTable", `${networkType.routeTable}/join/action`],
  ] as const;
  return wanted.flatMap(([path, action]) => {
    const id = idAt(context.body, path);
    return id === undefined ? [] : [{ id, path, action }];
  });
}

function prepare(context: WriteContext): JsonObject {
  const { body, world, id } = context;
  const sent = propertiesOf(body);
  const location = id.parentId === undefined ? undefined : world.store.get(id.parentId)?.body.location;
  const kept = Object.fromEntries(Object.entries(sent).filter(([key]) => !readOnlyProperties.includes(key)));
  return {
    properties: {
      privateEndpointNetworkPolicies: "Disabled",
      privateLinkServiceNetworkPolicies: "Enabled",
      ...kept,
      delegations: objectsAt(body, "properties.delegations").map((delegation) => ({
        ...delegation,
        id: `${id.id}/delegations/${textAt(delegation, "name")}`,
        type: `${networkType.subnet}/delegations`,
        properties: { ...propertiesOf(delegation), provisioningState: "Succeeded" },
      })),
      ...endpointsOf(body, location),
    },
  };
}

function endpointsOf(body: JsonObject, location: JsonObject[string]): JsonObject {
  const endpoints = objectsAt(body, "properties.serviceEndpoints");
  if (endpoints.length === 0) return {};
  return {
    serviceEndpoints: endpoints.map((endpoint) => ({
      locations: location === undefined ? ["*"] : [location],
      ...endpoint,
      provisioningState: "Succeeded",
    })),
  };
}

/** Throws while something has its addresses in the subnet. */
export function checkSubnetInUse(resource: StoredResource, world: AzureWorld): void {
  const user = subnetUsers(world, resource.id)[0];
  if (user === undefined) return;
  throw new ArmError(
    400,
    "InUseSubnetCannotBeDeleted",
    `Subnet ${resource.name} is in use by ${user.ipConfigurationId} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
  );
}

function render(resource: StoredResource, world: AzureWorld): JsonObject {
  const users = subnetUsers(world, resource.id);
  if (users.length === 0) return resource.body;
  const ipConfigurations = users.map((user) => ({ id: user.ipConfigurationId }));
  return { ...resource.body, properties: { ...resource.body.properties, ipConfigurations } };
}
