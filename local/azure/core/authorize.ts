import { gatewayError } from "./gatewayError.ts";
import type { LocalWorld } from "./localWorld.ts";
import type { Principal, Reference } from "./resourceType.ts";

/** Throws 403 in Azure's wording unless the caller may perform the action on the scope. */
export function requireAccess(world: LocalWorld, caller: Principal, action: string, scope: string): void {
  if (world.isAllowed(caller.objectId, action, scope)) return;
  throw gatewayError(
    403,
    "AuthorizationFailed",
    `The client '${caller.appId}' with object id '${caller.objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

/** Throws 403 unless the caller may use what the body refers to: a right on the writer's own resource is not enough. */
export function requireLinkedAccess(
  world: LocalWorld,
  caller: Principal,
  write: { readonly action: string; readonly scope: string },
  references: readonly Reference[],
): void {
  const denied = references.filter(
    ({ id, action }) => action !== undefined && !world.isAllowed(caller.objectId, action, id),
  );
  if (denied.length === 0) return;
  const actions = [...new Set(denied.map((reference) => reference.action))].join(", ");
  const scopes = [...new Set(denied.map((reference) => reference.id))].join(", ");
  throw gatewayError(
    403,
    "LinkedAuthorizationFailed",
    `The client '${caller.appId}' with object id '${caller.objectId}' has permission to perform action '${write.action}' on scope '${write.scope}'; however, it does not have permission to perform action(s) '${actions}' on the linked scope(s) '${scopes}' (respectively) or the linked scope(s) are invalid.`,
  );
}

/** The action of a method on a type, e.g. "Microsoft.Network/virtualNetworks/subnets/write". */
export function actionOf(type: string, verb: "read" | "write" | "delete"): string {
  // The permission on a resource group is named after its place in the id, its type is not.
  if (type === "Microsoft.Resources/resourceGroups") return `Microsoft.Resources/subscriptions/resourceGroups/${verb}`;
  return `${type}/${verb}`;
}
