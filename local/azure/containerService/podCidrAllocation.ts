import type { ClusterObjects } from "../kubernetes/clusterObjects.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { formatAddress } from "../network/ipv4.ts";
import { NODE_POD_PREFIX_BITS, nodeCapacityOf, podRangeOf } from "./podNetwork.ts";

const ADDRESSES_PER_NODE = 2 ** (32 - NODE_POD_PREFIX_BITS);

/**
 * The pod range of the next node, or undefined where pods have addresses of the node subnet. The controller manager's
 * allocator goes on from the last range it gave and comes back to a freed one only after a whole round, so a node that
 * is made again has another range. Source: kubernetes/kubernetes pkg/controller/nodeipam/ipam/cidrset (AllocateNext).
 */
export function nextPodCidr(cluster: ClusterObjects): string | undefined {
  const range = podRangeOf(objectField(cluster.cluster?.body, "properties", "networkProfile"));
  if (range === undefined) return undefined;
  const taken = new Set(cluster.list("Node").map((node) => textField(node, "spec", "podCIDR")));
  const capacity = nodeCapacityOf(range);
  const from = numberField(cluster.note("LocalPodCidrs", "", "next"), "index") ?? 0;
  for (let step = 0; step < capacity; step++) {
    const index = (from + step) % capacity;
    const podCidr = `${formatAddress(range.first + index * ADDRESSES_PER_NODE)}/${NODE_POD_PREFIX_BITS}`;
    if (taken.has(podCidr)) continue;
    cluster.putNote("LocalPodCidrs", "", "next", { index: index + 1 });
    return podCidr;
  }
  throw new Error(`The pod CIDR ${range.text} has no /${NODE_POD_PREFIX_BITS} left, though the nodes were accepted.`);
}
