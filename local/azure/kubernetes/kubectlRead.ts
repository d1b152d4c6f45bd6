import {
  type ClusterObjects,
  isOwnedBy,
  type KubernetesObject,
  labelsOf,
  matchesLabels,
  namespaceOf,
} from "./clusterObjects.ts";
import type { CommandLine } from "./commandLine.ts";
import { type CommandResult, failed, succeeded } from "./commandResult.ts";
import { type ContextFiles, readManifest } from "./contextFiles.ts";
import { servedKindOfManifest, servedKindOfWord } from "./customResources.ts";
import { field, numberField, textField } from "./jsonFields.ts";
import { noSuchKind, noSuchResourceType, notFound, printJson, printList } from "./kubectlOutput.ts";
import { kindNamed, type ResourceKind } from "./resourceKinds.ts";

type GetLine = Extract<CommandLine, { kind: "get" }>;

/** `kubectl get KIND [NAME]`. */
export function getObjects(cluster: ClusterObjects, line: GetLine): CommandResult {
  const kind = servedKindOfWord(cluster, line.word);
  if (kind === undefined) return failed(noSuchResourceType(line.word));
  const namespace = kind.namespaced ? line.namespace : "";
  if (line.name !== undefined) {
    if (line.selector !== undefined) return failed("error: name cannot be provided when a selector is specified");
    return printFound([cluster.get(kind.kind, namespace, line.name) ?? { kind, name: line.name }], line.ignoreNotFound);
  }
  const selector = parseSelector(line.selector);
  if (selector === undefined)
    return failed(`error: unable to parse requirement: found '${line.selector}', expected: key=value`);
  const matching =
    Object.keys(selector).length === 0
      ? () => true
      : (object: KubernetesObject) => matchesLabels(selector, labelsOf(object));
  return succeeded(printList(cluster.list(kind.kind, kind.namespaced ? namespace : undefined).filter(matching)));
}

/** `kubectl get --filename`: one object found is printed by itself, several as a List, none as nothing at all. */
export function getManifestObjects(cluster: ClusterObjects, files: ContextFiles, path: string): CommandResult {
  const manifest = readManifest(files, path);
  if ("error" in manifest) return failed(manifest.error);
  const unknown = manifest.objects.find((object) => kindOf(cluster, object) === undefined);
  if (unknown !== undefined) return failed(noSuchKind(unknown, path));
  const looked = manifest.objects.map((object) => {
    const kind = kindOf(cluster, object) ?? kindNamed(object.kind);
    const namespace = kind.namespaced ? namespaceOf(object) || "default" : "";
    return cluster.get(kind.kind, namespace, object.metadata.name) ?? { kind, name: object.metadata.name };
  });
  return printFound(looked, true);
}

type Looked = KubernetesObject | { readonly kind: ResourceKind; readonly name: string };

function printFound(looked: readonly Looked[], ignoreNotFound: boolean): CommandResult {
  const found = looked.filter((item): item is KubernetesObject => "metadata" in item);
  const missing = looked.filter((item): item is { kind: ResourceKind; name: string } => !("metadata" in item));
  const [only] = found;
  const printed = only === undefined ? "" : found.length === 1 ? printJson(only) : printList(found);
  if (ignoreNotFound || missing.length === 0) return succeeded(printed);
  return failed(`${printed}${missing.map((item) => notFound(item.kind, item.name)).join("\n")}`);
}

/** `kubectl logs job/NAME`: what the job's newest pod has written. */
export function jobLogs(cluster: ClusterObjects, name: string, namespace: string): CommandResult {
  const job = cluster.get("Job", namespace, name);
  if (job === undefined) return failed(notFound(kindNamed("Job"), name));
  const pods = cluster.list("Pod", namespace).filter((pod) => isOwnedBy(pod, job));
  const pod = pods.toSorted((left, right) => createdAt(right).localeCompare(createdAt(left)))[0];
  if (pod === undefined) return failed("error: timed out waiting for the condition");
  const waiting = textField(pod, "status", "containerStatuses", 0, "state", "waiting", "reason");
  const container = textField(pod, "spec", "containers", 0, "name") ?? "";
  if (waiting !== undefined || field(pod, "status", "containerStatuses") === undefined) {
    const reason = /ImagePull/.test(waiting ?? "") ? "trying and failing to pull image" : "ContainerCreating";
    const text = `container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${reason}`;
    return failed(`Error from server (BadRequest): ${text}`);
  }
  return succeeded(textField(cluster.note("LocalPodLog", namespace, pod.metadata.name), "text") ?? "");
}

/** `kubectl rollout status … --timeout=20s`, at the moment it ends. */
export function rolloutStatus(cluster: ClusterObjects, name: string, namespace: string): CommandResult {
  const deployment = cluster.get("Deployment", namespace, name);
  if (deployment === undefined) return failed(notFound(kindNamed("Deployment"), name));
  const waiting = rolloutWaitsFor(deployment);
  if (waiting === undefined) return succeeded(`deployment "${name}" successfully rolled out\n`);
  return failed(`${waiting}\nerror: timed out waiting for the condition`);
}

/** What a rollout still waits for, in kubectl's words; undefined when it is complete. */
export function rolloutWaitsFor(deployment: KubernetesObject): string | undefined {
  const wanted = numberField(deployment, "spec", "replicas") ?? 1;
  const updated = numberField(deployment, "status", "updatedReplicas") ?? 0;
  const all = numberField(deployment, "status", "replicas") ?? 0;
  const available = numberField(deployment, "status", "availableReplicas") ?? 0;
  const start = `Waiting for deployment "${deployment.metadata.name}" rollout to finish:`;
  if (updated < wanted) return `${start} ${updated} out of ${wanted} new replicas have been updated...`;
  if (all > updated) return `${start} ${all - updated} old replicas are pending termination...`;
  if (available < updated) return `${start} ${available} of ${updated} updated replicas are available...`;
  return undefined;
}

function kindOf(cluster: ClusterObjects, object: KubernetesObject): ResourceKind | undefined {
  return servedKindOfManifest(cluster, textField(object, "apiVersion") ?? "", object.kind);
}

function createdAt(object: KubernetesObject): string {
  return textField(object, "metadata", "creationTimestamp") ?? "";
}

function parseSelector(selector: string | undefined): Record<string, string> | undefined {
  if (selector === undefined) return {};
  const pairs = selector.split(",").map((pair) => /^([\w./-]+)==?([\w.-]*)$/.exec(pair));
  if (pairs.some((pair) => pair === null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}
