import type { ArmRequest, ArmResponse } from "./armRequest.ts";
import { actionOf, requireAccess } from "./authorize.ts";
import type { LocalWorld } from "./localWorld.ts";
import { resourceGroupNotFound, resourceNotFound } from "./notFound.ts";
import { pageOf } from "./pageOf.ts";
import { etagHeader, renderResource } from "./renderResource.ts";
import { requirePlace } from "./requirePlace.ts";
import { parseResourceId, type ResourceId } from "./resourceId.ts";
import type { ResourceType, StoredResource } from "./resourceType.ts";

/** GET of one resource. */
export function readResource(world: LocalWorld, request: ArmRequest, id: ResourceId, type: ResourceType): ArmResponse {
  const resource = findReadable(world, request, id, type);
  const etag = type.etags === true ? { etag: etagHeader(resource) } : {};
  return { status: 200, headers: etag, body: renderResource(world, resource) };
}

/** HEAD of one resource: ARM answers 204 for what is there. */
export function checkResource(world: LocalWorld, request: ArmRequest, id: ResourceId, type: ResourceType): ArmResponse {
  findReadable(world, request, id, type);
  return { status: 204, headers: {} };
}

function findReadable(world: LocalWorld, request: ArmRequest, id: ResourceId, type: ResourceType): StoredResource {
  requireAccess(world, request.caller, actionOf(type.type, "read"), id.id);
  const found = world.store.get(id.id) ?? type.find?.(id, world);
  if (found !== undefined) return found;
  requirePlaceToRead(world, id);
  throw resourceNotFound(id, type);
}

/** A missing parent is named as what is missing, as ARM does on reads. */
function requirePlaceToRead(world: LocalWorld, id: ResourceId): void {
  const parent = id.parentId === undefined ? undefined : parseResourceId(id.parentId);
  if (parent === undefined || world.store.get(parent.id) !== undefined) {
    requirePlace(world, id);
    return;
  }
  requirePlaceToRead(world, parent);
  throw resourceNotFound(parent, world.registry.find(parent.type));
}

/** GET of a collection: what lies at or below the scope, or what the type itself lists. */
export function listResources(world: LocalWorld, request: ArmRequest, scope: string, type: ResourceType): ArmResponse {
  const parent = parseResourceId(scope);
  const filter = request.query.$filter;
  const { caller } = request;
  if (type.list === undefined) requireAccess(world, caller, actionOf(type.type, "read"), scope);
  if (parent !== undefined) requireScope(world, parent);
  const resources =
    type.list?.({ world, scope, filter, caller }) ??
    world.store.list(type.type, scope).filter((resource) => isListed(resource, scope, type));
  const shown = resources.map((resource) => renderResource(world, resource));
  return { status: 200, headers: {}, body: pageOf(shown, request, type.pageSize) };
}

function requireScope(world: LocalWorld, scope: ResourceId): void {
  if (world.store.get(scope.id) !== undefined) return;
  if (scope.type === "Microsoft.Resources/resourceGroups") throw resourceGroupNotFound(scope.name);
  requirePlaceToRead(world, scope);
  throw resourceNotFound(scope, world.registry.find(scope.type));
}

/** The list of an extension at a resource shows that resource's own, not those of what lies below it. */
function isListed(resource: StoredResource, scope: string, type: ResourceType): boolean {
  if (type.kind !== "extension") return true;
  return (parseResourceId(resource.id)?.parentId ?? "").toLowerCase() === scope.toLowerCase();
}
