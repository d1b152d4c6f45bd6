import type { AzureWorld } from "../core/resourceType.ts";
import { containsAddress, parseAddress, parsePrefix } from "../network/ipv4.ts";
import type { OverlayDirectory } from "../network/overlayDelivery.ts";
import { nodeAddress } from "./clusterNodes.ts";
import { ClusterObjects, type KubernetesObject } from "./clusterObjects.ts";
import { textField } from "./jsonFields.ts";

/** Label of the node network configurations of a cluster with an overlay. Source: the ingress controller's pkg/cni/overlay.go at 1.9.8. */
export const OVERLAY_LABEL = { "kubernetes.azure.com/podnetwork-type": "overlay" } as const;
export const ACN_API_VERSION = "acn.azure.com/v1alpha";
/** Namespace of what Azure's container networking keeps in a cluster. */
export const ACN_NAMESPACE = "kube-system";

/** Overlay addresses of every cluster: open to the cluster's own nodes and to the ranges that it has been extended to. */
export const overlayNodes: OverlayDirectory = { nodeHolding };

function nodeHolding(world: AzureWorld, sourceAddress: string, address: string): string | undefined {
  for (const resource of world.store.list(
    "Microsoft.ContainerService/managedClusters",
    `/subscriptions/${world.subscriptionId}`,
  )) {
    const cluster = new ClusterObjects(world, resource.id);
    const nodes = cluster.list("Node").filter((node) => isInOverlay(cluster, node));
    const holder = nodes.find((node) => isWithin(textField(node, "spec", "podCIDR"), address));
    if (holder === undefined) continue;
    const isNode = nodes.some((node) => nodeAddress(node) === sourceAddress);
    if (isNode || isExtendedTo(cluster, sourceAddress)) return nodeAddress(holder);
  }
  return undefined;
}

function isInOverlay(cluster: ClusterObjects, node: KubernetesObject): boolean {
  return cluster.get("NodeNetworkConfig", ACN_NAMESPACE, node.metadata.name) !== undefined;
}

function isExtendedTo(cluster: ClusterObjects, sourceAddress: string): boolean {
  return cluster
    .list("OverlayExtensionConfig")
    .some(
      (extension) =>
        textField(extension, "status", "state") === "Succeeded" &&
        isWithin(textField(extension, "spec", "extensionIPRange"), sourceAddress),
    );
}

function isWithin(prefix: string | undefined, address: string): boolean {
  const range = prefix === undefined ? undefined : parsePrefix(prefix);
  const number = parseAddress(address);
  return range !== undefined && number !== undefined && containsAddress(range, number);
}
