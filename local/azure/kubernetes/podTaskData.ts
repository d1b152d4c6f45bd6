import type { AzureWorld, JsonObject } from "../core/resourceType.ts";
import { ClusterObjects, type KubernetesObject, namespaceOf } from "./clusterObjects.ts";
import { textField } from "./jsonFields.ts";

/** What a scheduled task carries to find its pod again. */
export function podTaskData(cluster: ClusterObjects, pod: KubernetesObject, more: JsonObject = {}): JsonObject {
  return {
    clusterId: cluster.clusterId,
    namespace: namespaceOf(pod),
    pod: pod.metadata.name,
    uid: textField(pod, "metadata", "uid") ?? "",
    ...more,
  };
}

/** The pod that a task was scheduled for; undefined when it, or its cluster, is gone meanwhile. */
export function podOfTask(
  data: JsonObject,
  world: AzureWorld,
): { readonly cluster: ClusterObjects; readonly pod: KubernetesObject } | undefined {
  const cluster = new ClusterObjects(world, textField(data, "clusterId") ?? "");
  if (cluster.cluster === undefined) return undefined;
  const pod = cluster.get("Pod", textField(data, "namespace") ?? "", textField(data, "pod") ?? "");
  return pod !== undefined && textField(pod, "metadata", "uid") === data.uid ? { cluster, pod } : undefined;
}
