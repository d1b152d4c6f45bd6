import type { AzureModule } from "../core/resourceType.ts";
import { callerPermissions } from "./callerPermissions.ts";
import { roleAssignmentResource } from "./roleAssignmentResource.ts";
import { roleDefinitionResource } from "./roleDefinitionResource.ts";

/** Microsoft.Authorization: roles and who has them. */
export const authorizationModule: AzureModule = {
  resourceTypes: [roleDefinitionResource, roleAssignmentResource],
  operations: callerPermissions,
};
