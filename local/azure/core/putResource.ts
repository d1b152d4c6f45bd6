import { isDeepStrictEqual } from "node:util";
import type { ArmError } from "./armError.ts";
import type { ArmRequest, ArmResponse } from "./armRequest.ts";
import { actionOf, requireAccess } from "./authorize.ts";
import { beginOperation } from "./beginOperation.ts";
import { checkReferences } from "./checkReferences.ts";
import { claimForWrite, locksOf } from "./claimLocks.ts";
import { endOperation } from "./endOperation.ts";
import { checkEtagConditions } from "./etagConditions.ts";
import { gatewayError } from "./gatewayError.ts";
import { withoutInlineChildren, writeInlineChildren } from "./inlineChildren.ts";
import type { LocalWorld } from "./localWorld.ts";
import { normalLocation, requireLocation } from "./locations.ts";
import { operationHeaders } from "./operationHeaders.ts";
import { mannersOf } from "./providerManners.ts";
import { renderResource, shownId } from "./renderResource.ts";
import { reportDone } from "./reportActivity.ts";
import { requireLivingGroup, requirePlace } from "./requirePlace.ts";
import { keptBody, withProvisioningState } from "./resourceBody.ts";
import type { ResourceId } from "./resourceId.ts";
import type { JsonObject, ResourceType, StoredResource, WriteContext } from "./resourceType.ts";
import { settlePut } from "./settlePut.ts";
import { checkTags } from "./tagRules.ts";

/** PUT: the checks that ARM makes for all types, then the type's own, then the write, at once or as an operation. */
export function putResource(world: LocalWorld, request: ArmRequest, id: ResourceId, type: ResourceType): ArmResponse {
  requireAccess(world, request.caller, actionOf(type.type, "write"), id.id);
  requirePlace(world, id);
  requireLivingGroup(world, id);
  if (request.body === undefined) {
    throw gatewayError(
      400,
      "InvalidRequestContent",
      "The request content was invalid and could not be deserialized: the request has no body.",
    );
  }
  const existing = world.store.get(id.id) ?? type.find?.(id, world);
  const sent = checkCommon(request.body, existing, id, type);
  if (type.etags === true) checkEtagConditions(id.id, existing, request);
  const context: WriteContext = {
    world,
    id,
    body: sent,
    existing,
    caller: request.caller,
    apiVersion: request.apiVersion,
  };
  const locks = locksOf(type, context);
  const supersededIds = claimForWrite(world, request, type, locks);
  type.validate?.(context);
  checkReferences(world, request, type, context);
  return write(world, { ...request, body: sent }, type, context, { locks, supersededIds });
}

/** On what nothing else may run meanwhile, and what this write brings to its end for others. */
interface Claim {
  readonly locks: readonly string[];
  readonly supersededIds: readonly string[];
}

function write(
  world: LocalWorld,
  request: ArmRequest,
  type: ResourceType,
  context: WriteContext,
  { locks, supersededIds }: Claim,
): ArmResponse {
  const { id, existing } = context;
  const seconds = type.putSeconds(context);
  const workingState = existing === undefined ? mannersOf(id.type).creatingState : "Updating";
  const prepared = withoutInlineChildren(keptBody(type.prepare?.(context) ?? context.body), type);
  const body = withProvisioningState(type, prepared, workingState);
  const before = existing === undefined ? undefined : documentOf(world, id.id, type);
  const stored = world.store.put({ id: id.id, name: id.name, type: type.type, body });
  const inlineIds = writeInlineChildren(world, request, stored, type, workingState);
  const status = existing === undefined ? 201 : 200;
  const isUnchanged = type.settlesUnchanged === true && isDeepStrictEqual(before, documentOf(world, id.id, type));
  if (seconds <= 0) {
    const { caller } = request;
    const end = settlePut(world, { resourceId: stored.id, inlineIds, supersededIds, caller, method: "PUT" });
    if (end.error !== undefined) throw end.error;
    reportDone(world, request);
    return shown(world, stored.id, type, status, {});
  }
  const operation = beginOperation(world, request, {
    kind: "put",
    resourceId: stored.id,
    type: type.type,
    seconds,
    verb: existing === undefined ? "create" : "update",
    locks,
    supersedable: type.supersedable ?? false,
    inlineIds,
    supersededIds,
    retryAfterSeconds: type.retryAfterSeconds,
  });
  if (isUnchanged) endOperation(world, operation.id);
  return shown(world, stored.id, type, status, operationHeaders(operation, request.baseUrl));
}

/** What a resource and its inline children say, whatever state they are in. */
function documentOf(world: LocalWorld, id: string, type: ResourceType): readonly unknown[] {
  const inline = (type.inlineChildren ?? []).flatMap((one) => world.store.children(id, one.type));
  return [world.store.get(id), ...inline].map((member) => ({
    name: member?.name,
    body: { ...member?.body, properties: { ...member?.body.properties, provisioningState: "" } },
  }));
}

function shown(
  world: LocalWorld,
  id: string,
  type: ResourceType,
  status: number,
  headers: Readonly<Record<string, string>>,
): ArmResponse {
  const resource = world.store.get(id);
  if (resource === undefined) throw new Error(`${id} was written and is not in the store.`);
  const location = status === 201 && mannersOf(type.type).locatesCreated ? { location: shownId(resource) } : {};
  return { status, headers: { ...headers, ...location }, body: renderResource(world, resource) };
}

/** What holds for every type: properties is an object, tags are within the limits, the location is known and stays. */
function checkCommon(
  body: JsonObject,
  existing: StoredResource | undefined,
  id: ResourceId,
  type: ResourceType,
): JsonObject {
  const properties = body.properties;
  if (
    properties !== undefined &&
    (properties === null || typeof properties !== "object" || Array.isArray(properties))
  ) {
    throw gatewayError(
      400,
      "InvalidRequestContent",
      "The request content was invalid and could not be deserialized: 'properties' is not an object.",
    );
  }
  checkTags(body.tags);
  if (type.kind !== "tracked") return body;
  const location = requireLocation(body.location, type.type, mannersOf(type.type).allowsGlobal);
  const before = existing?.body.location;
  if (typeof before === "string" && normalLocation(before) !== location) throw locationChanged(id, before, location);
  return { ...body, location };
}

function locationChanged(id: ResourceId, before: string, location: string): ArmError {
  if (id.type === "Microsoft.Resources/resourceGroups") {
    return gatewayError(
      409,
      "InvalidResourceGroupLocation",
      `Invalid resource group location '${location}'. The Resource group already exists in location '${before}'.`,
    );
  }
  return gatewayError(
    409,
    "InvalidResourceLocation",
    `The resource '${id.name}' already exists in location '${before}' in resource group '${id.resourceGroup}'. A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
  );
}
