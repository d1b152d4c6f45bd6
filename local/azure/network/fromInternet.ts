import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { gatewayInstanceAddress, gatewaySubnet } from "./backendServer.ts";
import { firewallRules } from "./firewallRules.ts";
import { partsOf } from "./gatewayParts.ts";
import { numberAt, sameText, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { publicIpAddressUser } from "./publicIpAddress.ts";
import { securityGroupVerdict } from "./securityGroupVerdict.ts";
import { servedGateway } from "./servedConfiguration.ts";
import { allOf } from "./topology.ts";

export interface ArrivalVerdict {
  readonly allowed: boolean;
  /** The gateway that took the connection. */
  readonly gatewayId?: string;
  readonly reason: string;
}

/** Whether a client of the internet gets a connection to a public address, and who answers it. */
export function fromInternet(
  world: AzureWorld,
  flow: { readonly clientAddress: string; readonly destinationAddress: string; readonly port: number },
): ArrivalVerdict {
  const address = allOf(world, networkType.publicIpAddress).find(
    (candidate) => textAt(candidate.body, "properties.ipAddress") === flow.destinationAddress,
  );
  if (address === undefined) return refused(`nobody has the public address ${flow.destinationAddress}`);
  const user = publicIpAddressUser(world, address.id);
  if (user === undefined) return refused(`public IP address ${address.name} belongs to no resource`);
  return user.resource.type === networkType.applicationGateway
    ? arriveAtGateway(world, user.resource, flow)
    : arriveAtFirewall(world, user.resource, flow);
}

function refused(reason: string): ArrivalVerdict {
  return { allowed: false, reason };
}

/**
 * The security group of the subnet sees the instance's private address, not the public one. The reply needs no route of
 * the table: the platform returns what came in by the public frontend the way it came.
 */
function arriveAtGateway(
  world: AzureWorld,
  gateway: StoredResource,
  flow: { readonly clientAddress: string; readonly port: number },
): ArrivalVerdict {
  if (textAt(gateway.body, "properties.operationalState") !== "Running")
    return refused(`gateway ${gateway.name} is not running`);
  const listens = partsOf(servedGateway(gateway).body, "frontendPorts").some(
    (part) => numberAt(part, "properties.port") === flow.port,
  );
  if (!listens) return refused(`gateway ${gateway.name} has no frontend port ${flow.port}`);
  const subnet = gatewaySubnet(world, gateway);
  const instance = gatewayInstanceAddress(world, gateway);
  if (subnet === undefined || instance === undefined) return refused(`gateway ${gateway.name} has no subnet`);
  const verdict = securityGroupVerdict(world, subnet, {
    direction: "Inbound",
    sourceAddress: flow.clientAddress,
    destinationAddress: instance,
    port: flow.port,
    transport: "Tcp",
  });
  if (!verdict.allowed) return refused(verdict.reason);
  return { allowed: true, gatewayId: gateway.id, reason: `gateway ${gateway.name} answers; ${verdict.reason}` };
}

/** A firewall takes in only what one of its NAT rules translates. */
function arriveAtFirewall(
  world: AzureWorld,
  firewall: StoredResource,
  flow: { readonly destinationAddress: string; readonly port: number },
): ArrivalVerdict {
  for (const collection of firewallRules(world, firewall).collections) {
    if (collection.kind !== "nat") continue;
    const rule = collection.rules.find(
      (candidate) =>
        candidate.destinationAddresses.includes(flow.destinationAddress) &&
        candidate.destinationPorts.includes(String(flow.port)) &&
        candidate.ipProtocols.some((protocol) => sameText(protocol, "TCP")),
    );
    if (rule === undefined) continue;
    return {
      allowed: true,
      reason: `NAT rule ${rule.name} of firewall ${firewall.name} translates to ${rule.translatedAddress}:${rule.translatedPort}`,
    };
  }
  return refused(`firewall ${firewall.name} has no NAT rule for ${flow.destinationAddress}:${flow.port}`);
}
