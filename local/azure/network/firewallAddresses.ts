import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { idAt, objectsAt, sameText, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";

/** The subnet of a firewall: one of its IP configurations names it. */
export function firewallSubnetId(firewall: StoredResource): string | undefined {
  return objectsAt(firewall.body, "properties.ipConfigurations")
    .map((configuration) => idAt(configuration, "properties.subnet"))
    .find((id) => id !== undefined);
}

/** The address that routes lead to; there once the firewall has been made. */
export function firewallPrivateAddress(firewall: StoredResource): string | undefined {
  return textAt(objectsAt(firewall.body, "properties.ipConfigurations")[0], "properties.privateIPAddress");
}

/** The address the internet sees: that of the first public IP. Azure picks one of several at random per connection. */
export function firewallPublicAddress(world: AzureWorld, firewall: StoredResource): string | undefined {
  const id = idAt(objectsAt(firewall.body, "properties.ipConfigurations")[0], "properties.publicIPAddress");
  const publicIpAddress = id === undefined ? undefined : world.store.get(id);
  return publicIpAddress && textAt(publicIpAddress.body, "properties.ipAddress");
}

/** The firewall that answers at a private address of a subnet. It passes packets as soon as it has been made, also during later updates. */
export function runningFirewallAt(
  world: AzureWorld,
  subnet: StoredResource,
  address: string,
): StoredResource | undefined {
  return world.store
    .list(networkType.firewall, `/subscriptions/${world.subscriptionId}`)
    .find(
      (firewall) => sameText(firewallSubnetId(firewall), subnet.id) && firewallPrivateAddress(firewall) === address,
    );
}
