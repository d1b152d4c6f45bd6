import { requireAccess } from "../core/authorize.ts";
import { coreOf } from "../core/coreOf.ts";
import { resourceGroupNotFound, resourceNotFound } from "../core/notFound.ts";
import { parseResourceId } from "../core/resourceId.ts";
import type { ArmOperation, Json, OperationContext, OperationResult } from "../core/resourceType.ts";

const ACTION = "Microsoft.Authorization/permissions/read";
const GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";

/**
 * What the caller may do at a resource group or a resource: the permissions of every role that he has there or above, side by
 * side. The conditions of assignments are not in it. Source: learn.microsoft.com/rest/api/authorization/permissions, checked 2026-11.
 */
export const callerPermissions: readonly ArmOperation[] = [
  {
    method: "GET",
    path: `${GROUP}/providers/Microsoft.Authorization/permissions`,
    action: "",
    handle(context) {
      const { subscriptionId, resourceGroupName = "" } = context.params;
      const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}`;
      const answer = permissionsAt(context, id);
      if (context.world.store.get(id) === undefined) throw resourceGroupNotFound(resourceGroupName);
      return answer;
    },
  },
  {
    method: "GET",
    path: `${GROUP}/providers/{namespace}/{type}/{name}/providers/Microsoft.Authorization/permissions`,
    action: "",
    handle(context) {
      const { subscriptionId, resourceGroupName, namespace, type, name } = context.params;
      const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/providers/${namespace}/${type}/${name}`;
      const answer = permissionsAt(context, id);
      const parsed = parseResourceId(id);
      if (parsed !== undefined && context.world.store.get(id) === undefined)
        throw resourceNotFound(parsed, coreOf(context.world).registry.find(parsed.type));
      return answer;
    },
  },
];

function permissionsAt({ world, caller }: OperationContext, scope: string): OperationResult {
  const core = coreOf(world);
  requireAccess(core, caller, ACTION, scope);
  return { status: 200, body: { value: core.permissionsAt(caller.objectId, scope) as unknown as Json } };
}
