/** Whether a node's pods can be reached: the condition that the route controller keeps, and the taint that follows from it. */
import type { JsonObject } from "../core/resourceType.ts";
import { type ClusterObjects, type KubernetesObject, timestamp } from "./clusterObjects.ts";
import { listField, objectField, textField } from "./jsonFields.ts";

const CONDITION = "NetworkUnavailable";
const TAINT = "node.kubernetes.io/network-unavailable";

/** What NetworkUnavailable says and why, in the words of the cloud provider's controllers. */
export const networkStates = {
  /** cloud-node-manager --wait-routes, when the node joins. */
  awaitingRoute: { isAvailable: false, reason: "NoRouteCreated", message: "Node created without a route" },
  routeFailed: { isAvailable: false, reason: "NoRouteCreated", message: "RouteController failed to create a route" },
  routeCreated: { isAvailable: true, reason: "RouteCreated", message: "RouteController created a route" },
} as const;

type NetworkState = (typeof networkStates)[keyof typeof networkStates];

/** False only for a node that says it has no network; one that says nothing has it (Azure CNI). */
export function hasNetwork(node: KubernetesObject): boolean {
  return textField(conditionOf(node), "status") !== "True";
}

/** The condition as a new node has it. */
export function networkCondition(state: NetworkState, since: string): JsonObject {
  return {
    type: CONDITION,
    status: state.isAvailable ? "False" : "True",
    reason: state.reason,
    message: state.message,
    lastTransitionTime: since,
    lastHeartbeatTime: since,
  };
}

/** Taints of a node in that state. Source: kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration (taint nodes by condition). */
export function networkTaints(state: NetworkState): JsonObject[] {
  return state.isAvailable ? [] : [{ key: TAINT, effect: "NoSchedule" }];
}

/** Sets condition and taint of a node; returns whether anything changed. */
export function setNetworkState(cluster: ClusterObjects, name: string, state: NetworkState): boolean {
  const node = cluster.get("Node", "", name);
  if (node === undefined) return false;
  const known = conditionOf(node);
  const wanted = networkCondition(state, timestamp(cluster.world.clock.now()));
  if (known?.status === wanted.status && known?.reason === wanted.reason && known?.message === wanted.message)
    return false;
  const since = known?.status === wanted.status ? (known?.lastTransitionTime ?? null) : wanted.lastTransitionTime;
  const { taints: _taints, ...spec } = objectField(node, "spec");
  const taints = [...listField(node, "spec", "taints").filter(({ key }) => key !== TAINT), ...networkTaints(state)];
  const others = listField(node, "status", "conditions").filter(({ type }) => type !== CONDITION);
  cluster.put({
    ...node,
    spec: { ...spec, ...(taints.length === 0 ? {} : { taints }) },
    status: {
      ...objectField(node, "status"),
      conditions: [{ ...wanted, lastTransitionTime: since ?? null }, ...others],
    },
  });
  return true;
}

function conditionOf(node: KubernetesObject): JsonObject | undefined {
  return listField(node, "status", "conditions").find(({ type }) => type === CONDITION);
}
