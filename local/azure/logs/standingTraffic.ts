import type { AzureWorld } from "../core/resourceType.ts";
import { nodeAddress, subnetOfNode } from "../kubernetes/clusterNodes.ts";
import { ClusterObjects, type KubernetesObject } from "../kubernetes/clusterObjects.ts";
import { textField } from "../kubernetes/jsonFields.ts";
import { fnv1a, resolvePublicName } from "../network/publicDns.ts";
import { recordFlow } from "../network/recordFlow.ts";
import { type Flow, traceFlow } from "../network/traceFlow.ts";
import { podInventoryWorkspaces } from "./podInventory.ts";

/** Names that the parts of a standing node talk to, each again and again after so many seconds. */
interface Habit {
  readonly host: string;
  readonly everySeconds: number;
}

/**
 * What a node talks to while nothing happens: the kubelet and the agents of the add-ons. That they do is
 * learn.microsoft.com/azure/aks/outbound-rules-control-egress; how often is this stand-in's own.
 */
function habitsOf(world: AzureWorld, clusterId: string): readonly Habit[] {
  const cluster = world.store.get(clusterId);
  const apiServer = textField(cluster?.body, "properties", "fqdn");
  const collectors = podInventoryWorkspaces(world, clusterId).flatMap((workspaceId) => {
    const customerId = textField(world.store.get(workspaceId)?.body, "properties", "customerId");
    return customerId === undefined ? [] : [{ host: `${customerId}.ods.opinsights.azure.com`, everySeconds: 60 }];
  });
  return [
    ...(apiServer === undefined ? [] : [{ host: apiServer, everySeconds: 300 }]),
    ...collectors,
    { host: "login.microsoftonline.com", everySeconds: 600 },
    { host: "management.azure.com", everySeconds: 600 },
    { host: "mcr.microsoft.com", everySeconds: 1800 },
    { host: "packages.microsoft.com", everySeconds: 3600 },
  ];
}

/** Writes the rows that the nodes of a cluster have left between two instants, judged by the rules as they stand now. */
export function recordStandingTraffic(
  world: AzureWorld,
  clusterId: string,
  span: { readonly fromEpochMs: number; readonly toEpochMs: number },
): void {
  const cluster = new ClusterObjects(world, clusterId);
  for (const node of cluster.list("Node")) {
    for (const habit of habitsOf(world, clusterId)) recordHabit(cluster, node, habit, span);
  }
}

function recordHabit(
  cluster: ClusterObjects,
  node: KubernetesObject,
  { host, everySeconds }: Habit,
  span: { readonly fromEpochMs: number; readonly toEpochMs: number },
): void {
  const { world } = cluster;
  const address = resolvePublicName(world, host);
  const source = nodeAddress(node);
  const subnetId = subnetOfNode(cluster, source);
  if (address === undefined || subnetId === undefined) return;
  const flow: Flow = {
    sourceAddress: source,
    sourceSubnetId: subnetId,
    destination: { address, fqdn: host },
    port: 443,
    protocol: "HTTPS",
  };
  const verdict = traceFlow(world, flow);
  const seed = fnv1a(`${node.metadata.name} ${host}`);
  const started = Math.max(span.fromEpochMs, Date.parse(textField(node, "metadata", "creationTimestamp") ?? ""));
  const everyMs = everySeconds * 1000;
  // Each node has its own second; so the same instants come out however the time is cut into spans.
  for (
    let at = Math.ceil((started - (seed % everyMs)) / everyMs) * everyMs + (seed % everyMs);
    at < span.toEpochMs;
    at += everyMs
  ) {
    if (at >= started) recordFlow(world, flow, verdict, { sourcePort: sourcePortOf(seed, at), atEpochMs: at });
  }
}

/** Ports that Linux gives to outgoing connections: 32,768 to 60,999. */
function sourcePortOf(seed: number, atEpochMs: number): number {
  return 32_768 + (fnv1a(`${seed} ${atEpochMs}`) % 28_232);
}
