/**
 * The network interfaces of a scale set's machines. They are shown by the network provider under the paths of compute, and
 * are no resources of their own: nobody can read one by the ordinary path of a network interface.
 * Source: learn.microsoft.com/rest/api/virtualnetwork/network-interface-in-vm-ss (api-version 2018-10-01), checked 2026-11.
 */
import type { ArmOperation, AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { listField, objectField } from "../kubernetes/jsonFields.ts";
import { containerServiceType } from "./containerServiceType.ts";

export const scaleSetNetworkInterfaces: readonly ArmOperation[] = [
  {
    method: "GET",
    path: `{${containerServiceType.scaleSet}}/networkInterfaces`,
    action: `${containerServiceType.scaleSet}/networkInterfaces/read`,
    handle: ({ world, resource }) => {
      const machines = world.store.children(resource?.id ?? "", containerServiceType.scaleSetMachine);
      return { status: 200, body: { value: machines.flatMap((machine) => interfacesOf(world, machine)) } };
    },
  },
  {
    method: "GET",
    path: `{${containerServiceType.scaleSetMachine}}/networkInterfaces`,
    action: `${containerServiceType.scaleSetMachine}/networkInterfaces/read`,
    handle: ({ world, resource }) => ({
      status: 200,
      body: { value: resource === undefined ? [] : interfacesOf(world, resource) },
    }),
  },
];

function interfacesOf(world: AzureWorld, machine: StoredResource): JsonObject[] {
  const { etag } = machine;
  const set = world.store.get(machine.id.slice(0, machine.id.lastIndexOf("/virtualMachines/")));
  const profile = objectField(set?.body, "properties", "virtualMachineProfile", "networkProfile");
  const [configured = {}] = listField(profile, "networkInterfaceConfigurations");
  return listField(machine.body, "properties", "networkProfile", "networkInterfaces").map((card) => {
    const id = String(card.id);
    const { primary, ipConfigurations: _, ...rest } = objectField(card, "properties");
    return {
      name: id.slice(id.lastIndexOf("/") + 1),
      id,
      etag,
      properties: {
        provisioningState: "Succeeded",
        ipConfigurations: listField(card, "properties", "ipConfigurations").map((configuration) => ({
          name: configuration.name,
          id: `${id}/ipConfigurations/${configuration.name}`,
          etag,
          properties: {
            provisioningState: "Succeeded",
            privateIPAddressVersion: "IPv4",
            ...objectField(configuration, "properties"),
          },
        })),
        dnsSettings: { dnsServers: [], appliedDnsServers: [] },
        enableAcceleratedNetworking: false,
        enableIPForwarding: objectField(configured, "properties").enableIPForwarding ?? false,
        networkSecurityGroup: objectField(configured, "properties", "networkSecurityGroup"),
        primary: primary ?? true,
        virtualMachine: { id: machine.id },
        ...rest,
      },
    };
  });
}
