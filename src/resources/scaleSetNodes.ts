/** The nodes of a cluster as compute and network know them, which is without asking Kubernetes. */
import { isJsonArray, type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import type { NodeTruth } from "../domain/routeTruths.ts";
import { apiVersions } from "./apiVersions.ts";
import type { Document } from "./syncDefinition.ts";

export function scaleSetList(nodeGroupId: string): Document {
  const id = `${nodeGroupId}/providers/Microsoft.Compute/virtualMachineScaleSets`;
  return { id, apiVersion: apiVersions.scaleSets };
}

/** What is to be read of a scale set: its machines, then their network interfaces. */
export function machineLists(scaleSetId: string): readonly [Document, Document] {
  return [
    { id: `${scaleSetId}/virtualMachines`, apiVersion: apiVersions.scaleSets },
    { id: `${scaleSetId}/networkInterfaces`, apiVersion: apiVersions.scaleSetNetworkInterfaces },
  ];
}

/** The agent pool that a scale set is the machines of. AKS tags it so; kubernetes-sigs/cluster-api-provider-azure tells scale sets by the same tag. */
export function poolOf(scaleSet: JsonObject): string | undefined {
  return textAt(scaleSet, "tags.aks-managed-poolName");
}

/** The machines as nodes; one without an address has not begun to be one. */
export function nodesOf(machines: readonly JsonObject[], cards: readonly JsonObject[]): readonly NodeTruth[] {
  const addresses = new Map(cards.flatMap(addressOf));
  return machines.flatMap((machine) => {
    const name = textAt(machine, "properties.osProfile.computerName");
    const address = addresses.get(textAt(machine, "id")?.toLowerCase() ?? "");
    if (name === undefined || address === undefined) return [];
    const createdAt = textAt(machine, "properties.timeCreated");
    const provisioningState = textAt(machine, "properties.provisioningState");
    return [
      {
        name: name.toLowerCase(),
        address,
        ...(createdAt === undefined ? {} : { createdAt }),
        ...(provisioningState === undefined ? {} : { provisioningState }),
      },
    ];
  });
}

/** The machine of a network interface and its first address; only the primary one of a machine counts. */
function addressOf(card: JsonObject): readonly (readonly [string, string])[] {
  const machine = textAt(card, "properties.virtualMachine.id")?.toLowerCase();
  const configurations = jsonAt(card, "properties.ipConfigurations");
  const all = isJsonArray(configurations) ? configurations : [];
  const primary = all.find((each) => jsonAt(each, "properties.primary") === true) ?? all[0];
  const address = textAt(primary, "properties.privateIPAddress");
  if (machine === undefined || address === undefined || jsonAt(card, "properties.primary") === false) return [];
  return [[machine, address]];
}
