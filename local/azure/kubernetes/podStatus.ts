import type { JsonObject } from "../core/resourceType.ts";
import { type ClusterObjects, type KubernetesObject, namespaceOf, timestamp } from "./clusterObjects.ts";
import { listField, numberField, objectField, textField } from "./jsonFields.ts";
import { condition } from "./podScheduler.ts";

export function isPodReady(pod: KubernetesObject): boolean {
  return textField(readyCondition(pod), "status") === "True";
}

/** Since when the pod is ready, in epoch milliseconds; 0 when it never was. */
export function readySinceEpochMs(pod: KubernetesObject): number {
  return Date.parse(textField(readyCondition(pod), "lastTransitionTime") ?? "1970-01-01T00:00:00Z");
}

export function isPodRunning(pod: KubernetesObject): boolean {
  return textField(pod, "status", "phase") === "Running";
}

/** Sets the pod's Ready condition and its containers' ready flags. */
export function setReady(cluster: ClusterObjects, pod: KubernetesObject, isReady: boolean): void {
  const live = current(cluster, pod);
  if (live === undefined || isPodReady(live) === isReady) return;
  const status = objectField(live, "status");
  const now = timestamp(cluster.world.clock.now());
  const others = listField(status, "conditions").filter((entry) => entry.type !== "Ready");
  cluster.putStatus(live, {
    ...status,
    conditions: [...others, condition("Ready", isReady, now, isReady ? undefined : "ContainersNotReady")],
    containerStatuses: listField(status, "containerStatuses").map((container) => ({ ...container, ready: isReady })),
  });
}

/** Sets the state of all containers of a pod (waiting, running, terminated) and, where it follows from it, the phase. */
export function setContainerState(
  cluster: ClusterObjects,
  pod: KubernetesObject,
  change: {
    readonly phase: string;
    readonly state: JsonObject;
    readonly lastState?: JsonObject;
    readonly restarts?: number;
  },
): void {
  const live = current(cluster, pod);
  if (live === undefined) return;
  const status = objectField(live, "status");
  cluster.putStatus(live, {
    ...status,
    phase: change.phase,
    containerStatuses: listField(status, "containerStatuses").map((container) => ({
      ...container,
      started: change.state.running !== undefined,
      restartCount: (numberField(container, "restartCount") ?? 0) + (change.restarts ?? 0),
      state: change.state,
      ...(change.lastState === undefined ? {} : { lastState: change.lastState }),
    })),
  });
}

/** Appends to what `kubectl logs` shows of a pod; the oldest goes when it grows too long. */
export function appendLog(cluster: ClusterObjects, pod: KubernetesObject, text: string): void {
  const before = textField(cluster.note("LocalPodLog", namespaceOf(pod), pod.metadata.name), "text") ?? "";
  cluster.putNote("LocalPodLog", namespaceOf(pod), pod.metadata.name, {
    text: `${before}${text}`.slice(-LOG_LIMIT_CHARACTERS),
  });
}

/** Characters of log kept a pod. */
const LOG_LIMIT_CHARACTERS = 64 * 1024;

function readyCondition(pod: KubernetesObject): JsonObject | undefined {
  return listField(pod, "status", "conditions").find((entry) => entry.type === "Ready");
}

function current(cluster: ClusterObjects, pod: KubernetesObject): KubernetesObject | undefined {
  return cluster.get("Pod", namespaceOf(pod), pod.metadata.name);
}
