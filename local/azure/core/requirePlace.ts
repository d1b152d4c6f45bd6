import { gatewayError } from "./gatewayError.ts";
import type { LocalWorld } from "./localWorld.ts";
import { parentNotFound, resourceGroupNotFound, resourceNotFound } from "./notFound.ts";
import { parseResourceId, type ResourceId } from "./resourceId.ts";
import { sameText } from "./sameText.ts";

/** Throws 404 when the group or the parent of an id is not there. */
export function requirePlace(world: LocalWorld, id: ResourceId): void {
  const isGroup = id.type === "Microsoft.Resources/resourceGroups";
  if (id.resourceGroup !== undefined && !isGroup) requireGroup(world, id);
  const parentId = id.parentId;
  const parent = parentId === undefined ? undefined : parseResourceId(parentId);
  if (parentId === undefined || parent === undefined || world.store.get(parentId) !== undefined) return;
  // A child misses its parent, an extension the resource that it should sit on.
  if (id.type.startsWith(`${parent.type}/`)) throw parentNotFound(parentId);
  throw resourceNotFound(parent, world.registry.find(parent.type));
}

/** Throws 409 while the group of an id is being deleted: nothing new may come into it. */
export function requireLivingGroup(world: LocalWorld, id: ResourceId): void {
  const group = id.resourceGroup;
  if (group === undefined) return;
  const resource = world.store.get(groupIdOf(id.subscriptionId, group));
  if (resource?.body.properties?.provisioningState !== "Deleting") return;
  throw gatewayError(
    409,
    "ResourceGroupBeingDeleted",
    `The resource group '${group}' is in deprovisioning state and cannot perform this operation.`,
  );
}

/** Throws 404 for a subscription that is not the one there is here. */
export function requireSubscription(world: LocalWorld, subscriptionId: string): void {
  if (subscriptionId === "" || sameText(subscriptionId, world.subscriptionId)) return;
  throw gatewayError(404, "SubscriptionNotFound", `The subscription '${subscriptionId}' could not be found.`);
}

function requireGroup(world: LocalWorld, id: ResourceId): void {
  const group = id.resourceGroup ?? "";
  if (world.store.get(groupIdOf(id.subscriptionId, group)) === undefined) throw resourceGroupNotFound(group);
}

function groupIdOf(subscriptionId: string, name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}
