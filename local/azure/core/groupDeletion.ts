import { ArmError } from "./armError.ts";
import type { ArmRequest } from "./armRequest.ts";
import { beginDelete } from "./beginDelete.ts";
import { beginOperation } from "./beginOperation.ts";
import type { LocalWorld } from "./localWorld.ts";
import type { LongOperation } from "./longOperation.ts";
import { platformPrincipal } from "./platformPrincipal.ts";
import { reportOperation } from "./reportActivity.ts";
import { parseResourceId } from "./resourceId.ts";
import type { Principal, StoredResource } from "./resourceType.ts";
import { sameText } from "./sameText.ts";
import { settleDelete } from "./settleDelete.ts";

export const GROUP_TYPE = "Microsoft.Resources/resourceGroups";

/** Azure seconds between two looks at what is left, and what the deletion of an empty group takes. */
const STEP_SECONDS = 15;

/** Looks without any progress (nothing gone, nothing being deleted) after which Azure gives up. Its real patience is about an hour. */
const MOST_STEPS_WITHOUT_PROGRESS = 4;

/** Marks the group as Deleting and starts to empty it: each step deletes what nothing else uses any more. */
export function beginGroupDeletion(world: LocalWorld, request: ArmRequest, group: StoredResource): LongOperation {
  const running = world.operations.running.find(
    (one) => one.kind === "deleteGroup" && sameText(one.resourceId, group.id),
  );
  if (running !== undefined) return running;
  setGroupState(world, group, "Deleting");
  return beginOperation(world, request, {
    kind: "deleteGroup",
    resourceId: group.id,
    type: GROUP_TYPE,
    seconds: 0,
    verb: "delete",
    retryAfterSeconds: STEP_SECONDS,
    data: { stepsWithoutProgress: 0 },
  });
}

/** One look at a group that is being emptied. */
export function stepGroupDeletion(world: LocalWorld, operationId: string): void {
  const operation = world.operations.get(operationId);
  const group = operation === undefined ? undefined : world.store.get(operation.resourceId);
  if (operation === undefined || operation.status !== "InProgress") return;
  if (group === undefined) {
    world.operations.end(operation, world.clock.now(), { status: "Succeeded" });
    return;
  }
  const caller = world.directory.get(operation.callerObjectId) ?? platformPrincipal;
  const left = topLevelResources(world, group.id);
  if (left.length === 0 && world.clock.now() - operation.startedAtEpochMs >= STEP_SECONDS * 1000) {
    settleDelete(world, group.id, caller);
    world.operations.end(operation, world.clock.now(), { status: "Succeeded" });
    reportOperation(world, operation, "Succeeded");
    return;
  }
  const refusals = left.flatMap((resource) => tryDelete(world, operation, resource, caller) ?? []);
  // What still runs in the group ends some day, and then the next look gets further.
  const isIdle = world.operations.within(group.id).every((one) => one.kind === "deleteGroup");
  const isStuck = left.length > 0 && refusals.length === left.length && isIdle;
  const stepsWithoutProgress = isStuck ? Number(operation.data?.stepsWithoutProgress ?? 0) + 1 : 0;
  if (stepsWithoutProgress >= MOST_STEPS_WITHOUT_PROGRESS) {
    setGroupState(world, group, "Succeeded");
    world.operations.end(operation, world.clock.now(), {
      status: "Failed",
      error: deletionBlocked(group.name, refusals),
    });
    reportOperation(world, operation, "Failed");
    return;
  }
  world.operations.add({ ...operation, data: { stepsWithoutProgress } });
  world.schedule("core.deleteGroup", STEP_SECONDS, { operationId });
}

/** Starts the deletion of one resource; returns why it is refused for now. */
function tryDelete(
  world: LocalWorld,
  operation: LongOperation,
  resource: StoredResource,
  caller: Principal,
): ArmError | undefined {
  const type = world.registry.find(resource.type);
  if (type === undefined) {
    world.store.remove(resource.id);
    return undefined;
  }
  try {
    world.state.turn(() => beginDelete(world, deleteRequest(operation, resource, caller), resource, type));
    return undefined;
  } catch (error) {
    if (error instanceof ArmError) return error;
    throw error;
  }
}

/** The right to delete the group is enough for what is in it, and who deletes the group is named in the events of it. */
function deleteRequest(operation: LongOperation, resource: StoredResource, caller: Principal): ArmRequest {
  return {
    method: "DELETE",
    path: resource.id,
    segments: resource.id.split("/").slice(1),
    query: {},
    apiVersion: operation.apiVersion,
    body: undefined,
    ifMatch: undefined,
    ifNoneMatch: undefined,
    caller,
    origin: operation.activity?.origin ?? NO_ORIGIN,
    baseUrl: "https://management.azure.com",
    isInternal: true,
  };
}

/** For a deletion that an older state file remembers. */
const NO_ORIGIN = { correlationId: "", clientRequestId: "", clientIpAddress: "" };

/** Resources that are deleted by themselves: those directly in the group. Children and extensions go with them. */
function topLevelResources(world: LocalWorld, groupId: string): readonly StoredResource[] {
  return world.store
    .children(groupId)
    .filter(
      (resource) =>
        world.registry.find(resource.type)?.kind !== "extension" && parseResourceId(resource.id) !== undefined,
    );
}

function setGroupState(world: LocalWorld, group: StoredResource, provisioningState: string): void {
  world.store.put({ ...group, body: { ...group.body, properties: { ...group.body.properties, provisioningState } } });
}

function deletionBlocked(name: string, refusals: readonly ArmError[]): ArmError {
  return new ArmError(
    409,
    "ResourceGroupDeletionBlocked",
    `Deletion of resource group '${name}' failed as resources with identifiers could not be deleted. The provisioning state of the resource group will be rolled back.`,
    { details: refusals.map((refusal) => refusal.toJson()) },
  );
}
