import { ArmError } from "./armError.ts";
import { gatewayError } from "./gatewayError.ts";
import { parseResourceId, type ResourceId } from "./resourceId.ts";
import type { ResourceType } from "./resourceType.ts";

export function resourceGroupNotFound(name: string): ArmError {
  return gatewayError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);
}

/** What a GET of a missing resource answers: ARM itself knows top-level resources, the provider knows the rest. */
export function resourceNotFound(id: ResourceId, type: ResourceType | undefined): ArmError {
  if (type?.notFound !== undefined) return type.notFound(id);
  if (id.type === "Microsoft.Resources/resourceGroups") return resourceGroupNotFound(id.name);
  const isChild = id.type.split("/").length > 2;
  if (isChild) return new ArmError(404, "NotFound", `Resource ${id.id} not found.`);
  const where = id.resourceGroup === undefined ? "" : ` under resource group '${id.resourceGroup}'`;
  return gatewayError(
    404,
    "ResourceNotFound",
    `The Resource '${id.type}/${id.name}'${where} was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

export function parentNotFound(parentId: string): ArmError {
  const name = parseResourceId(parentId)?.name ?? parentId;
  return gatewayError(
    404,
    "ParentResourceNotFound",
    `Can not perform requested operation on nested resource. Parent resource '${name}' not found.`,
  );
}
