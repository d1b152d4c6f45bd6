import { parseResourceId, sameId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { idAt, objectsAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";

/** Which IP configuration of which resource has its addresses in a subnet. */
export interface SubnetUser {
  readonly resource: StoredResource;
  readonly ipConfigurationId: string;
}

/** Everything that keeps a subnet from being deleted, in the order of creation. */
export function subnetUsers(world: AzureWorld, subnetId: string): SubnetUser[] {
  return world.store.referencesTo(subnetId).flatMap((resource) => usersIn(resource, subnetId));
}

function usersIn(resource: StoredResource, subnetId: string): SubnetUser[] {
  switch (resource.type) {
    case networkType.applicationGateway:
      return [
        ...configurations(resource, "gatewayIPConfigurations", subnetId),
        ...configurations(resource, "frontendIPConfigurations", subnetId),
      ];
    case networkType.firewall:
      return configurations(resource, "ipConfigurations", subnetId, "azureFirewallIpConfigurations");
    default:
      return resource.type.startsWith("Microsoft.Compute/") ? [machineUser(resource)] : [];
  }
}

function configurations(
  resource: StoredResource,
  property: string,
  subnetId: string,
  idSegment = property,
): SubnetUser[] {
  return objectsAt(resource.body, `properties.${property}`)
    .filter((configuration) => sameId(idAt(configuration, "properties.subnet") ?? "", subnetId))
    .map((configuration) => ({ resource, ipConfigurationId: `${resource.id}/${idSegment}/${nameOf(configuration)}` }));
}

function nameOf(configuration: JsonObject): string {
  return typeof configuration.name === "string" ? configuration.name : "";
}

/** Machines and scale sets have one network interface here, named after themselves. */
function machineUser(resource: StoredResource): SubnetUser {
  const name = parseResourceId(resource.id)?.id.split("/").at(8) ?? resource.name;
  return { resource, ipConfigurationId: `${resource.id}/networkInterfaces/${name}/ipConfigurations/ipconfig1` };
}

/** The application gateway in a subnet, if there is one. */
export function gatewayInSubnet(world: AzureWorld, subnetId: string): StoredResource | undefined {
  return subnetUsers(world, subnetId).find((user) => user.resource.type === networkType.applicationGateway)?.resource;
}

/** The subnets that name a route table or a network security group. */
export function subnetsWith(
  world: AzureWorld,
  property: "routeTable" | "networkSecurityGroup",
  resourceId: string,
): StoredResource[] {
  return world.store
    .referencesTo(resourceId)
    .filter(
      (subnet) =>
        subnet.type === networkType.subnet && sameId(idAt(subnet.body, `properties.${property}`) ?? "", resourceId),
    );
}
