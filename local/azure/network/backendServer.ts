import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { effectiveRoutes, selectRoute } from "./effectiveRoutes.ts";
import { partAt, partsOf } from "./gatewayParts.ts";
import { isHttps, portOf } from "./gatewayRouting.ts";
import { formatAddress, usableAddress } from "./ipv4.ts";
import { flagAt, idAt, sameText, textAt, textsAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { resolvePublicName } from "./publicDns.ts";
import { serviceTagPrefixes } from "./serviceTags.ts";
import { subnetPrefixes } from "./topology.ts";
import { type FlowVerdict, traceFlow } from "./traceFlow.ts";
import { askWorkload, type WorkloadRequest, type WorkloadResponse } from "./workloadDirectory.ts";

export interface ServerHealth {
  readonly address: string;
  readonly health: "Healthy" | "Unhealthy" | "Unknown";
  readonly log: string;
}

/** The subnet a gateway stands in. */
export function gatewaySubnet(world: AzureWorld, gateway: StoredResource): StoredResource | undefined {
  return world.store.get(idAt(partsOf(gateway.body, "gatewayIPConfigurations")[0], "properties.subnet") ?? "");
}

/** The address of a gateway's instance, as servers see it. The first usable address is kept for a private frontend. */
export function gatewayInstanceAddress(world: AzureWorld, gateway: StoredResource): string | undefined {
  const subnet = gatewaySubnet(world, gateway);
  const prefix = subnet && subnetPrefixes(subnet)[0];
  if (subnet === undefined || prefix === undefined) return undefined;
  const neighbours = world.store
    .referencesTo(subnet.id)
    .filter((user) => user.type === networkType.applicationGateway)
    .map((user) => user.id);
  return usableAddress(prefix, 1 + Math.max(0, neighbours.indexOf(gateway.id)));
}

/**
 * Why the health of a gateway's servers cannot be known: its instances answer to Azure's gateway manager, and a route
 * that leads those addresses anywhere but to the internet cuts them off.
 * Source: learn.microsoft.com/azure/application-gateway/configuration-infrastructure (supported user-defined routes), checked 2026-11.
 */
export function unknownHealthReason(world: AzureWorld, gateway: StoredResource): string | undefined {
  const subnet = gatewaySubnet(world, gateway);
  const manager = serviceTagPrefixes("GatewayManager")?.[0];
  if (subnet === undefined || manager === undefined) return "The subnet of the gateway does not exist.";
  const route = selectRoute(effectiveRoutes(world, subnet), formatAddress(manager.first + 1));
  if (route?.nextHopType === "Internet") return undefined;
  return `Backend health status could not be retrieved: ${route?.title ?? "no route"} of subnet ${subnet.name} leads the gateway's management traffic to ${route?.nextHopType ?? "nowhere"}. Check the NSG and UDR of the gateway's subnet. To learn more visit https://aka.ms/UnknownBackendHealth.`;
}

/** One attempt to talk to a server of a pool, through routes and security groups, up to the workload that listens there. */
export type ServerAnswer =
  | { readonly kind: "answered"; readonly response: WorkloadResponse }
  | { readonly kind: "refused"; readonly verdict: FlowVerdict | undefined; readonly log: string };

export function callServer(
  world: AzureWorld,
  gateway: StoredResource,
  server: string,
  settings: JsonObject,
  request: Pick<WorkloadRequest, "host" | "path" | "headers">,
): ServerAnswer {
  const sourceAddress = gatewayInstanceAddress(world, gateway) ?? "";
  const address = resolvePublicName(world, server);
  if (address === undefined) {
    return {
      kind: "refused",
      verdict: undefined,
      log: `The FQDN ${server} configured in the backend pool cannot be resolved to an IP address by the Application Gateway.`,
    };
  }
  const port = portOf(settings);
  const subnetId = gatewaySubnet(world, gateway)?.id;
  const verdict = traceFlow(world, {
    sourceAddress,
    ...(subnetId === undefined ? {} : { sourceSubnetId: subnetId }),
    destination: address === server ? { address } : { address, fqdn: server },
    port,
    protocol: isHttps(settings) ? "HTTPS" : "HTTP",
  });
  if (!verdict.allowed)
    return {
      kind: "refused",
      verdict,
      log: `Time taken by the backend to respond to application gateway's health probe is more than the time-out threshold in the probe setting. ${verdict.reason}`,
    };
  const response = askWorkload(world, address, port, {
    ...request,
    sourceAddress: verdict.sourceAddressSeen,
    ...(verdict.handedTo === undefined ? {} : { handedTo: verdict.handedTo }),
  });
  if (response !== undefined) return { kind: "answered", response };
  return {
    kind: "refused",
    verdict,
    log: `Cannot connect to backend server ${server}:${port}. Check if application is running on correct port and whether any NSG, UDR or firewall is blocking access to the server.`,
  };
}

/** What the gateway's probe finds out about one server. */
export function probeServer(
  world: AzureWorld,
  gateway: StoredResource,
  server: string,
  settings: JsonObject,
): ServerHealth {
  const unknown = unknownHealthReason(world, gateway);
  if (unknown !== undefined) return { address: server, health: "Unknown", log: unknown };
  const probe = partAt(gateway.body, idAt(settings, "properties.probe"));
  const answer = callServer(world, gateway, server, settings, {
    host: probeHost(probe, settings, server),
    path: textAt(probe, "properties.path") ?? "/",
    headers: {},
  });
  if (answer.kind === "refused") return { address: server, health: "Unhealthy", log: answer.log };
  const accepted = textsAt(probe, "properties.match.statusCodes");
  const ranges = accepted.length === 0 ? ["200-399"] : accepted;
  const { status } = answer.response;
  if (ranges.some((range) => inRange(range, status))) {
    return { address: server, health: "Healthy", log: `Success. Received ${status} status code` };
  }
  return {
    address: server,
    health: "Unhealthy",
    log: `Received invalid status code: ${status} in the backend server's HTTP response. As per the health probe configuration, ${ranges.join(", ")} is the acceptable status code. Modify probe configuration or resolve backend issues.`,
  };
}

/** A probe's own host, else that of the settings, else what Azure sends by default. */
function probeHost(probe: JsonObject | undefined, settings: JsonObject, server: string): string {
  const own = textAt(probe, "properties.host");
  if (own !== undefined && own !== "" && !flagAt(probe, "properties.pickHostNameFromBackendHttpSettings")) return own;
  if (flagAt(settings, "properties.pickHostNameFromBackendAddress")) return server;
  const fixed = textAt(settings, "properties.hostName");
  return fixed !== undefined && !sameText(fixed, "") ? fixed : "127.0.0.1";
}

function inRange(range: string, status: number): boolean {
  const [from, to = from] = range.split("-").map(Number);
  return from !== undefined && to !== undefined && from <= status && status <= to;
}
