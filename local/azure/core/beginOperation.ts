import type { ArmRequest } from "./armRequest.ts";
import type { LocalWorld } from "./localWorld.ts";
import { normalLocation } from "./locations.ts";
import { type LongOperation, nounOf } from "./longOperation.ts";
import { mannersOf } from "./providerManners.ts";
import { activityOf } from "./reportActivity.ts";
import { parseResourceId } from "./resourceId.ts";
import type { JsonObject } from "./resourceType.ts";

export interface OperationStart {
  readonly kind: LongOperation["kind"];
  readonly resourceId: string;
  readonly type: string;
  readonly seconds: number;
  readonly verb: string;
  readonly locks?: readonly string[];
  readonly supersedable?: boolean;
  readonly inlineIds?: readonly string[];
  readonly supersededIds?: readonly string[];
  readonly retryAfterSeconds?: number | undefined;
  readonly resultPath?: string | undefined;
  readonly resultTask?: string;
  readonly data?: JsonObject;
}

/** Writes down an operation and when it ends; a group's delete ends when its last resource is gone. */
export function beginOperation(world: LocalWorld, request: ArmRequest, start: OperationStart): LongOperation {
  const id = world.newGuid();
  const namespace = start.type.split("/")[0] ?? start.type;
  const words = mannersOf(start.type).operationWords;
  const base = `/subscriptions/${world.subscriptionId}/providers/${namespace}/locations/${locationOf(world, start.resourceId)}`;
  const activity = activityOf(world, request);
  const groupJob = `/subscriptions/${world.subscriptionId}/operationresults/${id}`;
  const operation: LongOperation = {
    id,
    kind: start.kind,
    status: "InProgress",
    resourceId: start.resourceId,
    type: start.type,
    namespace,
    statusPath: `${base}/${words.status}/${id}`,
    resultPath: start.resultPath ?? (start.kind === "deleteGroup" ? groupJob : `${base}/${words.result}/${id}`),
    apiVersion: request.apiVersion,
    method: request.method,
    callerObjectId: request.caller.objectId,
    ...(activity === undefined ? {} : { activity }),
    verb: start.verb,
    noun: nounOf(start.type),
    locks: start.locks ?? [],
    supersedable: start.supersedable ?? false,
    inlineIds: start.inlineIds ?? [],
    supersededIds: start.supersededIds ?? [],
    startedAtEpochMs: world.clock.now(),
    ...(start.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: start.retryAfterSeconds }),
    ...(start.resultTask === undefined ? {} : { resultTask: start.resultTask }),
    ...(start.data === undefined ? {} : { data: start.data }),
  };
  world.operations.add(operation);
  world.schedule(start.kind === "deleteGroup" ? "core.deleteGroup" : "core.endOperation", start.seconds, {
    operationId: id,
  });
  return operation;
}

/** The location of the nearest resource above that has one; extensions and global things have the group's, or none. */
function locationOf(world: LocalWorld, resourceId: string): string {
  for (let id: string | undefined = resourceId; id !== undefined; id = parseResourceId(id)?.parentId) {
    const location = world.store.get(id)?.body.location;
    if (typeof location === "string") return normalLocation(location);
  }
  return "global";
}
