import { ArmError } from "./armError.ts";
import type { ArmRequest, ArmResponse } from "./armRequest.ts";
import { requireAccess } from "./authorize.ts";
import { beginOperation } from "./beginOperation.ts";
import type { LocalWorld } from "./localWorld.ts";
import { resourceNotFound } from "./notFound.ts";
import { operationHeaders } from "./operationHeaders.ts";
import type { OperationMatch } from "./operationPattern.ts";
import { pageOf } from "./pageOf.ts";
import { reportDone } from "./reportActivity.ts";
import { requirePlace } from "./requirePlace.ts";
import { parseResourceId } from "./resourceId.ts";
import type { JsonObject, OperationResult, StoredResource } from "./resourceType.ts";

/** A POST on a resource, or a GET that is no resource: the module answers, now or later. */
export function runAction(world: LocalWorld, request: ArmRequest, match: OperationMatch): ArmResponse {
  const { operation, params, scope } = match;
  if (operation.action !== "") requireAccess(world, request.caller, operation.action, scope);
  const resource = match.resourceId === undefined ? undefined : requireResource(world, match.resourceId);
  const result = operation.handle({
    world,
    params,
    resource,
    body: request.body ?? {},
    caller: request.caller,
    apiVersion: request.apiVersion,
    query: request.query,
  });
  return responseOf(world, request, match, result);
}

function requireResource(world: LocalWorld, id: string): StoredResource {
  const resource = world.store.get(id);
  if (resource !== undefined) return resource;
  const parsed = parseResourceId(id);
  if (parsed === undefined) throw new ArmError(404, "NotFound", `'${id}' is no resource id.`);
  requirePlace(world, parsed);
  throw resourceNotFound(parsed, world.registry.find(parsed.type));
}

function responseOf(
  world: LocalWorld,
  request: ArmRequest,
  match: OperationMatch,
  result: OperationResult,
): ArmResponse {
  if ("status" in result) {
    reportDone(world, request);
    return { headers: {}, ...paged(request, result) };
  }
  const operation = beginOperation(world, request, {
    kind: "action",
    resourceId: match.scope,
    type: match.operation.action.split("/").slice(0, 2).join("/"),
    seconds: result.acceptedForSeconds,
    verb: request.segments.at(-1) ?? "action",
    resultPath: result.location,
    resultTask: result.resultTask,
    data: result.data,
    retryAfterSeconds: result.retryAfterSeconds,
  });
  return { status: 202, headers: operationHeaders(operation, request.baseUrl) };
}

/** A GET that answers `{value: […]}` is a list, and is paged like one. */
function paged(request: ArmRequest, result: { readonly status: number; readonly body?: JsonObject }): typeof result {
  const value = result.body?.value;
  if (request.method !== "GET" || !Array.isArray(value)) return result;
  return { ...result, body: { ...result.body, ...pageOf(value as JsonObject[], request) } };
}
