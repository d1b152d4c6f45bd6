import type { AzureWorld } from "../core/resourceType.ts";
import { containsAddress, parseAddress } from "../network/ipv4.ts";
import { resolvePublicName } from "../network/publicDns.ts";
import { recordFlow } from "../network/recordFlow.ts";
import { addressSpaceOf, findSubnet, parentOf } from "../network/topology.ts";
import { type Flow, type FlowVerdict, traceFlow } from "../network/traceFlow.ts";
import { subnetOfNode } from "./clusterNodes.ts";
import type { ClusterObjects } from "./clusterObjects.ts";

/** How a client experiences what the network decided. */
export type Reach =
  | { readonly outcome: "connected"; readonly address: string; readonly verdict: FlowVerdict }
  /** An application rule of the firewall cuts TLS after the client's hello. */
  | { readonly outcome: "reset"; readonly address: string; readonly verdict: FlowVerdict }
  /** The firewall answers plain HTTP itself, with status 470. */
  | { readonly outcome: "answeredByFirewall"; readonly address: string; readonly verdict: FlowVerdict }
  /** Dropped on the way: the client waits until it gives up. */
  | { readonly outcome: "timedOut"; readonly address: string; readonly verdict: FlowVerdict }
  | { readonly outcome: "noSuchHost" };

export interface Client {
  readonly nodeAddress: string;
  /** The subnet of the node: unconnected networks may use the same prefixes. */
  readonly nodeSubnetId?: string;
  /** Undefined for the node itself (image pulls, bootstrap). */
  readonly podAddress?: string;
}

export interface Target {
  /** Name or address. */
  readonly host: string;
  readonly port: number;
  readonly protocol: "HTTP" | "HTTPS" | "TCP";
}

/** Opens a connection from a node or pod of a cluster. */
export function reachFrom(cluster: ClusterObjects, client: Client, target: Target): Reach {
  const nodeSubnetId = subnetOfNode(cluster, client.nodeAddress);
  return reach(cluster.world, { ...client, ...(nodeSubnetId === undefined ? {} : { nodeSubnetId }) }, target);
}

/** Opens a connection from a node or pod to a name or address, and leaves the firewall's log rows behind. */
export function reach(world: AzureWorld, client: Client, target: Target): Reach {
  const address = resolvePublicName(world, target.host);
  if (address === undefined) return { outcome: "noSuchHost" };
  const isName = parseAddress(target.host) === undefined;
  const flow: Flow = {
    sourceAddress: sourceAddressFor(world, client, address),
    ...(client.nodeSubnetId === undefined ? {} : { sourceSubnetId: client.nodeSubnetId }),
    destination: { address, ...(isName ? { fqdn: target.host } : {}) },
    port: target.port,
    protocol: target.protocol,
  };
  const verdict = traceFlow(world, flow);
  recordFlow(world, flow, verdict);
  return { outcome: outcomeOf(flow, verdict), address, verdict };
}

function outcomeOf(flow: Flow, verdict: FlowVerdict): "connected" | "reset" | "answeredByFirewall" | "timedOut" {
  if (verdict.allowed) return "connected";
  if (verdict.firewall === undefined || verdict.firewall.table === "AZFWNetworkRule") return "timedOut";
  return flow.protocol === "HTTP" ? "answeredByFirewall" : "reset";
}

/**
 * Pods with addresses of the virtual network keep them inside it; towards everything else the node translates them to its
 * own. Pods with addresses of another range (kubenet, overlay) are always translated when they leave their cluster.
 * Source: learn.microsoft.com/azure/aks/concepts-network-legacy-cni (node subnet), checked 2026-11.
 */
function sourceAddressFor(world: AzureWorld, client: Client, address: string): string {
  if (client.podAddress === undefined) return client.nodeAddress;
  const subnet =
    client.nodeSubnetId === undefined ? findSubnet(world, client.nodeAddress) : world.store.get(client.nodeSubnetId);
  const network = subnet === undefined ? undefined : parentOf(world, subnet);
  const isInside = (text: string): boolean =>
    network !== undefined && addressSpaceOf(network).some((range) => containsAddress(range, parseAddress(text) ?? 0));
  return isInside(address) && isInside(client.podAddress) ? client.podAddress : client.nodeAddress;
}
