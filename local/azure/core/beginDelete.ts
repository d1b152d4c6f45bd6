import type { ArmRequest } from "./armRequest.ts";
import { beginOperation } from "./beginOperation.ts";
import { claimForDelete, locksOf } from "./claimLocks.ts";
import type { LocalWorld } from "./localWorld.ts";
import type { LongOperation } from "./longOperation.ts";
import { reportDone } from "./reportActivity.ts";
import { withProvisioningState } from "./resourceBody.ts";
import { parseResourceId } from "./resourceId.ts";
import type { ResourceType, StoredResource, WriteContext } from "./resourceType.ts";
import { sameText } from "./sameText.ts";
import { settleDelete } from "./settleDelete.ts";

/** Starts (or at once does) the deletion of a resource, whoever wants it; undefined when it is already gone. */
export function beginDelete(
  world: LocalWorld,
  request: ArmRequest,
  existing: StoredResource,
  type: ResourceType,
): LongOperation | undefined {
  const locks = locksOf(type, contextOf(world, request, existing));
  const running = world.operations
    .within(existing.id)
    .find((one) => one.kind === "delete" && sameText(one.resourceId, existing.id));
  // A delete that is asked for twice is one delete.
  if (running !== undefined) return running;
  claimForDelete(world, request, existing.id, locks);
  type.checkDelete?.(existing, world);
  const seconds = type.deleteSeconds?.(existing, world) ?? 0;
  if (seconds <= 0) {
    settleDelete(world, existing.id, request.caller);
    reportDone(world, request);
    return undefined;
  }
  world.store.put({ ...existing, body: withProvisioningState(type, existing.body, "Deleting") });
  return beginOperation(world, request, {
    kind: "delete",
    resourceId: existing.id,
    type: type.type,
    seconds,
    verb: "delete",
    locks,
    retryAfterSeconds: type.retryAfterSeconds,
  });
}

function contextOf(world: LocalWorld, request: ArmRequest, existing: StoredResource): WriteContext {
  const id = parseResourceId(existing.id);
  if (id === undefined) throw new Error(`${existing.id} is in the store and is no resource id.`);
  return { world, id, body: existing.body, existing, caller: request.caller, apiVersion: request.apiVersion };
}
