import type { ResourceId } from "../core/resourceId.ts";
import { fnv1a } from "../network/publicDns.ts";

/** The eight digits in the names of a cluster's nodes and of its security group; they follow from its id. */
export function clusterHash(clusterId: string): string {
  return String(10_000_000 + (fnv1a(clusterId.toLowerCase()) % 90_000_000));
}

/** The API server's public name. */
export function apiServerName(clusterId: string, dnsPrefix: string, location: string): string {
  return `${dnsPrefix.toLowerCase()}-${fnv1a(`api ${clusterId.toLowerCase()}`).toString(36).slice(0, 8)}.hcp.${location}.azmk8s.io`;
}

/** AKS's own choice where the body names none: MC_<group>_<cluster>_<location>, at most 80 characters. */
export function defaultNodeResourceGroup(id: ResourceId, location: string): string {
  return `MC_${id.resourceGroup}_${id.name}_${location}`.slice(0, 80);
}

export function scaleSetName(clusterId: string, poolName: string): string {
  return `aks-${poolName}-${clusterHash(clusterId)}-vmss`;
}

/** A node's name: the scale set's with the instance number in base 36, six digits. */
export function nodeName(scaleSet: string, instanceId: number): string {
  return `${scaleSet}${instanceId.toString(36).padStart(6, "0")}`;
}

export function securityGroupName(clusterId: string): string {
  return `aks-agentpool-${clusterHash(clusterId)}-nsg`;
}

/** The id of the resource group with the cluster's machines. */
export function nodeResourceGroupId(subscriptionId: string, name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}
