/**
 * Nodes as the scheduler sees them. The addresses pods can have are the secondary ones of the node's network interface,
 * or those of the node's own pod range where it has one (kubenet, overlay).
 */

import type { JsonObject } from "../core/resourceType.ts";
import { formatAddress, parsePrefix } from "../network/ipv4.ts";
import { type ClusterObjects, type KubernetesObject, labelsOf } from "./clusterObjects.ts";
import { listField, objectField, textField } from "./jsonFields.ts";
import { hasNetwork } from "./nodeNetwork.ts";

/** Nodes that pods can be put on. */
export function schedulableNodes(cluster: ClusterObjects): KubernetesObject[] {
  if (textField(cluster.cluster?.body, "properties", "powerState", "code") === "Stopped") return [];
  return cluster
    .list("Node")
    .filter((node) => node.spec === undefined || objectField(node, "spec").unschedulable !== true)
    .filter(hasNetwork);
}

export function nodeAddress(node: KubernetesObject): string {
  const address = listField(node, "status", "addresses").find((entry) => entry.type === "InternalIP");
  return textField(address, "address") ?? "";
}

/** The id of the subnet that the node with that address is in. */
export function subnetOfNode(cluster: ClusterObjects, address: string): string | undefined {
  const node = cluster.list("Node").find((each) => nodeAddress(each) === address);
  return textField(addressesOfMachine(cluster, node)[0], "properties", "subnet", "id");
}

/** Whether the labels of a node are what a pod's nodeSelector asks for; no selector fits everywhere. */
export function fitsSelector(node: KubernetesObject, pod: KubernetesObject): boolean {
  const wanted = Object.entries(objectField(pod, "spec", "nodeSelector"));
  return wanted.every(([key, value]) => labelsOf(node)[key] === value);
}

/** An address for one more pod on the node; undefined when it is full. */
export function freePodAddress(cluster: ClusterObjects, node: KubernetesObject): string | undefined {
  const onNode = cluster
    .list("Pod")
    .filter((pod) => textField(pod, "spec", "nodeName") === node.metadata.name && isActive(pod));
  const mostPods = Number(textField(node, "status", "allocatable", "pods") ?? 0);
  if (onNode.length >= mostPods) return undefined;
  const taken = new Set(onNode.map((pod) => textField(pod, "status", "podIP")));
  return podAddressesOf(cluster, node).find((address) => !taken.has(address));
}

/** Pods that hold an address: not those that have run to their end. */
export function isActive(pod: KubernetesObject): boolean {
  const phase = textField(pod, "status", "phase");
  return phase !== "Succeeded" && phase !== "Failed";
}

/** The first address of a node's pod range is its bridge's. Source: kubenet's host-local allocation; the last is the broadcast address. */
const FIRST_POD_INDEX = 2;

function podAddressesOf(cluster: ClusterObjects, node: KubernetesObject): string[] {
  const range = parsePrefix(textField(node, "spec", "podCIDR") ?? "");
  if (range !== undefined) {
    const count = range.last - range.first - FIRST_POD_INDEX;
    return Array.from({ length: count }, (_, index) => formatAddress(range.first + FIRST_POD_INDEX + index));
  }
  return addressesOfMachine(cluster, node)
    .filter((configuration) => objectField(configuration, "properties").primary !== true)
    .flatMap((configuration) => textField(configuration, "properties", "privateIPAddress") ?? []);
}

/** The ipConfigurations of the machine behind a node. */
function addressesOfMachine(cluster: ClusterObjects, node: KubernetesObject | undefined): JsonObject[] {
  const machineId = textField(node, "spec", "providerID")?.replace(/^azure:\/\//, "") ?? "";
  const machine = cluster.world.store.get(machineId);
  return listField(machine?.body, "properties", "networkProfile", "networkInterfaces").flatMap((card) =>
    listField(card, "properties", "ipConfigurations"),
  );
}
