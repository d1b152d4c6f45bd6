import type { ArmRequest, ArmResponse } from "./armRequest.ts";
import { actionOf, requireAccess } from "./authorize.ts";
import { beginDelete } from "./beginDelete.ts";
import { checkEtagConditions } from "./etagConditions.ts";
import { beginGroupDeletion, GROUP_TYPE } from "./groupDeletion.ts";
import type { LocalWorld } from "./localWorld.ts";
import type { LongOperation } from "./longOperation.ts";
import { resourceGroupNotFound } from "./notFound.ts";
import { operationHeaders } from "./operationHeaders.ts";
import { mannersOf } from "./providerManners.ts";
import { renderResource } from "./renderResource.ts";
import { requirePlace } from "./requirePlace.ts";
import type { ResourceId } from "./resourceId.ts";
import type { ResourceType } from "./resourceType.ts";

/** DELETE: 204 for what is not there, 200 or 202 for what goes, the type's own refusal for what may not. */
export function deleteResource(
  world: LocalWorld,
  request: ArmRequest,
  id: ResourceId,
  type: ResourceType,
): ArmResponse {
  requireAccess(world, request.caller, actionOf(type.type, "delete"), id.id);
  requirePlace(world, id);
  const existing = world.store.get(id.id);
  if (existing === undefined) {
    if (type.type === GROUP_TYPE) throw resourceGroupNotFound(id.name);
    return { status: 204, headers: {} };
  }
  if (type.etags === true) checkEtagConditions(id.id, existing, request);
  if (type.type === GROUP_TYPE) return accepted(beginGroupDeletion(world, request, existing), request);
  const shown = renderResource(world, existing);
  const operation = beginDelete(world, request, existing, type);
  if (operation !== undefined) return accepted(operation, request);
  return { status: 200, headers: {}, ...(mannersOf(id.type).showsDeleted ? { body: shown } : {}) };
}

function accepted(operation: LongOperation, request: ArmRequest): ArmResponse {
  return { status: 202, headers: operationHeaders(operation, request.baseUrl) };
}
