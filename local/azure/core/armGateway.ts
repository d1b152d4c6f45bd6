import { ArmError } from "./armError.ts";
import { parseTarget } from "./armPath.ts";
import type { ArmRequest, ArmResponse } from "./armRequest.ts";
import { requireAccess } from "./authorize.ts";
import { deleteResource } from "./deleteResource.ts";
import { gatewayError } from "./gatewayError.ts";
import type { LocalWorld } from "./localWorld.ts";
import { methodNotAllowed } from "./methodNotAllowed.ts";
import { matchOperations } from "./operationPattern.ts";
import { patchResource } from "./patchResource.ts";
import { putResource } from "./putResource.ts";
import { readOperation, resultResponse } from "./readOperation.ts";
import { checkResource, listResources, readResource } from "./readResource.ts";
import { requireSubscription } from "./requirePlace.ts";
import { runAction } from "./runAction.ts";

/** "2024-05-01" or "2024-05-01-preview". */
const API_VERSION = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(-[A-Za-z]+)?$/;

/** Everything ARM does, behind authentication and in front of the wire. Throws ArmError; the caller runs it as one turn. */
export function handleArmRequest(world: LocalWorld, request: ArmRequest): ArmResponse {
  takeFault(world, request);
  checkApiVersion(request.apiVersion);
  const throttling = request.isInternal
    ? {}
    : world.throttle.take(request.method, request.caller.objectId, world.subscriptionId);
  if (request.segments[0]?.toLowerCase() === "subscriptions") requireSubscription(world, request.segments[1] ?? "");
  const response = dispatch(world, request);
  return { ...response, headers: { ...throttling, ...response.headers } };
}

/** Faults on HTTP requests are taken before they come here, where a connection can still be reset. */
function takeFault(world: LocalWorld, request: ArmRequest): void {
  if (!request.isInternal) return;
  const fault = world.faults.takeBegin(request, true);
  if (fault === undefined) return;
  throw fault instanceof ArmError
    ? fault
    : new ArmError(503, "ServiceUnavailable", `The connection was lost (${fault}).`);
}

function dispatch(world: LocalWorld, request: ArmRequest): ArmResponse {
  const { method, segments } = request;
  if (method === "GET") {
    const operation = readOperation(world, request) ?? readActionResult(world, request);
    if (operation !== undefined) return operation;
  }
  const matches = matchOperations(world.registry.operations, segments);
  const match = matches.find(({ operation }) => operation.method === method);
  if (match !== undefined) return runAction(world, request, match);
  if (matches.length > 0)
    throw methodNotAllowed(
      method,
      matches.map(({ operation }) => operation.method),
    );
  const target = parseTarget(segments, world.registry, request.apiVersion);
  if (target.kind === "collection") {
    if (method === "GET") return listResources(world, request, target.scope, target.type);
    throw methodNotAllowed(method, ["GET"]);
  }
  switch (method) {
    case "GET":
      return readResource(world, request, target.id, target.type);
    case "HEAD":
      return checkResource(world, request, target.id, target.type);
    case "PUT":
      return putResource(world, request, target.id, target.type);
    case "PATCH":
      return patchResource(world, request, target.id, target.type);
    case "DELETE":
      return deleteResource(world, request, target.id, target.type);
    default:
      throw methodNotAllowed(method, ["GET", "HEAD", "PUT", "PATCH", "DELETE"]);
  }
}

/** A Location that an action gave itself. When the module answers that path too, its action is what the caller needs. */
function readActionResult(world: LocalWorld, request: ArmRequest): ArmResponse | undefined {
  const operation = world.operations.findByResultPath(`/${request.segments.join("/")}`);
  if (operation === undefined) return undefined;
  const match = matchOperations(world.registry.operations, request.segments).find(
    (one) => one.operation.method === "GET",
  );
  if (match !== undefined) requireAccess(world, request.caller, match.operation.action, match.scope);
  return resultResponse(operation, request);
}

function checkApiVersion(apiVersion: string): void {
  if (apiVersion === "") {
    throw gatewayError(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  }
  if (!API_VERSION.test(apiVersion)) {
    throw gatewayError(
      400,
      "InvalidApiVersionParameter",
      `The api-version '${apiVersion}' is invalid. An api-version has the form 'YYYY-MM-DD' or 'YYYY-MM-DD-preview'.`,
    );
  }
}
