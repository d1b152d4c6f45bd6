import { ArmError } from "../core/armError.ts";
import type { AzureWorld, JsonObject, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { parseAddressPrefixes } from "./addressPrefix.ts";
import { checkName, checkShape } from "./bodyShape.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { contains, overlaps } from "./ipv4.ts";
import { objectsAt, propertiesOf } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { checkSubnetInUse } from "./subnet.ts";
import { subnetUsers } from "./subnetUsers.ts";
import { addressSpaceOf, peersOf, subnetPrefixes, subnetsOf } from "./topology.ts";
import { disconnectPeeringsTowards } from "./virtualNetworkPeering.ts";

export const virtualNetwork: ResourceType = {
  type: networkType.virtualNetwork,
  kind: "tracked",
  etags: true,
  settlesUnchanged: true,
  inlineChildren: [
    { property: "subnets", type: networkType.subnet },
    { property: "virtualNetworkPeerings", type: networkType.peering },
  ],
  retryAfterSeconds: retryAfterSeconds.short,
  validate,
  prepare,
  putSeconds: () => durations.virtualNetwork,
  deleteSeconds: () => durations.shortDelete,
  checkDelete,
  finishDelete: (resource, world) => disconnectPeeringsTowards(world, resource.id),
};

function validate(context: WriteContext): void {
  checkName(context, 64, 2);
  checkShape(context.body, {
    "properties.addressSpace": { required: "object" },
    "properties.addressSpace.addressPrefixes": { required: "texts" },
    "properties.dhcpOptions.dnsServers": "texts",
    "properties.subnets": { list: { name: { required: "text" } } },
    "properties.virtualNetworkPeerings": { list: { name: { required: "text" } } },
    "properties.enableDdosProtection": "flag",
    "properties.flowTimeoutInMinutes": "number",
  });
  const prefixes = parseAddressPrefixes(context, "properties.addressSpace.addressPrefixes");
  if (prefixes.length === 0) {
    throw new ArmError(400, "InvalidRequestFormat", "Cannot parse the request.", {
      details: [
        {
          code: "MissingAddressPrefix",
          message: `Virtual network ${context.id.id} must have at least one address prefix.`,
        },
      ],
    });
  }
  for (const [index, prefix] of prefixes.entries()) {
    const other = prefixes.slice(index + 1).find((candidate) => overlaps(prefix, candidate));
    if (other !== undefined) {
      throw new ArmError(
        400,
        "NetcfgInvalidVirtualNetworkSite",
        `Virtual network site ${context.id.name} has overlapping address prefixes ${prefix.text} and ${other.text}.`,
      );
    }
  }
  checkKeptSubnets(context);
  checkPeers(context);
}

/** Subnets that the body leaves out and that stay must still lie in the address space. */
function checkKeptSubnets(context: WriteContext): void {
  if (context.existing === undefined || context.body.properties === undefined) return;
  if (objectsAt(context.body, "properties.subnets").length > 0 || context.apiVersion < "2023-09-01") return;
  const prefixes = parseAddressPrefixes(context, "properties.addressSpace.addressPrefixes");
  for (const subnet of subnetsOf(context.world, context.id.id)) {
    const outside = subnetPrefixes(subnet).find((own) => !prefixes.some((prefix) => contains(prefix, own)));
    if (outside === undefined) continue;
    const isUsed = subnetUsers(context.world, subnet.id).length > 0;
    throw new ArmError(
      400,
      isUsed ? "InUsePrefixCannotBeDeleted" : "NetcfgSubnetRangeOutsideVnet",
      isUsed
        ? `IpPrefix ${outside.text} on Subnet ${subnet.name} has active allocations and cannot be deleted.`
        : `Subnet '${subnet.name}' is not valid because its IP address range is outside the IP address range of virtual network '${context.id.name}'.`,
    );
  }
}

/** A peered network may grow, but not over what its peers have. */
function checkPeers(context: WriteContext): void {
  const prefixes = parseAddressPrefixes(context, "properties.addressSpace.addressPrefixes");
  for (const peer of context.existing === undefined ? [] : peersOf(context.world, context.id.id)) {
    const clash = addressSpaceOf(peer.virtualNetwork).find((theirs) => prefixes.some((ours) => overlaps(ours, theirs)));
    if (clash === undefined) continue;
    throw new ArmError(
      400,
      "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
      `Address space of virtual network ${context.id.id} overlaps with ${clash.text} of the already peered virtual network ${peer.virtualNetwork.id}.`,
    );
  }
}

function prepare(context: WriteContext): JsonObject {
  const { body, existing, world } = context;
  return {
    ...body,
    properties: {
      enableDdosProtection: false,
      privateEndpointVNetPolicies: "Disabled",
      ...propertiesOf(body),
      resourceGuid: existing?.body.properties?.resourceGuid ?? world.newGuid(),
    },
  };
}

function checkDelete(resource: StoredResource, world: AzureWorld): void {
  for (const subnet of subnetsOf(world, resource.id)) checkSubnetInUse(subnet, world);
}
