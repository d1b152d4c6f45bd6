/** The resource group that AKS makes beside a cluster, with what is in it besides machines. */
import { platformPrincipal } from "../core/platformPrincipal.ts";
import { shownId } from "../core/renderResource.ts";
import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { textField } from "../kubernetes/jsonFields.ts";
import { nodeResourceGroupId, securityGroupName } from "./clusterNames.ts";

const RESOURCES_API_VERSION = "2021-04-01";
const IDENTITY_API_VERSION = "2023-01-31";
const NETWORK_API_VERSION = "2024-05-01";

/** Makes the group, the machines' security group and the identities that are missing; returns the kubelet's and the add-ons'. */
export function ensureNodeResourceGroup(
  world: AzureWorld,
  cluster: StoredResource,
): { readonly kubelet: JsonObject; readonly monitoring: JsonObject | undefined } {
  const groupId = groupIdOf(world, cluster);
  const location = textField(cluster.body, "location") ?? "";
  ensure(world, groupId, RESOURCES_API_VERSION, {
    location,
    managedBy: cluster.id,
    tags: { "aks-managed-cluster-name": cluster.name },
  });
  const securityGroup = `${groupId}/providers/Microsoft.Network/networkSecurityGroups/${securityGroupName(cluster.id)}`;
  ensure(world, securityGroup, NETWORK_API_VERSION, { location, properties: { securityRules: [] } });
  const kubelet = ensureIdentity(world, groupId, `${cluster.name}-agentpool`, location);
  const usesMonitoring =
    textField(cluster.body, "properties", "addonProfiles", "omsagent", "config", "logAnalyticsWorkspaceResourceID") !==
    undefined;
  return {
    kubelet,
    monitoring: usesMonitoring ? ensureIdentity(world, groupId, `omsagent-${cluster.name}`, location) : undefined,
  };
}

/** Removes the group with everything in it, and the directory objects of its identities. */
export function removeNodeResourceGroup(world: AzureWorld, cluster: StoredResource): void {
  const groupId = groupIdOf(world, cluster);
  for (const identity of world.store.list("Microsoft.ManagedIdentity/userAssignedIdentities", groupId)) {
    world.removePrincipal(textField(identity.body, "properties", "principalId") ?? "");
  }
  world.store.remove(groupId);
}

function groupIdOf(world: AzureWorld, cluster: StoredResource): string {
  return nodeResourceGroupId(world.subscriptionId, textField(cluster.body, "properties", "nodeResourceGroup") ?? "");
}

function ensureIdentity(world: AzureWorld, groupId: string, name: string, location: string): JsonObject {
  const id = `${groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  ensure(world, id, IDENTITY_API_VERSION, { location });
  const identity = world.store.get(id);
  return {
    resourceId: identity === undefined ? id : shownId(identity),
    clientId: textField(identity?.body, "properties", "clientId") ?? "",
    objectId: textField(identity?.body, "properties", "principalId") ?? "",
  };
}

function ensure(world: AzureWorld, path: string, apiVersion: string, body: JsonObject): void {
  if (world.store.get(path) !== undefined) return;
  const response = world.armRequest({ principal: platformPrincipal, method: "PUT", path, apiVersion, body });
  if (response.status !== 200 && response.status !== 201) {
    const name = parseResourceId(path)?.name ?? path;
    throw new Error(`AKS could not make ${name} in the node resource group: ${JSON.stringify(response.body)}`);
  }
}
