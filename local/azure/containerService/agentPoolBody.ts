import { ArmError } from "../core/armError.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { DEFAULT_MAX_PODS } from "./agentPoolRules.ts";
import { compareVersions, resolveKubernetesVersion } from "./kubernetesVersions.ts";
import { latestNodeImage } from "./nodeImages.ts";
import { poolMachines } from "./nodePool.ts";
import { podNetworkOfCluster } from "./podNetwork.ts";

/** What was sent over what there was, with AKS's defaults and read-only fields. */
export function completedPool(
  world: AzureWorld,
  body: JsonObject,
  existing: StoredResource | undefined,
  cluster: StoredResource | undefined,
): JsonObject {
  const clusterVersion = textField(cluster?.body, "properties", "currentKubernetesVersion") ?? "";
  const { provisioningState: _, ...before } = objectField(existing?.body, "properties");
  const merged: JsonObject = {
    count: 1,
    vmSize: "Standard_D4ds_v5",
    osDiskSizeGB: 128,
    osDiskType: "Managed",
    kubeletDiskType: "OS",
    maxPods: DEFAULT_MAX_PODS[podNetworkOfCluster(cluster?.body)],
    type: "VirtualMachineScaleSets",
    enableAutoScaling: false,
    enableNodePublicIP: false,
    mode: "User",
    osType: "Linux",
    osSKU: "Ubuntu",
    enableFIPS: false,
    upgradeSettings: { maxSurge: "10%" },
    orchestratorVersion: clusterVersion,
    ...before,
    ...objectField(body, "properties"),
  };
  const asked = resolveKubernetesVersion(textField(merged, "orchestratorVersion")) ?? clusterVersion;
  // Without nodes there is nothing to make new: the next ones are what the pool says now.
  const hasNodes = existing !== undefined && poolMachines(world, existing).length > 0;
  const kept = hasNodes ? before : {};
  return {
    ...(merged.enableAutoScaling === true ? merged : withoutBounds(merged)),
    currentOrchestratorVersion: kept.currentOrchestratorVersion ?? asked,
    powerState: { code: "Running" },
    nodeImageVersion: kept.nodeImageVersion ?? latestNodeImage(world),
  };
}

/** A pool that is not scaled by itself has no bounds. */
function withoutBounds({ minCount: _min, maxCount: _max, ...rest }: JsonObject): JsonObject {
  return rest;
}

/** The version that a PUT wants the pool's nodes to have, when it is another than theirs: then all nodes are made new. */
export function upgradeTarget(
  world: AzureWorld,
  body: JsonObject,
  existing: StoredResource | undefined,
): string | undefined {
  if (existing === undefined || poolMachines(world, existing).length === 0) return undefined;
  const current = textField(existing.body, "properties", "currentOrchestratorVersion");
  const asked = resolveKubernetesVersion(textField(body, "properties", "orchestratorVersion") ?? current);
  return asked === current ? undefined : asked;
}

/** Throws for a version that the pool cannot have beside its control plane. Source: learn.microsoft.com/azure/aks/manage-node-pools (upgrade rules), checked 2026-11. */
export function checkPoolVersion(
  body: JsonObject,
  existing: StoredResource | undefined,
  cluster: StoredResource,
): void {
  const sent = textField(body, "properties", "orchestratorVersion");
  const current = textField(existing?.body, "properties", "currentOrchestratorVersion");
  if (sent === undefined || sent === current) return;
  const asked = resolveKubernetesVersion(sent);
  const control = textField(cluster.body, "properties", "currentKubernetesVersion") ?? "";
  if (asked === undefined && sent !== textField(existing?.body, "properties", "orchestratorVersion"))
    throw new ArmError(400, "K8sVersionNotSupported", `Node pool version ${sent} is not supported in this location.`);
  if (asked !== undefined && compareVersions(asked, control) > 0) {
    throw new ArmError(
      400,
      "NodePoolMcVersionIncompatible",
      `Node pool version ${asked} and control plane version ${control} are incompatible. Minor version of node pool version cannot be bigger than control plane version. Upgrade the managed cluster first. For more information, please check https://aka.ms/version-skew-policy`,
    );
  }
  if (asked === undefined || current === undefined || compareVersions(asked, current) >= 0) return;
  throw new ArmError(
    400,
    "OperationNotAllowed",
    `Downgrading Kubernetes version from ${current} to ${asked} is not allowed.`,
  );
}

/** Nodes that are made besides those there are while a pool's are made new, at least one and never more than are made new. Source: learn.microsoft.com/azure/aks/upgrade-aks-cluster (maxSurge; percentages are rounded up). */
export function surgeCount(pool: JsonObject): number {
  const text = String(objectField(pool, "upgradeSettings").maxSurge ?? "10%");
  const count = numberField(pool, "count") ?? 0;
  const wanted = text.endsWith("%") ? Math.ceil((Number(text.slice(0, -1)) * count) / 100) : Number(text);
  return Math.max(1, Math.min(wanted, count));
}
