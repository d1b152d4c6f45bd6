import type { ArmError } from "./armError.ts";
import { withoutInlineChildren } from "./inlineChildren.ts";
import type { LocalWorld } from "./localWorld.ts";
import { keptBody, withProvisioningState } from "./resourceBody.ts";
import type { Principal, StoredResource } from "./resourceType.ts";

export interface PutToSettle {
  readonly resourceId: string;
  readonly inlineIds: readonly string[];
  /** What superseded writes have left to be ended; nobody is told of that. */
  readonly supersededIds: readonly string[];
  readonly caller: Principal;
  readonly method: string;
}

/** Brings a written resource and its inline children to their end: computed properties, final state, and the news of it. */
export function settlePut(
  world: LocalWorld,
  put: PutToSettle,
): { readonly status: "Succeeded" | "Failed" | "Canceled"; readonly error?: ArmError } {
  const own = [put.resourceId, ...put.inlineIds];
  const left = leftBySuperseded(put);
  const fault = world.faults.takeFinish({ method: put.method, path: put.resourceId, caller: put.caller });
  if (fault !== undefined) {
    // A superseded write leaves what was written; a failed one says so on the resource.
    for (const id of [...own, ...left]) setProvisioningState(world, id, fault.status);
    return { status: fault.status, error: fault.error };
  }
  const error = finish(world, put.resourceId);
  for (const id of [...put.inlineIds, ...left]) {
    const childError = error ?? finish(world, id);
    if (childError === undefined) continue;
    for (const member of [...own, ...left]) setProvisioningState(world, member, "Failed");
    return { status: "Failed", error: childError };
  }
  if (error !== undefined) return { status: "Failed", error };
  for (const [index, id] of own.entries()) {
    const resource = world.store.get(id);
    if (resource !== undefined)
      world.announce({ kind: "write", resource, caller: put.caller, ...(index > 0 ? { inline: true } : {}) });
  }
  return { status: "Succeeded" };
}

/** What is not written by this one, too. */
function leftBySuperseded({ resourceId, inlineIds, supersededIds }: PutToSettle): readonly string[] {
  const own = new Set([resourceId, ...inlineIds].map((id) => id.toLowerCase()));
  return [...new Map(supersededIds.map((id) => [id.toLowerCase(), id])).values()].filter(
    (id) => !own.has(id.toLowerCase()),
  );
}

function finish(world: LocalWorld, id: string): ArmError | undefined {
  const resource = world.store.get(id);
  const type = resource === undefined ? undefined : world.registry.find(resource.type);
  if (resource === undefined || type === undefined) return undefined;
  const end = type.finishPut?.(resource, world);
  const now: StoredResource = world.store.get(id) ?? resource;
  const body = end?.body === undefined ? now.body : withoutInlineChildren(keptBody(end.body), type);
  const state = end?.error === undefined ? "Succeeded" : "Failed";
  world.store.put({ ...now, body: withProvisioningState(type, body, state) });
  return end?.error;
}

/** Writes the state that a resource shows, where its type shows one. */
export function setProvisioningState(world: LocalWorld, id: string, state: string): void {
  const resource = world.store.get(id);
  const type = resource === undefined ? undefined : world.registry.find(resource.type);
  if (resource === undefined || type === undefined) return;
  world.store.put({ ...resource, body: withProvisioningState(type, resource.body, state) });
}
