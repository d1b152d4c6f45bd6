import type { ClusterObjects } from "../kubernetes/clusterObjects.ts";

const NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** What every new cluster has before anybody writes to it: namespaces, each with its service account. */
export function startKubernetes(cluster: ClusterObjects): void {
  if (cluster.get("Namespace", "", "kube-system") !== undefined) return;
  for (const name of NAMESPACES) {
    const labels = { "kubernetes.io/metadata.name": name };
    cluster.put({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    });
    cluster.put({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: name } });
  }
}
