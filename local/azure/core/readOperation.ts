import { ArmError } from "./armError.ts";
import type { ArmRequest, ArmResponse } from "./armRequest.ts";
import { requireAccess } from "./authorize.ts";
import type { LocalWorld } from "./localWorld.ts";
import type { LongOperation } from "./longOperation.ts";
import { operationHeaders, retryAfter } from "./operationHeaders.ts";
import { mannersOf } from "./providerManners.ts";

/** GET of an operation's Azure-AsyncOperation or Location URL; undefined when the path is neither. */
export function readOperation(world: LocalWorld, request: ArmRequest): ArmResponse | undefined {
  const word = request.segments.at(-2)?.toLowerCase();
  const isStatus = word === "operations" || word === "nfvoperations" || word === "operationsstatus";
  if (!isStatus && word !== "operationresults" && word !== "nfvoperationresults") return undefined;
  if (request.segments[0]?.toLowerCase() !== "subscriptions") return undefined;
  const operation = world.operations.get(request.segments.at(-1) ?? "");
  if (operation === undefined) {
    throw new ArmError(
      404,
      "OperationNotFound",
      `The operation '${request.segments.at(-1)}' could not be found. Ended operations are forgotten after a while.`,
    );
  }
  requireOwn(world, request, operation);
  return isStatus ? statusResponse(operation) : resultResponse(operation, request);
}

/** GET of the Location that an action gave itself, e.g. "…/commandResults/{id}". */
export function resultResponse(operation: LongOperation, request: ArmRequest): ArmResponse {
  if (operation.status === "InProgress") return { status: 202, headers: operationHeaders(operation, request.baseUrl) };
  if (operation.error !== undefined)
    return { status: operation.errorStatus ?? 409, headers: {}, body: { error: operation.error } };
  if (operation.result !== undefined) return { headers: {}, ...operation.result };
  return { status: operation.kind === "delete" ? mannersOf(operation.type).deletedStatus : 200, headers: {} };
}

function statusResponse(operation: LongOperation): ArmResponse {
  const headers = operation.status === "InProgress" ? retryAfter(operation) : {};
  return { status: 200, headers, body: mannersOf(operation.type).statusBody(operation) };
}

/** Who began an operation may always follow it; anybody else needs the right to read the provider's operations. */
function requireOwn(world: LocalWorld, request: ArmRequest, operation: LongOperation): void {
  if (operation.callerObjectId === request.caller.objectId) return;
  requireAccess(
    world,
    request.caller,
    `${operation.namespace}/locations/operations/read`,
    `/subscriptions/${world.subscriptionId}`,
  );
}
