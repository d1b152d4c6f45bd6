/** From a placed pod to a running one, a ready one, an ended one. Each step is a task of the world's schedule. */
import type { AzureWorld, JsonObject } from "../core/resourceType.ts";
import { startIngressController } from "./agic/agicProcess.ts";
import { recordEvent } from "./clusterEvents.ts";
import { isActive } from "./clusterNodes.ts";
import { type ClusterObjects, type KubernetesObject, namespaceOf, timestamp } from "./clusterObjects.ts";
import { type ContainerProgram, programOf, START_ERROR_EXIT_CODE } from "./containerProgram.ts";
import { type ProcessEnd, runCurl } from "./curlRun.ts";
import { serveHttp } from "./httpImages.ts";
import { pullImage } from "./imagePull.ts";
import { field, listField, numberField, objectField, textField } from "./jsonFields.ts";
import { missingConfigMap } from "./mountedFiles.ts";
import { nginxServers } from "./nginxServer.ts";
import { endPod, MOST_RESTART_PAUSE_SECONDS, RESTART_PAUSE_SECONDS } from "./podEnd.ts";
import { isPodRunning, setContainerState, setReady } from "./podStatus.ts";
import { podOfTask, podTaskData } from "./podTaskData.ts";
import { reconcileCluster } from "./reconcileCluster.ts";

/** Seconds until kubelet looks again for a ConfigMap that a volume needs. Source: kubelet's sync of pending mounts, about a second to two minutes. */
const MOUNT_RETRY_SECONDS = 10;
/** Seconds between readiness probes when the manifest does not say. Source: kubernetes.io, periodSeconds. */
const PROBE_PERIOD_SECONDS = 10;

/** Task: pulls the images and starts the containers. */
export function startPod(data: JsonObject, world: AzureWorld): undefined {
  const found = podOfTask(data, world);
  if (found === undefined) return;
  const { cluster, pod } = found;
  const configMap = missingConfigMap(cluster, pod);
  if (configMap !== undefined) return waitForMount(cluster, pod, configMap);
  const nodeAddress = textField(pod, "status", "hostIP") ?? "";
  for (const container of listField(pod, "spec", "containers")) {
    const error = pullImage(cluster, nodeAddress, textField(container, "image") ?? "");
    if (error !== undefined) return backOffPull(cluster, pod, container, error, numberField(data, "attempt") ?? 0);
  }
  runContainers(cluster, pod);
  reconcileCluster(cluster);
}

function waitForMount(cluster: ClusterObjects, pod: KubernetesObject, configMap: string): undefined {
  const message = `MountVolume.SetUp failed for volume: configmap "${configMap}" not found`;
  recordEvent(cluster, pod, { type: "Warning", reason: "FailedMount", message, component: "kubelet" });
  cluster.world.schedule("kubernetes.startPod", MOUNT_RETRY_SECONDS, podTaskData(cluster, pod));
}

function backOffPull(
  cluster: ClusterObjects,
  pod: KubernetesObject,
  container: JsonObject,
  error: string,
  attempt: number,
): undefined {
  const image = textField(container, "image") ?? "";
  const message = `Back-off pulling image "${image}": ErrImagePull: ${error}`;
  recordEvent(cluster, pod, {
    type: "Warning",
    reason: "Failed",
    message: `Failed to pull image "${image}": ${error}`,
    component: "kubelet",
  });
  setContainerState(cluster, pod, { phase: "Pending", state: { waiting: { reason: "ImagePullBackOff", message } } });
  const waitSeconds = Math.min(MOST_RESTART_PAUSE_SECONDS, RESTART_PAUSE_SECONDS * 2 ** attempt);
  cluster.world.schedule("kubernetes.startPod", waitSeconds, podTaskData(cluster, pod, { attempt: attempt + 1 }));
}

function runContainers(cluster: ClusterObjects, pod: KubernetesObject): void {
  const startedAt = timestamp(cluster.world.clock.now());
  setContainerState(cluster, pod, { phase: "Running", state: { running: { startedAt } } });
  const container = listField(pod, "spec", "containers")[0] ?? {};
  begin(cluster, pod, container, programOf(container));
}

/** One container decides over its pod: the first. Others run beside it. */
function begin(cluster: ClusterObjects, pod: KubernetesObject, container: JsonObject, program: ContainerProgram): void {
  switch (program.kind) {
    case "service":
      scheduleProbe(cluster, pod, numberField(container, "readinessProbe", "initialDelaySeconds") ?? 0);
      break;
    case "nginx":
      beginNginx(cluster, pod, container);
      break;
    case "ingressController":
      startIngressController(cluster, pod);
      break;
    case "sleep":
      setReady(cluster, pod, true);
      scheduleEnd(cluster, pod, { exitCode: 0, output: "", seconds: program.seconds });
      break;
    case "curl":
      scheduleEnd(cluster, pod, runCurl(cluster, clientOf(pod), program.command));
      break;
    case "end":
      scheduleEnd(cluster, pod, { ...program, seconds: 0 });
      break;
    case "startError":
      endPod(cluster, pod, { exitCode: START_ERROR_EXIT_CODE, output: `${program.message}\n`, reason: "StartError" });
      break;
  }
}

/** nginx refuses to run with a configuration that it cannot read. */
function beginNginx(cluster: ClusterObjects, pod: KubernetesObject, container: JsonObject): void {
  const servers = nginxServers(cluster, pod, container);
  if (typeof servers === "string") scheduleEnd(cluster, pod, { exitCode: 1, output: `${servers}\n`, seconds: 0 });
  else scheduleProbe(cluster, pod, numberField(container, "readinessProbe", "initialDelaySeconds") ?? 0);
}

function clientOf(pod: KubernetesObject): { readonly nodeAddress: string; readonly podAddress: string } {
  return { nodeAddress: textField(pod, "status", "hostIP") ?? "", podAddress: textField(pod, "status", "podIP") ?? "" };
}

function scheduleProbe(cluster: ClusterObjects, pod: KubernetesObject, delaySeconds: number): void {
  cluster.world.schedule("kubernetes.probePod", delaySeconds, podTaskData(cluster, pod));
}

function scheduleEnd(cluster: ClusterObjects, pod: KubernetesObject, end: ProcessEnd): void {
  const { exitCode, output, seconds } = end;
  cluster.world.schedule("kubernetes.endPod", seconds, podTaskData(cluster, pod, { exitCode, output }));
}

/** Task: asks the readiness probe; a pod that is not ready is asked again after the probe's period. */
export function probePod(data: JsonObject, world: AzureWorld): undefined {
  const found = podOfTask(data, world);
  if (found === undefined || !isPodRunning(found.pod)) return;
  const { cluster, pod } = found;
  const unready = listField(pod, "spec", "containers").find((container) => !answersProbe(cluster, pod, container));
  if (unready === undefined) {
    setReady(cluster, pod, true);
    scheduleAvailability(cluster, pod);
    reconcileCluster(cluster);
    return;
  }
  const message = `Readiness probe failed: the local Azure knows no web server of image ${unready.image} that answers it`;
  recordEvent(cluster, pod, { type: "Warning", reason: "Unhealthy", message, component: "kubelet" });
  scheduleProbe(cluster, pod, numberField(unready, "readinessProbe", "periodSeconds") ?? PROBE_PERIOD_SECONDS);
}

function answersProbe(cluster: ClusterObjects, pod: KubernetesObject, container: JsonObject): boolean {
  const probe = objectField(container, "readinessProbe", "httpGet");
  if (Object.keys(probe).length === 0) return true;
  const port = probePort(container, field(probe, "port"));
  const request = {
    host: textField(pod, "status", "podIP") ?? "",
    path: textField(probe, "path") ?? "/",
    headers: { "user-agent": "kube-probe/1.34" },
    sourceAddress: textField(pod, "status", "hostIP") ?? "",
  };
  const response = serveHttp({ cluster, pod, container, port }, request);
  return response !== undefined && response.status >= 200 && response.status < 400;
}

function probePort(container: JsonObject, port: unknown): number {
  if (typeof port === "number") return port;
  const named = listField(container, "ports").find((entry) => entry.name === port);
  return numberField(named, "containerPort") ?? 0;
}

/** A deployment counts a pod only after minReadySeconds: look again then. */
function scheduleAvailability(cluster: ClusterObjects, pod: KubernetesObject): void {
  const longest = Math.max(
    0,
    ...cluster
      .list("Deployment", namespaceOf(pod))
      .map((deployment) => numberField(deployment, "spec", "minReadySeconds") ?? 0),
  );
  if (longest > 0) cluster.world.schedule("kubernetes.reconcile", longest, { clusterId: cluster.clusterId });
}

/** Task: a container's process ends. */
export function endPodTask(data: JsonObject, world: AzureWorld): undefined {
  const found = podOfTask(data, world);
  if (found === undefined || !isActive(found.pod)) return;
  const exitCode = numberField(data, "exitCode") ?? 0;
  endPod(found.cluster, found.pod, {
    exitCode,
    output: textField(data, "output") ?? "",
    reason: exitCode === 0 ? "Completed" : "Error",
  });
  reconcileCluster(found.cluster);
}
