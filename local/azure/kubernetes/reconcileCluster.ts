import { requestAgicSync } from "./agic/agicProcess.ts";
import type { ClusterObjects } from "./clusterObjects.ts";
import { runDeployments } from "./deploymentController.ts";
import { runJobs } from "./jobController.ts";
import { textField } from "./jsonFields.ts";
import { removeWithDependents } from "./kubectlDelete.ts";
import { schedulePods } from "./podScheduler.ts";

/** One turn of all controllers, after anything has changed: makes pods, places them, tells the ingress controller. */
export function reconcileCluster(cluster: ClusterObjects): void {
  if (cluster.cluster === undefined) return;
  removePodsOfLostNodes(cluster);
  runDeployments(cluster);
  runJobs(cluster);
  schedulePods(cluster);
  requestAgicSync(cluster);
}

function removePodsOfLostNodes(cluster: ClusterObjects): void {
  const nodes = new Set(cluster.list("Node").map((node) => node.metadata.name));
  for (const pod of cluster.list("Pod")) {
    const node = textField(pod, "spec", "nodeName");
    if (node !== undefined && !nodes.has(node)) removeWithDependents(cluster, pod);
  }
}
