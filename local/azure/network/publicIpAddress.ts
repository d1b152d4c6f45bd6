import { ArmError } from "../core/armError.ts";
import { normalLocation } from "../core/locations.ts";
import { sameId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { checkName, checkShape, notModelled } from "./bodyShape.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { idAt, numberAt, objectsAt, propertiesOf, sameText, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { allOf } from "./topology.ts";

export const publicIpAddress: ResourceType = {
  type: networkType.publicIpAddress,
  kind: "tracked",
  etags: true,
  settlesUnchanged: true,
  retryAfterSeconds: retryAfterSeconds.short,
  validate,
  prepare,
  putSeconds: () => durations.publicIpAddress,
  deleteSeconds: () => durations.shortDelete,
  finishPut,
  checkDelete,
  render,
};

function validate(context: WriteContext): void {
  checkName(context);
  checkShape(context.body, {
    "sku.name": ["Basic", "Standard"],
    "sku.tier": ["Regional", "Global"],
    "properties.publicIPAllocationMethod": ["Static", "Dynamic"],
    "properties.publicIPAddressVersion": ["IPv4", "IPv6"],
    "properties.idleTimeoutInMinutes": "number",
    "properties.dnsSettings": "object",
    "properties.dnsSettings.domainNameLabel": "text",
    zones: "texts",
  });
  const { body, existing } = context;
  if (sameText(textAt(body, "properties.publicIPAddressVersion"), "IPv6")) {
    throw notModelled("IPv6", `Leave publicIPAddressVersion of ${context.id.id} out or set it to IPv4.`);
  }
  checkSku(context);
  const idle = numberAt(body, "properties.idleTimeoutInMinutes");
  if (idle !== undefined && (idle < 4 || idle > 30)) {
    throw new ArmError(
      400,
      "PublicIPAddressIdleTimeoutOutOfRange",
      `Idle timeout of ${context.id.id} is ${idle} minutes. The allowed range is 4 to 30 minutes.`,
    );
  }
  const version = textAt(existing?.body, "properties.publicIPAddressVersion");
  if (
    version !== undefined &&
    textAt(body, "properties.publicIPAddressVersion") !== undefined &&
    !sameText(version, "IPv4")
  ) {
    throw new ArmError(
      400,
      "PublicIPAddressVersionCannotBeChanged",
      `The version of ${context.id.id} cannot be changed.`,
    );
  }
  checkLabel(context);
}

/** Basic addresses have been retired on 2025-09-30: their quota is 0 everywhere. */
function checkSku(context: WriteContext): void {
  const { body, existing, id } = context;
  if (!sameText(textAt(body, "sku.name"), "Standard")) {
    throw new ArmError(
      400,
      "IPv4BasicSkuPublicIpCountLimitReached",
      "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.",
    );
  }
  if (sameText(textAt(body, "properties.publicIPAllocationMethod"), "Dynamic")) {
    throw new ArmError(
      400,
      "StandardSkuPublicIPAddressesMustBeStatic",
      `Standard sku publicIp ${id.id} must have AllocationMethod set to Static.`,
    );
  }
  if (existing !== undefined && !sameText(textAt(existing.body, "sku.name"), "Standard")) {
    throw new ArmError(400, "PublicIPAddressSkuCannotBeChanged", `The sku of ${id.id} cannot be changed.`);
  }
}

function checkLabel(context: WriteContext): void {
  const label = textAt(context.body, "properties.dnsSettings.domainNameLabel");
  if (label === undefined) return;
  if (!isDnsLabel(label)) {
    throw new ArmError(
      400,
      "InvalidDomainNameLabel",
      `The domain name label ${label} is invalid. It must conform to the following regular expression: ^[a-z][a-z0-9-]{1,61}[a-z0-9]$.`,
    );
  }
  const location = textAt(context.body, "location") ?? "";
  const holder = addressWithLabel(context.world, label, location);
  if (holder === undefined || sameId(holder.id, context.id.id)) return;
  throw new ArmError(
    400,
    "DnsRecordInUse",
    `DNS record ${fqdnOf(label, location)} is already used by another public IP.`,
  );
}

export function isDnsLabel(label: string): boolean {
  return /^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(label);
}

/** The public IP address that has a label in a location. */
export function addressWithLabel(world: AzureWorld, label: string, location: string): StoredResource | undefined {
  const fqdn = fqdnOf(label, location);
  return allOf(world, networkType.publicIpAddress).find((address) =>
    sameText(textAt(address.body, "properties.dnsSettings.fqdn"), fqdn),
  );
}

function fqdnOf(label: string, location: string): string {
  return `${label}.${normalLocation(location)}.cloudapp.azure.com`;
}

function prepare(context: WriteContext): JsonObject {
  const { body, existing, world } = context;
  const label = textAt(body, "properties.dnsSettings.domainNameLabel");
  const fqdn = label === undefined ? {} : { fqdn: fqdnOf(label, textAt(body, "location") ?? "") };
  const { ipConfiguration: _shown, ...sent } = propertiesOf(body);
  const ipAddress = textAt(existing?.body, "properties.ipAddress");
  return {
    ...body,
    sku: { name: "Standard", tier: textAt(body, "sku.tier") ?? "Regional" },
    properties: {
      publicIPAddressVersion: "IPv4",
      idleTimeoutInMinutes: 4,
      ddosSettings: { protectionMode: "VirtualNetworkInherited" },
      ipTags: [],
      ...sent,
      publicIPAllocationMethod: "Static",
      ...(label === undefined ? {} : { dnsSettings: { ...(sent.dnsSettings as JsonObject), ...fqdn } }),
      resourceGuid: existing?.body.properties?.resourceGuid ?? world.newGuid(),
      ...(ipAddress === undefined ? {} : { ipAddress }),
    },
  };
}

function finishPut(resource: StoredResource, world: AzureWorld): { readonly body: JsonObject } | undefined {
  if (textAt(resource.body, "properties.ipAddress") !== undefined) return undefined;
  const ipAddress = world.newPublicAddress();
  return { body: { ...resource.body, properties: { ...resource.body.properties, ipAddress } } };
}

/** The resource that has a public IP address, and the id of its configuration that names it. */
export interface PublicIpAddressUser {
  readonly resource: StoredResource;
  readonly ipConfigurationId: string;
}

const holders = [
  [networkType.applicationGateway, "frontendIPConfigurations", "frontendIPConfigurations"],
  [networkType.firewall, "ipConfigurations", "azureFirewallIpConfigurations"],
] as const;

export function publicIpAddressUser(world: AzureWorld, addressId: string): PublicIpAddressUser | undefined {
  for (const resource of world.store.referencesTo(addressId)) {
    const [, property, segment] = holders.find(([type]) => type === resource.type) ?? [];
    const configuration = objectsAt(resource.body, `properties.${property}`).find((candidate) =>
      sameId(idAt(candidate, "properties.publicIPAddress") ?? "", addressId),
    );
    if (configuration === undefined) continue;
    return { resource, ipConfigurationId: `${resource.id}/${segment}/${textAt(configuration, "name")}` };
  }
  return undefined;
}

/** Throws unless every address is free or already belongs to the resource that is being written. */
export function checkPublicIpAddressesFree(context: WriteContext, addressIds: readonly (string | undefined)[]): void {
  for (const addressId of addressIds) {
    const user = addressId === undefined ? undefined : publicIpAddressUser(context.world, addressId);
    if (user === undefined || sameId(user.resource.id, context.id.id)) continue;
    throw new ArmError(
      400,
      "PublicIPAddressInUse",
      `Resource ${context.id.id} is referencing public IP address ${addressId} that is already allocated to resource ${user.ipConfigurationId}.`,
    );
  }
}

function checkDelete(resource: StoredResource, world: AzureWorld): void {
  const user = publicIpAddressUser(world, resource.id);
  if (user === undefined) return;
  throw new ArmError(
    400,
    "PublicIPAddressCannotBeDeleted",
    `Public IP address ${resource.id} can not be deleted since it is still allocated to resource ${user.ipConfigurationId}. In order to delete the public IP, disassociate/detach the Public IP address from the resource. To learn how to do this, see aka.ms/deletepublicip.`,
  );
}

function render(resource: StoredResource, world: AzureWorld): JsonObject {
  const user = publicIpAddressUser(world, resource.id);
  if (user === undefined) return resource.body;
  return {
    ...resource.body,
    properties: { ...resource.body.properties, ipConfiguration: { id: user.ipConfigurationId } },
  };
}
