import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { listField, textField } from "../kubernetes/jsonFields.ts";
import { usableAddress, usableAddressCount } from "../network/ipv4.ts";
import { subnetPrefixes } from "../network/topology.ts";
import { containerServiceType } from "./containerServiceType.ts";

/** Addresses of a subnet that resources can have, taken or not. */
export function subnetCapacity(subnet: StoredResource): number {
  return subnetPrefixes(subnet).reduce((sum, prefix) => sum + usableAddressCount(prefix), 0);
}

/** Addresses of the subnet that machines already have. */
export function takenAddresses(world: AzureWorld, subnetId: string): Set<string> {
  const machines = world.store.list(containerServiceType.scaleSetMachine, `/subscriptions/${world.subscriptionId}`);
  const addresses = machines.flatMap((machine) =>
    listField(machine.body, "properties", "networkProfile", "networkInterfaces")
      .flatMap((card) => listField(card, "properties", "ipConfigurations"))
      .filter(
        (configuration) =>
          textField(configuration, "properties", "subnet", "id")?.toLowerCase() === subnetId.toLowerCase(),
      )
      .flatMap((configuration) => textField(configuration, "properties", "privateIPAddress") ?? []),
  );
  return new Set(addresses);
}

/** The first free addresses of a subnet, in order; fewer than asked for when it is full. */
export function takeAddresses(subnet: StoredResource, taken: ReadonlySet<string>, count: number): string[] {
  const found: string[] = [];
  for (const prefix of subnetPrefixes(subnet)) {
    const size = usableAddressCount(prefix);
    for (let index = 0; index < size && found.length < count; index++) {
      const address = usableAddress(prefix, index);
      if (!taken.has(address)) found.push(address);
    }
  }
  return found;
}
