/**
 * The hub and the spoke. A virtual network brings its subnets at creation; what hangs on a subnet later (route table,
 * security group) belongs to the subnet's own step, and subnets of others are left alone.
 */
import type { EnvironmentSpec, SubnetSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import { ids, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/** Services that the seed gives its cluster subnets an endpoint to. */
const serviceEndpoints = ["Microsoft.Sql", "Microsoft.AzureCosmosDB", "Microsoft.KeyVault", "Microsoft.Storage"];

export const hubNetwork: ResourceDefinition = {
  ...virtualNetworkRules(),
  id: ids.hub,
  desired: (spec) =>
    virtualNetworkBody(
      spec,
      spec.hub.addressPrefixes,
      spec.hub.subnets.map((subnet) => ({
        name: subnet.name,
        properties: { addressPrefix: subnet.addressPrefix },
      })),
    ),
};

export const spokeNetwork: ResourceDefinition = {
  ...virtualNetworkRules(),
  id: ids.spoke,
  desired: (spec) =>
    virtualNetworkBody(
      spec,
      spec.spoke.addressPrefixes,
      spec.spoke.subnets.map((subnet) => ({
        name: subnet.name,
        properties: spokeSubnetProperties(spec, subnet),
      })),
    ),
};

/** What a subnet of the spoke is, whatever is attached to it. */
export function spokeSubnetProperties(spec: EnvironmentSpec, subnet: SubnetSpec): JsonObject {
  const forNodes = subnet.name !== spec.gateway.subnet;
  const endpoints = spec.spoke.serviceEndpoints ? serviceEndpoints : [];
  return {
    addressPrefix: subnet.addressPrefix,
    ...(forNodes ? { serviceEndpoints: endpoints.map((service) => ({ service })) } : {}),
  };
}

function virtualNetworkRules() {
  return {
    apiVersion: apiVersions.network,
    shared: ["properties.subnets"],
  } as const;
}

function virtualNetworkBody(
  spec: EnvironmentSpec,
  addressPrefixes: readonly string[],
  subnets: readonly JsonObject[],
): JsonObject {
  return {
    location: spec.location,
    tags: tagsOf(spec),
    properties: { addressSpace: { addressPrefixes }, subnets },
  };
}
