import { ArmError } from "./armError.ts";
import type { LocalWorld } from "./localWorld.ts";
import type { LongOperation } from "./longOperation.ts";
import { platformPrincipal } from "./platformPrincipal.ts";
import type { JsonObject } from "./resourceType.ts";
import { settleDelete } from "./settleDelete.ts";
import { setProvisioningState, settlePut } from "./settlePut.ts";

/** Ends an operation whose time is up. One that was superseded or preempted meanwhile has ended already. */
export function endOperation(world: LocalWorld, operationId: string): void {
  const operation = world.operations.get(operationId);
  if (operation === undefined || operation.status !== "InProgress") return;
  if (operation.kind === "put") endPut(world, operation);
  else if (operation.kind === "delete") endDelete(world, operation);
  else endAction(world, operation);
}

/** Ends an operation whose end made a mistake of ours, so that nobody waits for it for ever. */
export function failOperation(world: LocalWorld, operationId: string, cause: unknown): void {
  const operation = world.operations.get(operationId);
  if (operation === undefined || operation.status !== "InProgress") return;
  const error = new ArmError(500, "InternalServerError", `The local Azure made a mistake: ${String(cause)}`);
  world.operations.end(operation, world.clock.now(), { status: "Failed", error });
  const kept = operation.kind === "action" ? [] : [operation.resourceId, ...operation.inlineIds];
  for (const id of kept) setProvisioningState(world, id, "Failed");
}

function endPut(world: LocalWorld, operation: LongOperation): void {
  const caller = callerOf(world, operation);
  const { resourceId, inlineIds, method } = operation;
  // The operation ends first: what the modules do at the news of it must not find its locks held.
  world.operations.end(operation, world.clock.now(), { status: "Succeeded" });
  const end = settlePut(world, { resourceId, inlineIds, caller, method });
  if (end.status !== "Succeeded") world.operations.end(operation, world.clock.now(), end);
}

function endDelete(world: LocalWorld, operation: LongOperation): void {
  const caller = callerOf(world, operation);
  const fault = world.faults.takeFinish({ method: operation.method, path: operation.resourceId, caller });
  if (fault !== undefined) {
    setProvisioningState(world, operation.resourceId, "Failed");
    world.operations.end(operation, world.clock.now(), fault);
    return;
  }
  world.operations.end(operation, world.clock.now(), { status: "Succeeded" });
  settleDelete(world, operation.resourceId, caller);
}

function endAction(world: LocalWorld, operation: LongOperation): void {
  const caller = callerOf(world, operation);
  const fault = world.faults.takeFinish({ method: operation.method, path: operation.resourceId, caller });
  if (fault !== undefined) {
    world.operations.end(operation, world.clock.now(), fault);
    return;
  }
  try {
    const task = world.registry.task(operation.resultTask ?? "");
    if (task === undefined)
      throw new Error(`No module has a task "${operation.resultTask}", which an accepted operation wants.`);
    const result = world.state.turn(() => task(operation.data ?? ({} as JsonObject), world)) ?? { status: 200 };
    world.operations.end(operation, world.clock.now(), { status: "Succeeded", result });
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    world.operations.end(operation, world.clock.now(), { status: "Failed", error });
  }
}

function callerOf(world: LocalWorld, operation: LongOperation) {
  return world.directory.get(operation.callerObjectId) ?? platformPrincipal;
}
