/**
 * The ingress controller's process in its pod. At start it tries for access to the gateway ten times, ten seconds apart,
 * and then gives up and is started again by kubelet. Once it has had it, it is ready for good and writes the gateway
 * whenever what the ingresses make of it has changed.
 *
 * One thing differs from the real one: here the first write counts as access too, so that a controller that may read
 * but not write the gateway is not ready, instead of being ready and useless.
 */
import type { AzureWorld, JsonObject } from "../../core/resourceType.ts";
import { fnv1a } from "../../network/publicDns.ts";
import { gatewayWrites } from "../../network/servedConfiguration.ts";
import type { ClusterObjects, KubernetesObject } from "../clusterObjects.ts";
import { numberField, objectField, sortedJson, textField } from "../jsonFields.ts";
import { endPod } from "../podEnd.ts";
import { appendLog, setReady } from "../podStatus.ts";
import { podTaskData } from "../podTaskData.ts";
import { type AgicSettings, agicSettings } from "./agicSettings.ts";
import { putState, runningPod, stateOf, warn } from "./agicState.ts";
import { lookAtGateway } from "./gatewayAccess.ts";
import { gatewayConfiguration } from "./gatewayConfiguration.ts";
import { type SyncOutcome, submitGateway } from "./gatewaySync.ts";
import { watchedIngresses } from "./ingressBackends.ts";
import { publishAddress } from "./ingressStatus.ts";
import { openPodNetwork } from "./podNetworkAccess.ts";
import { prohibitedTargets } from "./prohibitedTargets.ts";
import { signInAsWorkload } from "./workloadIdentity.ts";

/** Tries for access at start, and seconds between them. Source: the controller's cmd/appgw-ingress/main.go at 1.9.8 (WaitForGetAccessOnGateway). */
const MOST_TRIES = 10;
const SECONDS_BETWEEN_TRIES = 10;
/** Seconds from a change in the cluster until the controller's worker has taken it up. */
const DEBOUNCE_SECONDS = 1;
/** Seconds between looks at a gateway that is being updated. */
const POLL_SECONDS = 5;
/** Seconds until a write that was refused is tried again. */
const RETRY_SECONDS = 30;
const FATAL_EXIT_CODE = 255;
/** Seconds between reading the gateway and writing it: one call each, and building the configuration. Judged from the timestamps in the controller's logs. */
const SECONDS_FROM_READ_TO_WRITE = 1;
/** Source: the log in issue 187 of the controller's repository, without the operations' ids. */
const SUPERSEDED =
  'Code="Canceled" Message="Operation was canceled." Details=[{"code":"CanceledAndSupersededDueToAnotherOperation","message":"Operation PutApplicationGatewayOperation was canceled and superseded by operation PutApplicationGatewayOperation."}]';

/** Starts the controller in its pod, which is running. */
export function startIngressController(cluster: ClusterObjects, pod: KubernetesObject): void {
  putState(cluster, { podUid: textField(pod, "metadata", "uid") ?? "", tries: 0, isReady: false, isSyncQueued: false });
  cluster.world.schedule("agic.try", 0, podTaskData(cluster, pod));
}

/** Task: one try for access. */
export function tryForAccess(data: JsonObject, world: AzureWorld): undefined {
  const found = runningPod(data, world);
  if (found === undefined) return;
  const { cluster, pod, settings } = found;
  const prepared = lookAtGateway(cluster, pod, settings);
  if (prepared.kind === "prepared") return schedulePut(cluster, pod, settings, prepared.body);
  endTry(cluster, pod, settings, prepared);
}

function endTry(
  cluster: ClusterObjects,
  pod: KubernetesObject,
  settings: AgicSettings,
  outcome: SyncOutcome,
): undefined {
  const { world } = cluster;
  if (outcome.kind !== "refused") return becomeReady(cluster, pod, settings, outcome);
  const tries = (numberField(stateOf(cluster), "tries") ?? 0) + 1;
  putState(cluster, { ...stateOf(cluster), tries });
  appendLog(cluster, pod, `E ${outcome.message}\n`);
  if (tries < MOST_TRIES) {
    world.schedule("agic.try", SECONDS_BETWEEN_TRIES, podTaskData(cluster, pod));
    return;
  }
  const message = `Failed to get access to Application Gateway ${settings.gatewayId} after ${MOST_TRIES} tries: ${outcome.message}`;
  warn(cluster, pod, "FailedAccess", message);
  endPod(cluster, pod, { exitCode: FATAL_EXIT_CODE, output: `F ${message}\n`, reason: "Error" });
  world.schedule("kubernetes.reconcile", 0, { clusterId: cluster.clusterId });
}

function becomeReady(
  cluster: ClusterObjects,
  pod: KubernetesObject,
  settings: AgicSettings,
  outcome: SyncOutcome,
): undefined {
  putState(cluster, { ...stateOf(cluster), tries: 0, isReady: true });
  setReady(cluster, pod, true);
  appendLog(cluster, pod, "I Starting the event loop.\n");
  goOn(cluster, pod, settings, outcome);
  cluster.world.schedule("kubernetes.reconcile", 0, { clusterId: cluster.clusterId });
  if (settings.reconcilePeriodSeconds > 0)
    cluster.world.schedule("agic.period", settings.reconcilePeriodSeconds, podTaskData(cluster, pod));
}

/** Asks a ready controller to look at the cluster, when what it would write differs from what it wrote last. */
export function requestAgicSync(cluster: ClusterObjects): void {
  const settings = agicSettings(cluster);
  const state = stateOf(cluster);
  if (settings === undefined || state.isReady !== true || state.isSyncQueued === true) return;
  if (fingerprint(cluster, settings) === state.writtenFingerprint) return;
  const pod = cluster
    .list("Pod", settings.namespace)
    .find((candidate) => textField(candidate, "metadata", "uid") === state.podUid);
  if (pod === undefined) return;
  queueSync(cluster, pod, DEBOUNCE_SECONDS);
}

/** The controller compares with what it wrote last, not with the gateway: it does not see what others did to it. */
function fingerprint(cluster: ClusterObjects, settings: AgicSettings): string {
  const gateway = cluster.world.store.get(settings.gatewayId);
  const wanted = gateway === undefined ? undefined : gatewayConfiguration(cluster, settings, gateway);
  const ingresses = watchedIngresses(cluster, settings).map((ingress) => textField(ingress, "metadata", "uid") ?? "");
  const prohibited = prohibitedTargets(cluster, settings).map(({ host, path }) => `${host} ${path}`);
  const all = { wanted: wanted === undefined ? null : { ...wanted }, ingresses, prohibited };
  return fnv1a(JSON.stringify(sortedJson(all))).toString(16);
}

function queueSync(cluster: ClusterObjects, pod: KubernetesObject, seconds: number): undefined {
  putState(cluster, { ...stateOf(cluster), isSyncQueued: true });
  cluster.world.schedule("agic.sync", seconds, podTaskData(cluster, pod));
}

/** Task: one turn of a ready controller. */
export function syncTask(data: JsonObject, world: AzureWorld): undefined {
  const found = runningPod(data, world);
  if (found === undefined || stateOf(found.cluster).isReady !== true) return;
  const { cluster, pod, settings } = found;
  const prepared = lookAtGateway(cluster, pod, settings);
  if (prepared.kind === "prepared") return schedulePut(cluster, pod, settings, prepared.body);
  putState(cluster, { ...stateOf(cluster), isSyncQueued: false });
  goOn(cluster, pod, settings, prepared);
}

/** The gateway is written as it was read: who writes it in between is overwritten. */
function schedulePut(
  cluster: ClusterObjects,
  pod: KubernetesObject,
  settings: AgicSettings,
  body: JsonObject,
): undefined {
  const written = fingerprint(cluster, settings);
  putState(cluster, { ...stateOf(cluster), isSyncQueued: true });
  cluster.world.schedule("agic.put", SECONDS_FROM_READ_TO_WRITE, podTaskData(cluster, pod, { body, written }));
}

/** Task: the write that a look at the gateway has prepared. */
export function putTask(data: JsonObject, world: AzureWorld): undefined {
  const found = runningPod(data, world);
  if (found === undefined) return;
  const { cluster, pod, settings } = found;
  const isReady = stateOf(cluster).isReady === true;
  const signIn = signInAsWorkload(cluster, pod);
  const outcome: SyncOutcome =
    "problem" in signIn
      ? { kind: "refused", message: `WorkloadIdentityCredential authentication failed: ${signIn.problem}` }
      : submitGateway(cluster, settings, signIn.principal, objectField(data, "body"));
  putState(cluster, { ...stateOf(cluster), isSyncQueued: false, preparedFingerprint: data.written ?? "" });
  if (isReady) goOn(cluster, pod, settings, outcome);
  else endTry(cluster, pod, settings, outcome);
}

function goOn(cluster: ClusterObjects, pod: KubernetesObject, settings: AgicSettings, outcome: SyncOutcome): undefined {
  reachPods(cluster, pod, settings);
  switch (outcome.kind) {
    case "unchanged":
      putState(cluster, { ...stateOf(cluster), writtenFingerprint: fingerprint(cluster, settings) });
      return publishAddress(cluster, pod, settings);
    case "submitted":
      putState(cluster, {
        ...stateOf(cluster),
        writtenFingerprint: stateOf(cluster).preparedFingerprint,
        write: outcome.write,
        isSyncQueued: true,
      });
      appendLog(cluster, pod, "I Applied App Gateway config.\n");
      cluster.world.schedule("agic.watch", POLL_SECONDS, podTaskData(cluster, pod));
      return;
    case "busy":
      return queueSync(cluster, pod, SECONDS_BETWEEN_TRIES);
    case "refused":
      appendLog(cluster, pod, `E ${outcome.message}\n`);
      warn(cluster, pod, "FailedApplyingAppGwConfig", outcome.message);
      return queueSync(cluster, pod, RETRY_SECONDS);
  }
}

/** Once a process, in its first cycle; a failure is told and does not hold up the rest of the cycle. */
function reachPods(cluster: ClusterObjects, pod: KubernetesObject, settings: AgicSettings): void {
  if (stateOf(cluster).hasPodNetwork === true) return;
  const signIn = signInAsWorkload(cluster, pod);
  if ("problem" in signIn) return;
  const { logs, failure } = openPodNetwork(cluster, settings, signIn.principal);
  for (const line of logs) appendLog(cluster, pod, `${line}\n`);
  if (failure === undefined) putState(cluster, { ...stateOf(cluster), hasPodNetwork: true });
  else warn(cluster, pod, "FailedCNIConfiguration", failure);
}

/** Task: waits for the gateway's update to end, as the controller's SDK does. */
export function watchUpdate(data: JsonObject, world: AzureWorld): undefined {
  const found = runningPod(data, world);
  if (found === undefined) return;
  const { cluster, pod, settings } = found;
  const gateway = world.store.get(settings.gatewayId);
  const state = textField(gateway?.body, "properties", "provisioningState");
  const writes = gateway === undefined ? undefined : gatewayWrites(gateway);
  const own = numberField(stateOf(cluster), "write");
  if (writes?.latest === own && state === "Updating") {
    world.schedule("agic.watch", POLL_SECONDS, podTaskData(cluster, pod));
    return;
  }
  putState(cluster, { ...stateOf(cluster), isSyncQueued: false });
  if (writes !== undefined && writes.finished === own) {
    publishAddress(cluster, pod, settings);
    requestAgicSync(cluster);
    return;
  }
  if (writes !== undefined && writes.latest !== own) return superseded(cluster, pod);
  warn(
    cluster,
    pod,
    "FailedApplyingAppGwConfig",
    `The update of Application Gateway ${settings.gatewayId} ended in state ${state ?? "deleted"}`,
  );
  queueSync(cluster, pod, RETRY_SECONDS);
}

/**
 * Somebody else has written the gateway before this controller's update had ended. The controller says so and waits for
 * the next change in its cluster, or for its period: until then what it wrote may be lost.
 */
function superseded(cluster: ClusterObjects, pod: KubernetesObject): undefined {
  appendLog(cluster, pod, `E Error processing event. ${SUPERSEDED}\n`);
  warn(cluster, pod, "FailedApplyingAppGwConfig", SUPERSEDED);
  requestAgicSync(cluster);
}

/** Task: with reconcilePeriodSeconds the controller looks at the gateway itself from time to time. */
export function periodicSync(data: JsonObject, world: AzureWorld): undefined {
  const found = runningPod(data, world);
  if (found === undefined) return;
  const { cluster, pod, settings } = found;
  if (stateOf(cluster).isSyncQueued !== true) queueSync(cluster, pod, 0);
  if (settings.reconcilePeriodSeconds > 0)
    world.schedule("agic.period", settings.reconcilePeriodSeconds, podTaskData(cluster, pod));
}
