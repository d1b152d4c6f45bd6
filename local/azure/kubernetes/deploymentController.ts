/** Deployments: a replica set for each pod template, pods for each replica set, and the rolling from one to the next. */
import type { JsonObject } from "../core/resourceType.ts";
import {
  type ClusterObjects,
  isOwnedBy,
  type KubernetesObject,
  namespaceOf,
  ownerReference,
  timestamp,
} from "./clusterObjects.ts";
import { numberField, objectField, textField } from "./jsonFields.ts";
import { removeWithDependents } from "./kubectlDelete.ts";
import { randomEnding, templateHash } from "./podNames.ts";
import { condition } from "./podScheduler.ts";
import { isPodReady, readySinceEpochMs } from "./podStatus.ts";

/** Brings replica sets and pods of every deployment nearer to what is wanted. */
export function runDeployments(cluster: ClusterObjects): void {
  for (const deployment of cluster.list("Deployment")) runDeployment(cluster, deployment);
}

function runDeployment(cluster: ClusterObjects, deployment: KubernetesObject): void {
  const wanted = numberField(deployment, "spec", "replicas") ?? 1;
  const current = currentReplicaSet(cluster, deployment);
  const older = replicaSetsOf(cluster, deployment).filter((set) => set.metadata.name !== current.metadata.name);
  const surge = countOf(objectField(deployment, "spec", "strategy", "rollingUpdate").maxSurge, wanted, Math.ceil);
  const unavailable = countOf(
    objectField(deployment, "spec", "strategy", "rollingUpdate").maxUnavailable,
    wanted,
    Math.floor,
  );
  retireOldPods(cluster, deployment, older, wanted - unavailable);
  const oldCount = older.reduce((sum, set) => sum + podsOf(cluster, set).length, 0);
  const room = oldCount === 0 ? wanted : Math.max(0, Math.min(wanted, wanted + surge - oldCount));
  scaleReplicaSet(cluster, current, room);
  for (const set of older) scaleReplicaSet(cluster, set, podsOf(cluster, set).length);
  updateStatus(cluster, deployment, current, [current, ...older]);
}

/** A rollout step may be a number or a percentage; 25 % when nothing is said. */
function countOf(value: unknown, replicas: number, round: (value: number) => number): number {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" && value.endsWith("%") ? Number(value.slice(0, -1)) : 25;
  return round((replicas * percent) / 100);
}

function currentReplicaSet(cluster: ClusterObjects, deployment: KubernetesObject): KubernetesObject {
  const template = objectField(deployment, "spec", "template");
  const hash = templateHash(template);
  const name = `${deployment.metadata.name}-${hash}`;
  const namespace = namespaceOf(deployment);
  const known = cluster.get("ReplicaSet", namespace, name);
  if (known !== undefined) return known;
  const labels = { ...objectField(template, "metadata", "labels"), "pod-template-hash": hash };
  return cluster.put({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: { name, namespace, labels, ownerReferences: [ownerReference(deployment, "apps/v1")] },
    spec: {
      replicas: 0,
      selector: {
        matchLabels: { ...objectField(deployment, "spec", "selector", "matchLabels"), "pod-template-hash": hash },
      },
      template: { ...template, metadata: { ...objectField(template, "metadata"), labels } },
    },
  });
}

function replicaSetsOf(cluster: ClusterObjects, deployment: KubernetesObject): KubernetesObject[] {
  return cluster.list("ReplicaSet", namespaceOf(deployment)).filter((set) => isOwnedBy(set, deployment));
}

function podsOf(cluster: ClusterObjects, owner: KubernetesObject): KubernetesObject[] {
  return cluster.list("Pod", namespaceOf(owner)).filter((pod) => isOwnedBy(pod, owner));
}

/** Old pods go as soon as enough others serve; those that do not serve go first. */
function retireOldPods(
  cluster: ClusterObjects,
  deployment: KubernetesObject,
  older: readonly KubernetesObject[],
  leastAvailable: number,
): void {
  const old = older.flatMap((set) => podsOf(cluster, set));
  for (const pod of old.filter((candidate) => !isPodReady(candidate))) removeWithDependents(cluster, pod);
  const available = (): number =>
    replicaSetsOf(cluster, deployment)
      .flatMap((set) => podsOf(cluster, set))
      .filter((pod) => isAvailable(cluster, deployment, pod)).length;
  for (const pod of old.filter(isPodReady)) {
    if (available() > leastAvailable) removeWithDependents(cluster, pod);
  }
}

function scaleReplicaSet(cluster: ClusterObjects, set: KubernetesObject, count: number): void {
  const pods = podsOf(cluster, set);
  for (const pod of pods.slice(count)) removeWithDependents(cluster, pod);
  for (let missing = count - pods.length; missing > 0; missing--) cluster.put(newPod(cluster, set));
  const spec = { ...objectField(set, "spec"), replicas: count };
  if (numberField(set, "spec", "replicas") !== count) cluster.put({ ...set, spec });
}

function newPod(cluster: ClusterObjects, set: KubernetesObject): KubernetesObject {
  const template = objectField(set, "spec", "template");
  const name = `${set.metadata.name}-${randomEnding(cluster.world)}`;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...objectField(template, "metadata"),
      name,
      namespace: namespaceOf(set),
      ownerReferences: [ownerReference(set, "apps/v1")],
    },
    spec: { restartPolicy: "Always", serviceAccountName: "default", ...objectField(template, "spec") },
    status: { phase: "Pending" },
  };
}

/** Ready for at least minReadySeconds. */
function isAvailable(cluster: ClusterObjects, deployment: KubernetesObject, pod: KubernetesObject): boolean {
  if (!isPodReady(pod)) return false;
  const leastReadyMs = (numberField(deployment, "spec", "minReadySeconds") ?? 0) * 1000;
  return cluster.world.clock.now() - readySinceEpochMs(pod) >= leastReadyMs;
}

function updateStatus(
  cluster: ClusterObjects,
  deployment: KubernetesObject,
  current: KubernetesObject,
  sets: readonly KubernetesObject[],
): void {
  const all = sets.flatMap((set) => podsOf(cluster, set));
  const available = all.filter((pod) => isAvailable(cluster, deployment, pod)).length;
  const ready = all.filter(isPodReady).length;
  const wanted = numberField(deployment, "spec", "replicas") ?? 1;
  const unavailable = Math.max(0, wanted - available);
  cluster.putStatus(deployment, {
    observedGeneration: numberField(deployment, "metadata", "generation") ?? 1,
    replicas: all.length,
    updatedReplicas: podsOf(cluster, current).length,
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    ...(available === 0 ? {} : { availableReplicas: available }),
    ...(unavailable === 0 ? {} : { unavailableReplicas: unavailable }),
    conditions: [availableCondition(cluster, deployment, unavailable === 0)],
  });
}

function availableCondition(cluster: ClusterObjects, deployment: KubernetesObject, isNow: boolean): JsonObject {
  const known = objectField(deployment, "status", "conditions", 0);
  const status = isNow ? "True" : "False";
  if (textField(known, "status") === status) return known;
  const reason = isNow ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable";
  return condition("Available", isNow, timestamp(cluster.world.clock.now()), reason);
}
