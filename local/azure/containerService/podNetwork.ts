import type { Json, JsonObject } from "../core/resourceType.ts";
import { textField } from "../kubernetes/jsonFields.ts";
import { type AddressRange, parsePrefix } from "../network/ipv4.ts";

/** Where the addresses of a cluster's pods come from: out of the node subnet, or out of a range of their own. */
export type PodNetwork = "nodeSubnet" | "kubenet" | "overlay";

/** Source: learn.microsoft.com/azure/aks/configure-kubenet and azure-cni-overlay (--pod-cidr), checked 2026-11. */
export const DEFAULT_POD_CIDR = "10.244.0.0/16";

/** Prefix length of a node's part of the pod range, in bits. Source: the same pages (a /24 for each node). */
export const NODE_POD_PREFIX_BITS = 24;

/** The kind of pod network that a network profile asks for. */
export function podNetworkOf(profile: JsonObject): PodNetwork {
  if (textField(profile, "networkPlugin")?.toLowerCase() === "kubenet") return "kubenet";
  return textField(profile, "networkPluginMode")?.toLowerCase() === "overlay" ? "overlay" : "nodeSubnet";
}

/** The kind of pod network of a cluster's body. */
export function podNetworkOfCluster(body: Json | undefined): PodNetwork {
  const plugin = textField(body, "properties", "networkProfile", "networkPlugin") ?? "azure";
  const mode = textField(body, "properties", "networkProfile", "networkPluginMode");
  return podNetworkOf({ networkPlugin: plugin, ...(mode === undefined ? {} : { networkPluginMode: mode }) });
}

/** The pod range of a profile that was accepted; undefined where pods have addresses of the node subnet. */
export function podRangeOf(profile: JsonObject): AddressRange | undefined {
  if (podNetworkOf(profile) === "nodeSubnet") return undefined;
  return parsePrefix(textField(profile, "podCidr") ?? DEFAULT_POD_CIDR);
}

/** How many nodes a pod range has room for. */
export function nodeCapacityOf(podRange: AddressRange): number {
  return 2 ** Math.max(0, NODE_POD_PREFIX_BITS - (podRange.lengthBits ?? 32));
}
