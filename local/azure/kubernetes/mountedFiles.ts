import type { JsonObject } from "../core/resourceType.ts";
import { type ClusterObjects, type KubernetesObject, namespaceOf } from "./clusterObjects.ts";
import { listField, textField } from "./jsonFields.ts";

/** The text of a file that a container sees through a mounted ConfigMap; undefined when nothing is mounted there. */
export function mountedFile(
  cluster: ClusterObjects,
  pod: KubernetesObject,
  container: JsonObject,
  path: string,
): string | undefined {
  for (const mount of listField(container, "volumeMounts")) {
    const directory = `${(textField(mount, "mountPath") ?? "").replace(/\/$/, "")}/`;
    if (!path.startsWith(directory)) continue;
    const configMap = configMapOf(cluster, pod, textField(mount, "name") ?? "");
    const text = textField(configMap, "data", path.slice(directory.length));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The first ConfigMap that a pod's volumes name and that is not there: kubelet waits for it. */
export function missingConfigMap(cluster: ClusterObjects, pod: KubernetesObject): string | undefined {
  return listField(pod, "spec", "volumes")
    .flatMap((volume) => textField(volume, "configMap", "name") ?? [])
    .find((name) => cluster.get("ConfigMap", namespaceOf(pod), name) === undefined);
}

function configMapOf(cluster: ClusterObjects, pod: KubernetesObject, volumeName: string): KubernetesObject | undefined {
  const volume = listField(pod, "spec", "volumes").find((candidate) => candidate.name === volumeName);
  const name = textField(volume, "configMap", "name");
  return name === undefined ? undefined : cluster.get("ConfigMap", namespaceOf(pod), name);
}
