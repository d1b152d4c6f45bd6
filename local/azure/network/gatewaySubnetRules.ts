import { ArmError } from "../core/armError.ts";
import type { AzureWorld, JsonObject } from "../core/resourceType.ts";
import { defaultSecurityRules } from "./defaultSecurityRules.ts";
import { numberAt, oneOrMany, sameText, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";

/**
 * What Azure demands of the route table and the security group of a subnet with an Application Gateway v2, on every
 * write that could break it: of the route, the rule, the table, the group, the subnet and the gateway itself.
 * Source: learn.microsoft.com/azure/application-gateway/configuration-infrastructure and captured errors, checked 2026-11.
 */
export interface GatewayPlace {
  readonly subnetId: string;
  readonly gatewayId: string;
}

export interface NamedRoute {
  readonly name: string;
  readonly addressPrefix: string | undefined;
  readonly nextHopType: string | undefined;
}

export function namedRoute(name: string, properties: JsonObject | undefined): NamedRoute {
  return { name, addressPrefix: textAt(properties, "addressPrefix"), nextHopType: textAt(properties, "nextHopType") };
}

export function storedRoutes(world: AzureWorld, tableId: string): NamedRoute[] {
  return world.store.children(tableId, networkType.route).map((route) => namedRoute(route.name, route.body.properties));
}

/** Only the literal 0.0.0.0/0 is checked: two halves of it pass, and break the gateway at run time. */
export function checkGatewayRoutes(place: GatewayPlace, tableId: string, routes: readonly NamedRoute[]): void {
  const offending = routes.find(
    (route) => route.addressPrefix === "0.0.0.0/0" && !sameText(route.nextHopType, "Internet"),
  );
  if (offending === undefined) return;
  throw new ArmError(
    400,
    "ApplicationGatewaySubnetUserDefinedRouteNotAllowed",
    `Route Table ${tableId} is associated to subnet ${place.subnetId}, which contains V2 SKU Application Gateway ${place.gatewayId}. Route ${offending.name} in the route table has AddressPrefix '0.0.0.0/0'. For routes associated to subnet containing Application Gateway V2, please ensure '0.0.0.0/0' uses NextHopType as 'Internet'.`,
  );
}

export interface NamedRule {
  readonly name: string;
  readonly properties: JsonObject;
}

export function storedRules(world: AzureWorld, groupId: string): NamedRule[] {
  return world.store
    .children(groupId, networkType.securityRule)
    .map((rule) => ({ name: rule.name, properties: rule.body.properties ?? {} }));
}

/** The ports on which Azure's own gateway manager reaches the instances. */
const managementPorts = { from: 65_200, to: 65_535 } as const;

export function checkGatewaySecurityRules(place: GatewayPlace, groupId: string, rules: readonly NamedRule[]): void {
  const sorted = [...rules, ...defaultSecurityRules].sort(
    (left, right) => (numberAt(left.properties, "priority") ?? 0) - (numberAt(right.properties, "priority") ?? 0),
  );
  const inbound = sorted.find((rule) => isDirection(rule, "Inbound") && coversManagement(rule));
  if (!allows(inbound)) {
    throw new ArmError(
      400,
      "ApplicationGatewaySubnetInboundTrafficBlockedByNetworkSecurityGroup",
      `Network security group ${groupId} blocks incoming internet traffic on ports 65200 - 65535 to subnet ${place.subnetId}, associated with Application Gateway ${place.gatewayId}. This is not permitted for Application Gateways that have V2 Sku.`,
    );
  }
  const outbound = sorted.find((rule) => isDirection(rule, "Outbound") && coversInternet(rule));
  if (!allows(outbound)) {
    throw new ArmError(
      400,
      "ApplicationGatewaySubnetOutboundTrafficBlockedByNetworkSecurityGroup",
      `Network security group ${groupId} blocks outgoing internet traffic on subnet ${place.subnetId}, associated with Application Gateway ${place.gatewayId}. This is not permitted for Application Gateways that have V2 Sku.`,
    );
  }
}

function isDirection(rule: NamedRule, direction: string): boolean {
  return sameText(textAt(rule.properties, "direction"), direction);
}

function allows(rule: NamedRule | undefined): boolean {
  return sameText(textAt(rule?.properties, "access"), "Allow");
}

/** The first rule that speaks about packets from the gateway manager to the management ports. */
function coversManagement(rule: NamedRule): boolean {
  const sources = oneOrMany(rule.properties, "sourceAddressPrefix", "sourceAddressPrefixes");
  const ports = oneOrMany(rule.properties, "destinationPortRange", "destinationPortRanges");
  return (
    isTcp(rule) &&
    sources.some((source) => ["*", "internet", "0.0.0.0/0", "gatewaymanager"].includes(source.toLowerCase())) &&
    ports.some(coversManagementPorts)
  );
}

function coversManagementPorts(range: string): boolean {
  if (range === "*") return true;
  const [from, to = from] = range.split("-").map(Number);
  return from !== undefined && to !== undefined && from <= managementPorts.from && to >= managementPorts.to;
}

/** The first rule that speaks about all traffic to the internet. */
function coversInternet(rule: NamedRule): boolean {
  const destinations = oneOrMany(rule.properties, "destinationAddressPrefix", "destinationAddressPrefixes");
  const ports = oneOrMany(rule.properties, "destinationPortRange", "destinationPortRanges");
  return (
    isTcp(rule) &&
    destinations.some((destination) => ["*", "internet", "0.0.0.0/0"].includes(destination.toLowerCase())) &&
    ports.includes("*")
  );
}

function isTcp(rule: NamedRule): boolean {
  const protocol = textAt(rule.properties, "protocol") ?? "*";
  return protocol === "*" || sameText(protocol, "Tcp");
}
