import type { AzureWorld } from "../core/resourceType.ts";
import type { WorkloadDirectory, WorkloadRequest, WorkloadResponse } from "../network/workloadDirectory.ts";
import { ClusterObjects, type KubernetesObject } from "./clusterObjects.ts";
import { serveHttp } from "./httpImages.ts";
import { listField, textField } from "./jsonFields.ts";
import { isPodRunning } from "./podStatus.ts";

/** Who answers at a pod's address: for the gateway's probes and requests, from every cluster of the subscription. */
export const clusterWorkloads: WorkloadDirectory = { answer };

function answer(
  world: AzureWorld,
  address: string,
  port: number,
  request: WorkloadRequest,
): WorkloadResponse | undefined {
  for (const resource of world.store.list(
    "Microsoft.ContainerService/managedClusters",
    `/subscriptions/${world.subscriptionId}`,
  )) {
    const cluster = new ClusterObjects(world, resource.id);
    // Clusters may use the same pod range: the node that the packet was handed to tells their pods apart.
    const isOnNode = (pod: KubernetesObject): boolean =>
      request.handedTo === undefined || request.handedTo === textField(pod, "status", "hostIP");
    const pod = cluster
      .list("Pod")
      .find(
        (candidate) =>
          isPodRunning(candidate) && textField(candidate, "status", "podIP") === address && isOnNode(candidate),
      );
    if (pod === undefined) continue;
    for (const container of listField(pod, "spec", "containers")) {
      const response = serveHttp({ cluster, pod, container, port }, request);
      if (response !== undefined) return response;
    }
  }
  return undefined;
}
