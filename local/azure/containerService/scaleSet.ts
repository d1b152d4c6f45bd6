/** The machines of an agent pool, as they lie in the node resource group. AKS alone makes and changes them. */
import { ArmError } from "../core/armError.ts";
import type { JsonObject, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { listField, objectField } from "../kubernetes/jsonFields.ts";
import { containerServiceType } from "./containerServiceType.ts";

/** Microsoft.Compute/virtualMachineScaleSets: read only, as the node resource group of a cluster is meant to be. */
export const scaleSet: ResourceType = {
  type: containerServiceType.scaleSet,
  kind: "tracked",
  patchTags: false,
  validate: refuseWrite,
  putSeconds: () => 0,
  checkDelete: refuseDelete,
};

/** Microsoft.Compute/virtualMachineScaleSets/virtualMachines: one node each. */
export const scaleSetMachine: ResourceType = {
  type: containerServiceType.scaleSetMachine,
  kind: "child",
  validate: refuseWrite,
  putSeconds: () => 0,
  checkDelete: refuseDelete,
  render: renderMachine,
};

/** A machine only names its network interfaces; their addresses are read from the network provider. */
function renderMachine({ body }: StoredResource): JsonObject {
  const properties = objectField(body, "properties");
  const networkInterfaces = listField(properties, "networkProfile", "networkInterfaces").map(({ id }) => ({ id }));
  return { ...body, properties: { ...properties, networkProfile: { networkInterfaces } } };
}

function refuseWrite(context: WriteContext): never {
  throw new ArmError(
    501,
    "NotImplemented",
    `The local Azure makes ${context.id.type} only for agent pools of managed clusters. Change the agent pool instead.`,
  );
}

function refuseDelete(): never {
  throw new ArmError(
    501,
    "NotImplemented",
    "The local Azure deletes machines only with their agent pool. Scale or delete the agent pool instead.",
  );
}
