import { ArmError } from "./armError.ts";
import type { ArmRequest } from "./armRequest.ts";
import type { LocalWorld } from "./localWorld.ts";
import { type LongOperation, nounOf, operationName } from "./longOperation.ts";
import { statusUrl } from "./operationHeaders.ts";
import { mannersOf } from "./providerManners.ts";
import { reportOperation } from "./reportActivity.ts";
import type { ResourceType, WriteContext } from "./resourceType.ts";

/** The ids on which no second operation may run beside this one: the resource's own and those its type names. */
export function locksOf(type: ResourceType, context: WriteContext): readonly string[] {
  const locks = [context.id.id, ...(type.locks?.(context) ?? [])];
  return [...new Set(locks.map((id) => id.toLowerCase()))];
}

/**
 * Throws 409 when another operation holds one of the locks; ends those that may be superseded instead. What these wrote
 * stays, and comes to its end with the new write: returns its ids.
 */
export function claimForWrite(
  world: LocalWorld,
  request: ArmRequest,
  type: ResourceType,
  locks: readonly string[],
): readonly string[] {
  const holders = world.operations.holding(locks);
  const blocking = holders.find((operation) => !(type.supersedable === true && operation.supersedable));
  if (blocking !== undefined) throw busy(blocking, request);
  for (const operation of holders) supersede(world, operation, nounOf(type.type));
  return holders.flatMap(({ resourceId, inlineIds, supersededIds }) => [resourceId, ...inlineIds, ...supersededIds]);
}

/** As for a write, but everything below the resource counts too, and some providers let a delete end what runs. */
export function claimForDelete(
  world: LocalWorld,
  request: ArmRequest,
  resourceId: string,
  locks: readonly string[],
): void {
  const holders = [...new Set([...world.operations.holding(locks), ...world.operations.within(resourceId)])];
  for (const operation of holders) {
    if (!mannersOf(operation.type).deletePreempts || operation.kind === "delete") throw busy(operation, request);
  }
  for (const operation of holders) preempt(world, operation);
}

function busy(operation: LongOperation, request: ArmRequest): ArmError {
  return mannersOf(operation.type).busy(operation, statusUrl(operation, request.baseUrl));
}

function supersede(world: LocalWorld, operation: LongOperation, noun: string): void {
  const detail = {
    code: "CanceledAndSupersededDueToAnotherOperation",
    message: `Operation ${operationName(operation)} (${operation.id}) was canceled and superseded by operation ${operationName({ ...operation, noun })} (${world.newGuid()}).`,
  };
  const error = new ArmError(409, "Canceled", "Operation was canceled.", { details: [detail] });
  world.operations.end(operation, world.clock.now(), { status: "Canceled", error });
  reportOperation(world, operation, "Canceled");
}

function preempt(world: LocalWorld, operation: LongOperation): void {
  const error = new ArmError(
    409,
    "AKSOperationPreemptedByDelete",
    `This operation has been preempted by another operation with ID ${world.newGuid()}`,
  );
  world.operations.end(operation, world.clock.now(), { status: "Failed", error });
  reportOperation(world, operation, "Failed");
}
