import { ArmError } from "./armError.ts";
import type { LocalWorld } from "./localWorld.ts";
import type { LongOperation } from "./longOperation.ts";
import { platformPrincipal } from "./platformPrincipal.ts";
import { reportOperation } from "./reportActivity.ts";
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
  reportOperation(world, operation, "Failed");
  const kept =
    operation.kind === "action" ? [] : [operation.resourceId, ...operation.inlineIds, ...operation.supersededIds];
  for (const id of kept) setProvisioningState(world, id, "Failed");
}

function endPut(world: LocalWorld, operation: LongOperation): void {
  if (putAgainLater(world, operation)) return;
  const caller = callerOf(world, operation);
  const { resourceId, inlineIds, supersededIds, method } = operation;
  // The operation ends first: what the modules do at the news of it must not find its locks held.
  world.operations.end(operation, world.clock.now(), { status: "Succeeded" });
  const end = settlePut(world, { resourceId, inlineIds, supersededIds, caller, method });
  if (end.status !== "Succeeded") world.operations.end(operation, world.clock.now(), end);
  reportOperation(world, operation, end.status);
}

/** Whether the write must wait for somebody outside of Azure, and is looked at again. */
function putAgainLater(world: LocalWorld, operation: LongOperation): boolean {
  const resource = world.store.get(operation.resourceId);
  const type = resource === undefined ? undefined : world.registry.find(resource.type);
  if (resource === undefined || type?.remainingSeconds === undefined) return false;
  const seconds = type.remainingSeconds(resource, world);
  if (seconds <= 0) return false;
  world.schedule("core.endOperation", seconds, { operationId: operation.id });
  return true;
}

function endDelete(world: LocalWorld, operation: LongOperation): void {
  const caller = callerOf(world, operation);
  const fault = world.faults.takeFinish({ method: operation.method, path: operation.resourceId, caller });
  if (fault !== undefined) {
    setProvisioningState(world, operation.resourceId, "Failed");
    world.operations.end(operation, world.clock.now(), fault);
    reportOperation(world, operation, fault.status);
    return;
  }
  world.operations.end(operation, world.clock.now(), { status: "Succeeded" });
  settleDelete(world, operation.resourceId, caller);
  reportOperation(world, operation, "Succeeded");
}

function endAction(world: LocalWorld, operation: LongOperation): void {
  const caller = callerOf(world, operation);
  const fault = world.faults.takeFinish({ method: operation.method, path: operation.resourceId, caller });
  if (fault !== undefined) {
    world.operations.end(operation, world.clock.now(), fault);
    reportOperation(world, operation, fault.status);
    return;
  }
  try {
    const task = world.registry.task(operation.resultTask ?? "");
    if (task === undefined)
      throw new Error(`No module has a task "${operation.resultTask}", which an accepted operation wants.`);
    const result = world.state.turn(() => task(operation.data ?? ({} as JsonObject), world)) ?? { status: 200 };
    world.operations.end(operation, world.clock.now(), { status: "Succeeded", result });
    reportOperation(world, operation, "Succeeded");
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    world.operations.end(operation, world.clock.now(), { status: "Failed", error });
    reportOperation(world, operation, "Failed");
  }
}

function callerOf(world: LocalWorld, operation: LongOperation) {
  return world.directory.get(operation.callerObjectId) ?? platformPrincipal;
}
