import { ArmError } from "./armError.ts";
import type { ArmRequest } from "./armRequest.ts";
import { actionOf, requireLinkedAccess } from "./authorize.ts";
import type { LocalWorld } from "./localWorld.ts";
import { operationName } from "./longOperation.ts";
import type { Reference, ResourceType, WriteContext } from "./resourceType.ts";

/** Throws unless everything that the body names may be used by the caller, exists and is not in the making. */
export function checkReferences(
  world: LocalWorld,
  request: ArmRequest,
  type: ResourceType,
  context: WriteContext,
): void {
  const references = type.references?.(context) ?? [];
  requireLinkedAccess(
    world,
    request.caller,
    { action: actionOf(type.type, "write"), scope: context.id.id },
    references,
  );
  for (const reference of references) {
    requireExisting(world, reference, context.id.id);
    requireProvisioned(world, reference, type, context.id.id);
  }
}

function requireExisting(world: LocalWorld, reference: Reference, referrer: string): void {
  if (reference.mustExist === false || world.store.get(reference.id) !== undefined) return;
  throw new ArmError(
    400,
    "InvalidResourceReference",
    `Resource ${reference.id} referenced by resource ${referrer} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    { details: [{ code: "NotFound", target: reference.path, message: `Resource ${reference.id} not found.` }] },
  );
}

/** Microsoft.Network does not build on a resource of its own that is still being written or deleted. */
function requireProvisioned(world: LocalWorld, reference: Reference, type: ResourceType, referrer: string): void {
  if (reference.mustExist === false || !isNetwork(type.type)) return;
  const own = referrer.toLowerCase();
  const running = world.operations.running.find(
    (operation) =>
      isNetwork(operation.namespace) &&
      (operation.kind === "put" || operation.kind === "delete") &&
      operation.resourceId.toLowerCase() === reference.id.toLowerCase() &&
      !operation.resourceId.toLowerCase().startsWith(own),
  );
  if (running === undefined) return;
  const state = running.kind === "delete" ? "Deleting" : "Updating";
  throw new ArmError(
    409,
    "ReferencedResourceNotProvisioned",
    `Cannot proceed with operation because resource ${reference.id} used by resource ${referrer} is not in Succeeded state. Resource is in ${state} state and the last operation that updated/is updating the resource is ${operationName(running)}.`,
  );
}

function isNetwork(type: string): boolean {
  return type.toLowerCase().startsWith("microsoft.network");
}
