import type { AzureModule, AzureWorld, JsonObject } from "../core/resourceType.ts";
import { periodicSync, putTask, syncTask, tryForAccess, watchUpdate } from "./agic/agicProcess.ts";
import { ClusterObjects } from "./clusterObjects.ts";
import { textField } from "./jsonFields.ts";
import { removeWithDependents } from "./kubectlDelete.ts";
import { endPodTask, probePod, startPod } from "./podLifecycle.ts";
import { reconcileCluster } from "./reconcileCluster.ts";

/** Everything in clusters that happens later, by the names under which it is scheduled. */
export const kubernetesTasks: NonNullable<AzureModule["tasks"]> = {
  "kubernetes.startPod": startPod,
  "kubernetes.probePod": probePod,
  "kubernetes.endPod": endPodTask,
  "kubernetes.reconcile": reconcileTask,
  "kubernetes.expireJob": expireJob,
  "agic.try": tryForAccess,
  "agic.sync": syncTask,
  "agic.put": putTask,
  "agic.watch": watchUpdate,
  "agic.period": periodicSync,
};

function reconcileTask(data: JsonObject, world: AzureWorld): undefined {
  reconcileCluster(new ClusterObjects(world, textField(data, "clusterId") ?? ""));
}

/** A finished job goes with its pods when its time to live is over. */
function expireJob(data: JsonObject, world: AzureWorld): undefined {
  const cluster = new ClusterObjects(world, textField(data, "clusterId") ?? "");
  const job = cluster.get("Job", textField(data, "namespace") ?? "", textField(data, "job") ?? "");
  if (job !== undefined && textField(job, "metadata", "uid") === data.uid) removeWithDependents(cluster, job);
}
