import { recordEvent } from "./clusterEvents.ts";
import { fitsSelector, freePodAddress, isActive, nodeAddress, schedulableNodes } from "./clusterNodes.ts";
import { type ClusterObjects, type KubernetesObject, namespaceOf, timestamp } from "./clusterObjects.ts";
import { listField, objectField, textField } from "./jsonFields.ts";
import { podTaskData } from "./podTaskData.ts";

/**
 * Azure seconds from a pod's placing on a node until its containers run: address, image pull, start.
 * An estimate: kubelet's events show some seconds for small images.
 */
const POD_START_SECONDS = 15;

/** Puts every unplaced pod on the node with the fewest pods that still has an address, and lets it start. */
export function schedulePods(cluster: ClusterObjects): void {
  for (const pod of cluster.list("Pod")) {
    if (textField(pod, "spec", "nodeName") === undefined) placePod(cluster, pod);
  }
  callAutoscaler(cluster);
}

/** Seconds between two scans of the cluster autoscaler. Source: learn.microsoft.com/azure/aks/cluster-autoscaler-overview (scan-interval). */
const AUTOSCALER_SCAN_SECONDS = 10;

/** Pods without a place are what the autoscaler of a pool looks for. */
function callAutoscaler(cluster: ClusterObjects): void {
  const { world, clusterId } = cluster;
  const hasWaiting = cluster.list("Pod").some((pod) => textField(pod, "spec", "nodeName") === undefined);
  if (!hasWaiting) return;
  const pools = world.store.children(clusterId, "Microsoft.ContainerService/managedClusters/agentPools");
  if (pools.some((pool) => objectField(pool.body, "properties").enableAutoScaling === true))
    world.schedule("aks.autoscaleForPods", AUTOSCALER_SCAN_SECONDS, { clusterId });
}

function placePod(cluster: ClusterObjects, pod: KubernetesObject): void {
  const nodes = schedulableNodes(cluster);
  const fitting = nodes.filter((node) => fitsSelector(node, pod));
  const busy = countPodsByNode(cluster);
  const sorted = fitting.toSorted(
    (left, right) => (busy.get(left.metadata.name) ?? 0) - (busy.get(right.metadata.name) ?? 0),
  );
  for (const node of sorted) {
    const address = freePodAddress(cluster, node);
    if (address === undefined) continue;
    assign(cluster, pod, node, address);
    return;
  }
  markUnschedulable(cluster, pod, nodes.length, fitting.length);
}

function countPodsByNode(cluster: ClusterObjects): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pod of cluster.list("Pod").filter(isActive)) {
    const node = textField(pod, "spec", "nodeName") ?? "";
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}

function assign(cluster: ClusterObjects, pod: KubernetesObject, node: KubernetesObject, address: string): void {
  const now = timestamp(cluster.world.clock.now());
  const placed = cluster.put({
    ...pod,
    spec: { ...objectField(pod, "spec"), nodeName: node.metadata.name },
    status: {
      phase: "Pending",
      hostIP: nodeAddress(node),
      podIP: address,
      podIPs: [{ ip: address }],
      startTime: now,
      conditions: [condition("PodScheduled", true, now), condition("Ready", false, now, "ContainersNotReady")],
      containerStatuses: listField(pod, "spec", "containers").map((container) => ({
        name: container.name ?? "",
        image: container.image ?? "",
        ready: false,
        started: false,
        restartCount: 0,
        state: { waiting: { reason: "ContainerCreating" } },
      })),
    },
  });
  const where = `${namespaceOf(pod)}/${pod.metadata.name} to ${node.metadata.name}`;
  recordEvent(cluster, placed, {
    type: "Normal",
    reason: "Scheduled",
    message: `Successfully assigned ${where}`,
    component: "default-scheduler",
  });
  cluster.world.schedule("kubernetes.startPod", POD_START_SECONDS, podTaskData(cluster, placed));
}

function markUnschedulable(
  cluster: ClusterObjects,
  pod: KubernetesObject,
  nodeCount: number,
  fittingCount: number,
): void {
  const reasons = [
    ...(fittingCount < nodeCount
      ? [`${nodeCount - fittingCount} node(s) didn't match Pod's node affinity/selector`]
      : []),
    ...(fittingCount > 0 ? [`${fittingCount} Too many pods`] : []),
  ];
  const message =
    nodeCount === 0
      ? "no nodes available to schedule pods"
      : `0/${nodeCount} nodes are available: ${reasons.join(", ")}.`;
  const now = timestamp(cluster.world.clock.now());
  if (textField(pod, "status", "conditions", 0, "message") === message) return;
  cluster.putStatus(pod, {
    phase: "Pending",
    conditions: [{ ...condition("PodScheduled", false, now, "Unschedulable"), message }],
  });
  recordEvent(cluster, pod, { type: "Warning", reason: "FailedScheduling", message, component: "default-scheduler" });
}

export function condition(type: string, isTrue: boolean, since: string, reason?: string): { [key: string]: string } {
  return {
    type,
    status: isTrue ? "True" : "False",
    lastTransitionTime: since,
    ...(reason === undefined ? {} : { reason }),
  };
}
