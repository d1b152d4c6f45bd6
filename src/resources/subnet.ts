/**
 * What is attached to a subnet. A PUT of a subnet replaces it, so the body always names prefix and endpoints as well;
 * sent over what exists, it leaves everything else in place.
 */
import { sameId } from "../domain/armId.ts";
import type { EnvironmentSpec, SubnetSpec } from "../domain/environmentSpec.ts";
import { isJsonObject, type JsonObject, textAt } from "../domain/json.ts";
import { pluginManners } from "../domain/networkPlugin.ts";
import { ids } from "../domain/resourceNames.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { apiVersions } from "./apiVersions.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";
import type { SyncDefinition } from "./syncDefinition.ts";
import { spokeSubnetProperties } from "./virtualNetwork.ts";

/**
 * The gateway's subnet with its security group, which must let Azure's gateway manager in before a gateway comes. With
 * kubenet also with the gateway's own route table: to a subnet without one the ingress controller would attach the
 * cluster's, whose default route Azure refuses there.
 */
export const gatewaySubnet: ResourceDefinition = {
  apiVersion: apiVersions.network,
  id: ids.gatewaySubnet,
  desired: (spec) => ({
    properties: {
      ...spokeSubnetProperties(spec, subnetNamed(spec, spec.gateway.subnet)),
      networkSecurityGroup: { id: ids.gatewaySecurityGroup(spec) },
      ...(pluginManners[spec.cluster.networkPlugin].podRoutes
        ? { routeTable: { id: ids.gatewayRouteTable(spec) } }
        : {}),
    },
  }),
};

/** The node subnet with the cluster's route table, which AKS wants to find there. Of an adopted subnet nothing else is ours. */
export const clusterSubnet: ResourceDefinition = {
  apiVersion: apiVersions.network,
  id: ids.clusterSubnet,
  desired: (spec) => ({
    properties: {
      ...(spec.adopt?.gateway === undefined ? spokeSubnetProperties(spec, subnetNamed(spec, spec.cluster.subnet)) : {}),
      routeTable: { id: ids.routeTable(spec) },
    },
  }),
  refuse: (existing, spec) => (spec.adopt?.gateway === undefined ? undefined : otherTable(existing, spec)),
};

function otherTable(existing: JsonObject, spec: EnvironmentSpec): Failure | undefined {
  const table = textAt(existing, "properties.routeTable.id");
  if (table === undefined || sameId(table, ids.routeTable(spec))) return undefined;
  return {
    code: "RouteTableOfAnother",
    message: `The adopted subnet ${spec.cluster.subnet} has the route table ${table}; it was left as it is.`,
    resourceId: ids.clusterSubnet(spec),
    advice: "Take that table off the subnet, or name another subnet in a new ticket; then retry.",
  };
}

/** Takes the cluster's route table off its subnet, which could not be deleted before; another table stays. */
export const releaseClusterSubnet: SyncDefinition = {
  isRemoval: true,
  apiVersion: apiVersions.network,
  id: ids.clusterSubnet,
  sources: () => [],
  decide: (existing, _sources, spec) => {
    const { routeTable, ...properties } = isJsonObject(existing.properties) ? existing.properties : {};
    if (textAt(routeTable, "id")?.toLowerCase() !== ids.routeTable(spec).toLowerCase()) return { kind: "right" };
    return { kind: "write", body: { ...existing, properties }, change: `${spec.cluster.routeTableName} taken off` };
  },
  pollSeconds: 5,
  timeoutSeconds: 300,
};

function subnetNamed(spec: EnvironmentSpec, name: string): SubnetSpec {
  const subnet = spec.spoke.subnets.find((candidate) => candidate.name === name);
  if (subnet === undefined)
    throw new Error(`The spoke has no subnet ${name}; environmentMistakes must refuse such an environment.`);
  return subnet;
}
