import type { AzureWorld, Json, JsonObject } from "../core/resourceType.ts";
import { ClusterObjects, type KubernetesObject, labelsOf, namespaceOf } from "../kubernetes/clusterObjects.ts";
import { field, listField, objectField, textField, textsField } from "../kubernetes/jsonFields.ts";
import type { LogBlock } from "./workspaceLog.ts";

const MINUTE_MS = 60_000;

/**
 * Milliseconds that rows of Container Insights are under way: seldom more than a few minutes, and here always the same.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time, checked 2026-11.
 */
const DELAY_MS = 2 * MINUTE_MS;

const STREAMS = ["Microsoft-KubePodInventory", "Microsoft-ContainerInsights-Group-Default"];

/**
 * The workspaces that learn of a cluster's pods: it has the monitoring add-on, and (with useAADAuth) a data collection rule
 * that collects them. Source: learn.microsoft.com/azure/azure-monitor/containers/container-insights-data-collection-configure.
 */
export function podInventoryWorkspaces(world: AzureWorld, clusterId: string): readonly string[] {
  const body = world.store.get(clusterId)?.body;
  const addon = objectField(body, "properties", "addonProfiles", "omsagent");
  if (addon.enabled !== true) return [];
  const config = objectField(addon, "config");
  if (textField(config, "useAADAuth")?.toLowerCase() !== "true") {
    const workspaceId = textField(config, "logAnalyticsWorkspaceResourceID");
    return workspaceId === undefined ? [] : [workspaceId];
  }
  return world.store.children(clusterId, "Microsoft.Insights/dataCollectionRuleAssociations").flatMap((association) => {
    const rule = world.store.get(textField(association.body, "properties", "dataCollectionRuleId") ?? "");
    const collected = listField(rule?.body, "properties", "dataFlows").filter((flow) =>
      textsField(flow, "streams").some((stream) => STREAMS.includes(stream)),
    );
    const names = collected.flatMap((flow) => textsField(flow, "destinations"));
    return listField(rule?.body, "properties", "destinations", "logAnalytics")
      .filter((destination) => names.includes(textField(destination, "name") ?? ""))
      .flatMap((destination) => textField(destination, "workspaceResourceId") ?? []);
  });
}

/** KubePodInventory of the whole minutes between two instants: a row a container, minute by minute, of the pods that are there. */
export function podInventory(
  world: AzureWorld,
  clusterId: string,
  span: { readonly fromEpochMs: number; readonly toEpochMs: number },
): LogBlock | undefined {
  const cluster = new ClusterObjects(world, clusterId);
  const containers = cluster.list("Pod").flatMap((pod) => containerRows(clusterId, pod));
  const columns: Record<string, Json[]> = {};
  const ingestedAtEpochMs: number[] = [];
  for (let at = Math.ceil(span.fromEpochMs / MINUTE_MS) * MINUTE_MS; at < span.toEpochMs; at += MINUTE_MS) {
    for (const { bornEpochMs, row } of containers) {
      if (bornEpochMs > at) continue;
      for (const [name, value] of Object.entries({ ...row, TimeGenerated: at })) {
        columns[name] ??= [];
        columns[name].push(value ?? null);
      }
      ingestedAtEpochMs.push(at + DELAY_MS);
    }
  }
  return ingestedAtEpochMs.length === 0 ? undefined : { columns, ingestedAtEpochMs };
}

function containerRows(clusterId: string, pod: KubernetesObject) {
  const created = textField(pod, "metadata", "creationTimestamp") ?? "";
  const bornEpochMs = Date.parse(created);
  const owner = listField(pod, "metadata", "ownerReferences")[0];
  const uid = textField(pod, "metadata", "uid") ?? "";
  const shared: JsonObject = {
    ClusterId: clusterId,
    ClusterName: clusterId.split("/").at(-1) ?? "",
    Computer: textField(pod, "spec", "nodeName") ?? "",
    ControllerKind: textField(owner, "kind") ?? "",
    ControllerName: textField(owner, "name") ?? "",
    Name: pod.metadata.name,
    Namespace: namespaceOf(pod),
    PodCreationTimeStamp: bornEpochMs,
    PodIp: textField(pod, "status", "podIP") ?? "",
    PodLabel: JSON.stringify([labelsOf(pod)]),
    PodStatus: textField(pod, "status", "phase") ?? "",
    PodUid: uid,
    _ResourceId: clusterId.toLowerCase(),
  };
  return listField(pod, "spec", "containers").map((container) => ({
    bornEpochMs,
    row: { ...shared, ContainerName: `${uid}/${String(field(container, "name") ?? "")}` },
  }));
}
