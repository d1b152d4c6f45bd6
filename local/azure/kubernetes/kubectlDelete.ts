import { type ClusterObjects, isOwnedBy, type KubernetesObject, namespaceOf } from "./clusterObjects.ts";
import type { CommandLine } from "./commandLine.ts";
import { type CommandResult, failed, succeeded } from "./commandResult.ts";
import { type ContextFiles, readManifest } from "./contextFiles.ts";
import { servedKindOfManifest, servedKindOfWord } from "./customResources.ts";
import { textField } from "./jsonFields.ts";
import { noSuchKind, noSuchResourceType, notFound } from "./kubectlOutput.ts";
import { qualifiedSingular } from "./resourceKinds.ts";

type DeleteLine = Extract<CommandLine, { kind: "delete" }>;

/** `kubectl delete KIND NAME`: removes one object and all that it owns, at once. */
export function deleteObject(cluster: ClusterObjects, line: DeleteLine): CommandResult {
  const kind = servedKindOfWord(cluster, line.word);
  if (kind === undefined) return failed(noSuchResourceType(line.word));
  const live = cluster.get(kind.kind, kind.namespaced ? line.namespace : "", line.name);
  if (live === undefined) return line.ignoreNotFound ? succeeded("") : failed(notFound(kind, line.name));
  removeWithDependents(cluster, live);
  return succeeded(`${qualifiedSingular(kind)} "${line.name}" deleted\n`);
}

/** `kubectl delete --filename … --ignore-not-found`: removes the objects and all that they own, at once. */
export function deleteManifest(cluster: ClusterObjects, files: ContextFiles, path: string): CommandResult {
  const manifest = readManifest(files, path);
  if ("error" in manifest) return failed(manifest.error);
  const lines: string[] = [];
  for (const sent of manifest.objects) {
    const kind = servedKindOfManifest(cluster, textField(sent, "apiVersion") ?? "", sent.kind);
    if (kind === undefined) return failed([...lines, noSuchKind(sent, path)].join("\n"));
    const namespace = kind.namespaced ? namespaceOf(sent) || "default" : "";
    const live = cluster.get(kind.kind, namespace, sent.metadata.name);
    if (live === undefined) continue;
    removeWithDependents(cluster, live);
    lines.push(`${qualifiedSingular(kind)} "${sent.metadata.name}" deleted`);
  }
  return succeeded(lines.map((line) => `${line}\n`).join(""));
}

/** Kinds that others are made for: a deployment's replica sets, a replica set's or job's pods. */
const DEPENDENT_KINDS: Readonly<Record<string, string>> = { Deployment: "ReplicaSet", ReplicaSet: "Pod", Job: "Pod" };

/** Removes an object and, as the garbage collector does, what it owns; a namespace takes everything in it along. */
export function removeWithDependents(cluster: ClusterObjects, object: KubernetesObject): void {
  const dependentKind = DEPENDENT_KINDS[object.kind];
  if (dependentKind !== undefined) {
    for (const dependent of cluster.list(dependentKind, namespaceOf(object))) {
      if (isOwnedBy(dependent, object)) removeWithDependents(cluster, dependent);
    }
  }
  if (object.kind === "Namespace") {
    for (const kind of [
      "Ingress",
      "Service",
      "Deployment",
      "Job",
      "Pod",
      "ConfigMap",
      "ServiceAccount",
      "AzureIngressProhibitedTarget",
      "Event",
    ]) {
      for (const inside of cluster.list(kind, object.metadata.name)) removeWithDependents(cluster, inside);
    }
  }
  if (object.kind === "Pod") cluster.removeNote("LocalPodLog", namespaceOf(object), object.metadata.name);
  cluster.remove(object);
}
