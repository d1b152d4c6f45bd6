import { ArmError } from "../core/armError.ts";
import { parseResourceId } from "../core/resourceId.ts";
import type { JsonObject, StoredResource, WriteContext } from "../core/resourceType.ts";
import { partsOf } from "./gatewayParts.ts";
import { checkGatewayRoutes, checkGatewaySecurityRules, storedRoutes, storedRules } from "./gatewaySubnetRules.ts";
import { containsAddress, parseAddress, usableAddressCount } from "./ipv4.ts";
import { idAt, numberAt, objectsAt, sameText, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { checkPublicIpAddressesFree } from "./publicIpAddress.ts";
import { subnetUsers } from "./subnetUsers.ts";
import { subnetPrefixes } from "./topology.ts";

/** What an application gateway demands of its subnet, its addresses, and of the table and security group around it. */
export function checkGatewayPlace(context: WriteContext): void {
  const { body, id, world, existing } = context;
  const configurations = partsOf(body, "gatewayIPConfigurations");
  const subnetId = idAt(configurations[0], "properties.subnet");
  if (configurations.length !== 1 || subnetId === undefined) {
    throw refuse(
      "ApplicationGatewayMustHaveExactlyOneGatewayIPConfiguration",
      `Application Gateway ${id.id} must have exactly one gatewayIPConfiguration, and it must reference a subnet.`,
    );
  }
  const before =
    existing === undefined
      ? undefined
      : idAt(partsOf(existing.body, "gatewayIPConfigurations")[0], "properties.subnet");
  if (before !== undefined && !sameText(before, subnetId)) {
    throw refuse(
      "ApplicationGatewaySubnetCannotBeChanged",
      `The subnet of Application Gateway ${id.id} cannot be changed from ${before} to ${subnetId} while the gateway runs.`,
    );
  }
  checkFrontends(context, subnetId);
  const subnet = world.store.get(subnetId);
  // A missing subnet is an InvalidResourceReference, which the references say.
  if (subnet !== undefined) checkSubnet(context, subnet);
}

function refuse(code: string, message: string): ArmError {
  return new ArmError(400, code, message);
}

function checkFrontends(context: WriteContext, subnetId: string): void {
  const { body, id, world } = context;
  const frontends = partsOf(body, "frontendIPConfigurations");
  const both = frontends.find((part) => hasPublic(part) && idAt(part, "properties.subnet") !== undefined);
  if (both !== undefined) {
    throw refuse(
      "ApplicationGatewayFrontendIpCannotHavePublicIpAndSubnet",
      `FrontendIPConfiguration ${textAt(both, "name")} of Application Gateway ${id.id} cannot have both a public IP address and a subnet.`,
    );
  }
  if (!frontends.some(hasPublic)) {
    throw refuse(
      "ApplicationGatewayPublicIpRequiredForSelectedSku",
      `Application Gateway without Public IP is not supported for the selected SKU tier ${textAt(body, "properties.sku.tier")}. Application Gateway ${id.id} needs a frontend with a public IP address.`,
    );
  }
  for (const part of frontends) {
    const addressId = idAt(part, "properties.publicIPAddress");
    const address = addressId === undefined ? undefined : world.store.get(addressId);
    if (address !== undefined && !sameText(textAt(address.body, "sku.name"), "Standard")) {
      throw refuse(
        "ApplicationGatewayPublicIpSkuMismatch",
        `Public IP address ${addressId} of Application Gateway ${id.id} must have sku Standard.`,
      );
    }
    checkPrivateFrontend(context, part, subnetId);
  }
  checkPublicIpAddressesFree(
    context,
    frontends.map((part) => idAt(part, "properties.publicIPAddress")),
  );
}

function hasPublic(part: JsonObject): boolean {
  return idAt(part, "properties.publicIPAddress") !== undefined;
}

function checkPrivateFrontend(context: WriteContext, part: JsonObject, subnetId: string): void {
  const own = idAt(part, "properties.subnet");
  if (own === undefined) return;
  const address = textAt(part, "properties.privateIPAddress") ?? "";
  const subnet = context.world.store.get(subnetId);
  const lies =
    subnet !== undefined &&
    subnetPrefixes(subnet).some((prefix) => containsAddress(prefix, parseAddress(address) ?? -1));
  if (sameText(own, subnetId) && lies) return;
  throw refuse(
    "PrivateIPAddressNotInSubnet",
    `Private static IP address '${address}' of frontend ${textAt(part, "name")} does not belong to the range of subnet ${subnetId} of Application Gateway ${context.id.id}.`,
  );
}

/** One private frontend address; every instance takes one more. */
const PRIVATE_FRONTEND_ADDRESS_COUNT = 1;
/** autoscaleConfiguration without maxCapacity. Source: learn.microsoft.com/azure/application-gateway/application-gateway-autoscaling-zone-redundant, checked 2026-11. */
const DEFAULT_MAXIMUM_INSTANCE_COUNT = 10;

function checkSubnet(context: WriteContext, subnet: StoredResource): void {
  const { body, id, world } = context;
  const virtualNetwork = world.store.get(parseResourceId(subnet.id)?.parentId ?? "");
  if (virtualNetwork !== undefined && !sameText(textAt(virtualNetwork.body, "location"), textAt(body, "location"))) {
    throw refuse(
      "InvalidResourceReference",
      `Resource ${subnet.id} referenced by resource ${id.id} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    );
  }
  if (
    ["AzureFirewallSubnet", "GatewaySubnet", "AzureBastionSubnet"].some((reserved) => sameText(reserved, subnet.name))
  ) {
    throw refuse(
      "InvalidSubnet",
      `Subnet ${subnet.id} is reserved for another service and cannot be used by Application Gateway ${id.id}.`,
    );
  }
  const delegation = objectsAt(subnet.body, "properties.delegations").find(
    (item) => !sameText(textAt(item, "properties.serviceName"), networkType.applicationGateway),
  );
  if (delegation !== undefined) {
    throw refuse(
      "ResourceNotPermittedOnDelegatedSubnet",
      `Resource ${id.id} is not permitted on subnet ${subnet.id}, which is delegated to ${textAt(delegation, "properties.serviceName")}.`,
    );
  }
  const stranger = subnetUsers(world, subnet.id).find((user) => user.resource.type !== networkType.applicationGateway);
  if (stranger !== undefined) {
    throw refuse(
      "ApplicationGatewaySubnetCannotHaveOtherResourceTypes",
      `Subnet ${subnet.id} cannot be used for Application Gateway ${id.id} since it already contains ${stranger.ipConfigurationId}. The subnet of an Application Gateway may contain Application Gateways only.`,
    );
  }
  checkSize(context, subnet);
  const place = { subnetId: subnet.id, gatewayId: id.id };
  const tableId = idAt(subnet.body, "properties.routeTable");
  if (tableId !== undefined) checkGatewayRoutes(place, tableId, storedRoutes(world, tableId));
  const groupId = idAt(subnet.body, "properties.networkSecurityGroup");
  if (groupId !== undefined) checkGatewaySecurityRules(place, groupId, storedRules(world, groupId));
}

function checkSize({ body, id }: WriteContext, subnet: StoredResource): void {
  const instances =
    numberAt(body, "properties.sku.capacity") ??
    numberAt(body, "properties.autoscaleConfiguration.maxCapacity") ??
    DEFAULT_MAXIMUM_INSTANCE_COUNT;
  const needed = instances + PRIVATE_FRONTEND_ADDRESS_COUNT;
  const available = subnetPrefixes(subnet).reduce((sum, prefix) => sum + usableAddressCount(prefix), 0);
  if (needed <= available) return;
  throw refuse(
    "SubnetTooSmall",
    `Subnet ${subnet.id} has ${available} usable addresses, and Application Gateway ${id.id} with up to ${instances} instances needs ${needed}. A /24 subnet is recommended.`,
  );
}
