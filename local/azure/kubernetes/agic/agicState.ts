/** What the ingress controller of a cluster is doing, kept with the cluster so that it survives a restart. */
import type { AzureWorld, JsonObject } from "../../core/resourceType.ts";
import { recordEvent } from "../clusterEvents.ts";
import { type ClusterObjects, type KubernetesObject, namespaceOf } from "../clusterObjects.ts";
import { objectField, textField } from "../jsonFields.ts";
import { podOfTask } from "../podTaskData.ts";
import { type AgicSettings, agicSettings } from "./agicSettings.ts";

export function stateOf(cluster: ClusterObjects): JsonObject {
  return cluster.note("LocalIngressController", "", "state") ?? {};
}

export function putState(cluster: ClusterObjects, state: JsonObject): void {
  cluster.putNote("LocalIngressController", "", "state", state);
}

/** The controller's pod that a task was scheduled for, with its settings; undefined when it is not the running one any more. */
export function runningPod(
  data: JsonObject,
  world: AzureWorld,
): { readonly cluster: ClusterObjects; readonly pod: KubernetesObject; readonly settings: AgicSettings } | undefined {
  const found = podOfTask(data, world);
  const settings = found === undefined ? undefined : agicSettings(found.cluster);
  if (found === undefined || settings === undefined) return undefined;
  const isRunning =
    Object.keys(objectField(found.pod, "status", "containerStatuses", 0, "state", "running")).length > 0;
  const isCurrent = stateOf(found.cluster).podUid === textField(found.pod, "metadata", "uid");
  return isRunning && isCurrent && namespaceOf(found.pod) === settings.namespace ? { ...found, settings } : undefined;
}

/** A warning event on the controller's pod. */
export function warn(cluster: ClusterObjects, pod: KubernetesObject, reason: string, message: string): undefined {
  recordEvent(cluster, pod, { type: "Warning", reason, message, component: "azure/application-gateway" });
}
