import type { AzureWorld, JsonObject } from "../core/resourceType.ts";
import { nodeAddress, schedulableNodes } from "./clusterNodes.ts";
import { ClusterObjects } from "./clusterObjects.ts";
import { type CommandLine, parseCommandLine } from "./commandLine.ts";
import { type CommandResult, failed } from "./commandResult.ts";
import { type ContextFiles, readContextFiles } from "./contextFiles.ts";
import { listReleases, releaseValues, uninstallRelease, upgradeRelease } from "./helmCommands.ts";
import { pullImage } from "./imagePull.ts";
import { applyManifest } from "./kubectlApply.ts";
import { deleteManifest, deleteObject } from "./kubectlDelete.ts";
import { getManifestObjects, getObjects, jobLogs, rolloutStatus, rolloutWaitsFor } from "./kubectlRead.ts";
import { reconcileCluster } from "./reconcileCluster.ts";

/** Exit code of a shell for a program that is not there. */
const NOT_FOUND_EXIT_CODE = 127;
/**
 * Seconds from the request of a command to its result: estimates. A rollout is waited for as long as its --timeout says; the
 * command pod must have a node within 60 s. Source: learn.microsoft.com/azure/aks/access-private-cluster (limitations),
 * checked 2026-11.
 */
const KUBECTL_SECONDS = 5;
const HELM_UPGRADE_SECONDS = 20;
const ROLLOUT_TIMEOUT_SECONDS = 20;
const SCHEDULING_LIMIT_SECONDS = 60;
const COMMAND_IMAGE = "mcr.microsoft.com/aks/command/runtime:master.221105.1";

/** How long a command will take, judged when it is accepted. */
export function commandSeconds(world: AzureWorld, clusterId: string, text: string): number {
  const cluster = new ClusterObjects(world, clusterId);
  if (schedulableNodes(cluster).length === 0) return SCHEDULING_LIMIT_SECONDS;
  const line = parseCommandLine(text);
  if (line.kind === "helmUpgrade") return HELM_UPGRADE_SECONDS;
  if (line.kind !== "rolloutStatus") return KUBECTL_SECONDS;
  const deployment = cluster.get("Deployment", line.namespace, line.deployment);
  const isWaiting = deployment !== undefined && rolloutWaitsFor(deployment) !== undefined;
  return isWaiting ? KUBECTL_SECONDS + ROLLOUT_TIMEOUT_SECONDS : KUBECTL_SECONDS;
}

/** What the command came to: a result, or why its pod never ran. */
export type CommandRun = CommandResult | { readonly reason: string };

/** Runs one line in the cluster, now; its pod needs a node and its image. */
export function runCommandLine(
  world: AzureWorld,
  clusterId: string,
  request: { readonly command: string; readonly context: string },
): CommandRun {
  const cluster = new ClusterObjects(world, clusterId);
  const node = schedulableNodes(cluster)[0];
  if (node === undefined)
    return {
      reason:
        "KubernetesPerformanceError: failed to run command due to cluster perf issue, container command in aks-command namespace did not start within 60s",
    };
  ensureCommandNamespace(cluster);
  if (pullImage(cluster, nodeAddress(node), COMMAND_IMAGE) !== undefined) return { reason: "ImagePullBackoff" };
  const files = readContextFiles(request.context);
  if (files === undefined) return failed("error: the context is no zip file in base64, or it holds more than 1 MB");
  const result = carryOut(cluster, files, parseCommandLine(request.command), nodeAddress(node));
  reconcileCluster(cluster);
  return result;
}

function ensureCommandNamespace(cluster: ClusterObjects): void {
  if (cluster.get("Namespace", "", "aks-command") !== undefined) return;
  const metadata: JsonObject & { name: string } = {
    name: "aks-command",
    labels: { "kubernetes.io/metadata.name": "aks-command" },
  };
  cluster.put({
    apiVersion: "v1",
    kind: "Namespace",
    metadata,
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  });
}

function carryOut(
  cluster: ClusterObjects,
  files: ContextFiles,
  line: CommandLine,
  commandNodeAddress: string,
): CommandResult {
  switch (line.kind) {
    case "helmUpgrade":
      return upgradeRelease(cluster, files, line, commandNodeAddress);
    case "helmList":
      return listReleases(cluster, line.namespace, line.filter);
    case "helmGetValues":
      return releaseValues(cluster, line.release, line.namespace);
    case "helmUninstall":
      return uninstallRelease(cluster, line);
    case "apply":
      return applyManifest(cluster, files, line.file);
    case "delete":
      return deleteObject(cluster, line);
    case "deleteFile":
      return deleteManifest(cluster, files, line.file);
    case "getFile":
      return getManifestObjects(cluster, files, line.file);
    case "get":
      return getObjects(cluster, line);
    case "jobLogs":
      return jobLogs(cluster, line.job, line.namespace);
    case "rolloutStatus":
      return rolloutStatus(cluster, line.deployment, line.namespace);
    case "unknown":
      return failed(line.message, NOT_FOUND_EXIT_CODE);
  }
}
