import type { JsonObject } from "../core/resourceType.ts";
import { type ClusterObjects, type KubernetesObject, namespaceOf, timestamp } from "./clusterObjects.ts";
import { numberField, textField } from "./jsonFields.ts";
import { appendLog, setContainerState, setReady } from "./podStatus.ts";
import { podTaskData } from "./podTaskData.ts";

/**
 * Seconds that kubelet waits before it pulls or starts again, doubled each time, and the most of them.
 * Source: kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle (10 s, 20 s, 40 s … 5 minutes).
 */
export const RESTART_PAUSE_SECONDS = 10;
export const MOST_RESTART_PAUSE_SECONDS = 300;

/** A container's process has ended: the pod with it, or (restart policy Always) the container starts again after a pause. */
export function endPod(
  cluster: ClusterObjects,
  pod: KubernetesObject,
  end: { readonly exitCode: number; readonly output: string; readonly reason: string },
): void {
  appendLog(cluster, pod, end.output);
  setReady(cluster, pod, false);
  const startedAt = textField(pod, "status", "containerStatuses", 0, "state", "running", "startedAt") ?? null;
  const terminated = {
    exitCode: end.exitCode,
    reason: end.reason,
    startedAt,
    finishedAt: timestamp(cluster.world.clock.now()),
  };
  if (textField(pod, "spec", "restartPolicy") !== "Never") restart(cluster, pod, terminated);
  else setContainerState(cluster, pod, { phase: end.exitCode === 0 ? "Succeeded" : "Failed", state: { terminated } });
}

/** A pod of a deployment starts its container again, with kubelet's growing pauses. */
function restart(cluster: ClusterObjects, pod: KubernetesObject, terminated: JsonObject): void {
  const restarts = numberField(pod, "status", "containerStatuses", 0, "restartCount") ?? 0;
  const container = textField(pod, "spec", "containers", 0, "name") ?? "";
  const pauseSeconds = Math.min(MOST_RESTART_PAUSE_SECONDS, RESTART_PAUSE_SECONDS * 2 ** restarts);
  const message = `back-off ${pauseSeconds}s restarting failed container=${container} pod=${pod.metadata.name}_${namespaceOf(pod)}`;
  setContainerState(cluster, pod, {
    phase: "Running",
    state: { waiting: { reason: "CrashLoopBackOff", message } },
    lastState: { terminated },
    restarts: 1,
  });
  cluster.world.schedule("kubernetes.startPod", pauseSeconds, podTaskData(cluster, pod));
}
