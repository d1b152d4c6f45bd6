import { ArmError } from "../core/armError.ts";
import type { AzureWorld, JsonObject, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { checkName, checkShape } from "./bodyShape.ts";
import { defaultSecurityRules } from "./defaultSecurityRules.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { objectsAt, propertiesOf, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { checkRuleSet } from "./securityRule.ts";
import { subnetsWith } from "./subnetUsers.ts";

/** A PUT of a group replaces all its rules: what the body leaves out is gone. */
export const networkSecurityGroup: ResourceType = {
  type: networkType.networkSecurityGroup,
  kind: "tracked",
  etags: true,
  settlesUnchanged: true,
  inlineChildren: [{ property: "securityRules", type: networkType.securityRule, whenOmitted: "delete" }],
  retryAfterSeconds: retryAfterSeconds.short,
  validate,
  prepare,
  putSeconds: () => durations.networkSecurityGroup,
  deleteSeconds: () => durations.shortDelete,
  checkDelete,
  render,
};

function validate(context: WriteContext): void {
  checkName(context);
  checkShape(context.body, {
    "properties.securityRules": { list: { name: { required: "text" }, properties: "object" } },
  });
  const rules = objectsAt(context.body, "properties.securityRules").map((rule) => ({
    name: textAt(rule, "name") ?? "",
    properties: propertiesOf(rule),
  }));
  checkRuleSet(context.world, context.id.id, rules);
}

function prepare(context: WriteContext): JsonObject {
  const { body, existing, world } = context;
  const {
    subnets: _subnets,
    networkInterfaces: _interfaces,
    defaultSecurityRules: _rules,
    ...sent
  } = propertiesOf(body);
  return {
    ...body,
    properties: { ...sent, resourceGuid: existing?.body.properties?.resourceGuid ?? world.newGuid() },
  };
}

function machinesWith(world: AzureWorld, groupId: string): StoredResource[] {
  return world.store.referencesTo(groupId).filter((user) => user.type === "Microsoft.Compute/virtualMachineScaleSets");
}

function checkDelete(resource: StoredResource, world: AzureWorld): void {
  const scaleSet = machinesWith(world, resource.id)[0];
  if (scaleSet !== undefined) {
    throw new ArmError(
      400,
      "NetworkSecurityGroupInUseByVirtualMachineScaleSet",
      `Cannot delete network security group ${resource.id} since it is in use by virtual machine scale set ${scaleSet.id}.`,
    );
  }
  const subnets = subnetsWith(world, "networkSecurityGroup", resource.id);
  if (subnets.length === 0) return;
  throw new ArmError(
    400,
    "InUseNetworkSecurityGroupCannotBeDeleted",
    `Network security group ${resource.id} cannot be deleted because it is in use by the following resources: ${subnets.map(({ id }) => id).join(", ")}. In order to delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.`,
  );
}

function render(resource: StoredResource, world: AzureWorld): JsonObject {
  const subnets = subnetsWith(world, "networkSecurityGroup", resource.id).map(({ id }) => ({ id }));
  return {
    ...resource.body,
    properties: {
      ...resource.body.properties,
      defaultSecurityRules: defaultSecurityRules.map((rule) => ({
        name: rule.name,
        id: `${resource.id}/defaultSecurityRules/${rule.name}`,
        etag: resource.etag,
        type: `${networkType.networkSecurityGroup}/defaultSecurityRules`,
        properties: { ...rule.properties },
      })),
      ...(subnets.length === 0 ? {} : { subnets }),
    },
  };
}
