/** Jobs: one pod after another until one succeeds or the back-off limit is reached (completions and parallelism of 1). */
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
import { randomEnding } from "./podNames.ts";

/** Seconds before a failed job's next pod, doubled with every failure, and the most of them. Source: kubernetes.io/docs/concepts/workloads/controllers/job. */
const BACK_OFF_SECONDS = 10;
const MOST_BACK_OFF_SECONDS = 360;

export function runJobs(cluster: ClusterObjects): void {
  for (const job of cluster.list("Job")) if (!isFinished(job)) runJob(cluster, job);
}

function runJob(cluster: ClusterObjects, job: KubernetesObject): void {
  const pods = cluster.list("Pod", namespaceOf(job)).filter((pod) => isOwnedBy(pod, job));
  const succeeded = pods.filter((pod) => textField(pod, "status", "phase") === "Succeeded").length;
  const failed = pods.filter((pod) => textField(pod, "status", "phase") === "Failed").length;
  const active = pods.length - succeeded - failed;
  const started = { startTime: textField(job, "status", "startTime") ?? timestamp(cluster.world.clock.now()) };
  const counts = {
    ...started,
    ...(active ? { active } : {}),
    ...(succeeded ? { succeeded } : {}),
    ...(failed ? { failed } : {}),
  };
  if (succeeded > 0) {
    finish(cluster, job, counts, {
      type: "Complete",
      reason: "CompletionsReached",
      message: "Reached expected number of succeeded pods",
    });
  } else if (failed > (numberField(job, "spec", "backoffLimit") ?? 6)) {
    finish(cluster, job, counts, {
      type: "Failed",
      reason: "BackoffLimitExceeded",
      message: "Job has reached the specified backoff limit",
    });
  } else if (active === 0) startNextPod(cluster, job, failed, counts);
  else cluster.putStatus(job, counts);
}

function startNextPod(cluster: ClusterObjects, job: KubernetesObject, failedCount: number, counts: JsonObject): void {
  const waitSeconds = Math.min(MOST_BACK_OFF_SECONDS, BACK_OFF_SECONDS * 2 ** (failedCount - 1));
  const backOff = cluster.note("LocalJobBackOff", namespaceOf(job), job.metadata.name);
  const now = cluster.world.clock.now();
  if (failedCount > 0 && numberField(backOff, "afterFailures") !== failedCount) {
    const next = { afterFailures: failedCount, atEpochMs: now + waitSeconds * 1000 };
    cluster.putNote("LocalJobBackOff", namespaceOf(job), job.metadata.name, next);
    cluster.putStatus(job, counts);
    cluster.world.schedule("kubernetes.reconcile", waitSeconds, { clusterId: cluster.clusterId });
    return;
  }
  if (failedCount > 0 && now < (numberField(backOff, "atEpochMs") ?? 0)) return;
  cluster.put(newPod(cluster, job));
  cluster.putStatus(job, { ...counts, active: 1 });
}

function newPod(cluster: ClusterObjects, job: KubernetesObject): KubernetesObject {
  const template = objectField(job, "spec", "template");
  const labels = {
    ...objectField(template, "metadata", "labels"),
    "batch.kubernetes.io/job-name": job.metadata.name,
    "job-name": job.metadata.name,
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...objectField(template, "metadata"),
      labels,
      name: `${job.metadata.name}-${randomEnding(cluster.world)}`,
      namespace: namespaceOf(job),
      ownerReferences: [ownerReference(job, "batch/v1")],
    },
    spec: { serviceAccountName: "default", ...objectField(template, "spec") },
    status: { phase: "Pending" },
  };
}

interface JobEnd {
  readonly type: "Complete" | "Failed";
  readonly reason: string;
  readonly message: string;
}

function finish(cluster: ClusterObjects, job: KubernetesObject, counts: JsonObject, end: JobEnd): void {
  const now = timestamp(cluster.world.clock.now());
  cluster.putStatus(job, {
    ...counts,
    ...(end.type === "Complete" ? { completionTime: now } : {}),
    conditions: [{ ...end, status: "True", lastProbeTime: now, lastTransitionTime: now }],
  });
  cluster.removeNote("LocalJobBackOff", namespaceOf(job), job.metadata.name);
  const keepSeconds = numberField(job, "spec", "ttlSecondsAfterFinished");
  if (keepSeconds === undefined) return;
  const uid = textField(job, "metadata", "uid") ?? "";
  cluster.world.schedule("kubernetes.expireJob", keepSeconds, {
    clusterId: cluster.clusterId,
    namespace: namespaceOf(job),
    job: job.metadata.name,
    uid,
  });
}

function isFinished(job: KubernetesObject): boolean {
  const type = textField(job, "status", "conditions", 0, "type");
  return type === "Complete" || type === "Failed";
}
