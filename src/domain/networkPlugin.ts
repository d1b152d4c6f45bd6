/**
 * How pods get addresses, and what follows from it.
 *
 * | plug-in | a pod's address    | the gateway finds it by        | pods a node, by default |
 * |---------|--------------------|--------------------------------|-------------------------|
 * | azure   | of the node subnet | the network itself             | 30                      |
 * | kubenet | of the node's /24  | a route to the node, kept by us | 110                     |
 * | overlay | of the node's /24  | an extension that AGIC asks for | 250                     |
 *
 * Sources: learn.microsoft.com/azure/aks/configure-kubenet, learn.microsoft.com/azure/aks/azure-cni-overlay and
 * learn.microsoft.com/azure/aks/azure-cni-overview, checked 2026-11.
 */
import type { ClusterSpec, NetworkPlugin } from "./environmentSpec.ts";

export interface PluginManners {
  /** Every pod takes an address of the node subnet; else pods have a range of their own, the pod CIDR. */
  readonly podsInSubnet: boolean;
  /** AKS writes a route for each node into the cluster's table, and the gateway's subnet needs them, too. */
  readonly podRoutes: boolean;
  readonly maxPods: number;
}

export const pluginManners: Readonly<Record<NetworkPlugin, PluginManners>> = {
  azure: { podsInSubnet: true, podRoutes: false, maxPods: 30 },
  kubenet: { podsInSubnet: false, podRoutes: true, maxPods: 110 },
  overlay: { podsInSubnet: false, podRoutes: false, maxPods: 250 },
};

/** The range that AKS takes when none is named. Source: learn.microsoft.com/azure/aks/configure-kubenet, checked 2026-11. */
export const POD_CIDR = "10.244.0.0/16";

/** Bits of the range that each node gets out of the pod CIDR, whatever the number of its pods. Same source. */
export const NODE_POD_PREFIX_BITS = 24;

/** Routes in a table. Source: learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits (user-defined routes), checked 2026-11. */
export const ROUTES_A_TABLE_MAX = 400;

/** The pod CIDR of a cluster whose pods have one. Throws a sentence for any other. */
export function podCidrOf({ name, networkPlugin, podCidr }: ClusterSpec): string {
  if (podCidr === undefined)
    throw new Error(
      `The cluster ${name} (${networkPlugin}) has no pod CIDR; withDefaults gives one to kubenet and overlay.`,
    );
  return podCidr;
}
