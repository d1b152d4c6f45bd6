import type { ClusterObjects } from "./clusterObjects.ts";
import { textField } from "./jsonFields.ts";

/**
 * What of /etc/kubernetes/azure.json on a cluster's nodes somebody here reads. Source: pkg/azure/cloudproviderconfig.go of the
 * ingress controller at 1.9.8 (routeTableName, routeTableResourceGroup).
 */
export interface CloudConfig {
  /** The route table that the cluster's route controller writes. */
  readonly routeTableId: string;
}

/** The cloud provider's configuration; undefined for clusters whose nodes have no route table to keep. */
export function cloudConfigOf(cluster: ClusterObjects): CloudConfig | undefined {
  const routeTableId = textField(cluster.note("LocalCloudConfig", "", "azure.json"), "routeTableId");
  return routeTableId === undefined ? undefined : { routeTableId };
}

/** Writes the configuration, or takes it away. */
export function putCloudConfig(cluster: ClusterObjects, config: CloudConfig | undefined): void {
  if (config === undefined) cluster.removeNote("LocalCloudConfig", "", "azure.json");
  else cluster.putNote("LocalCloudConfig", "", "azure.json", { ...config });
}
