import type { Json, JsonObject } from "../core/resourceType.ts";
import { cleanUpOverlay } from "./agic/overlayCleanup.ts";
import { reachFrom } from "./clusterEgress.ts";
import { type ClusterObjects, type KubernetesObject, namespaceOf } from "./clusterObjects.ts";
import { type CommandLine, INGRESS_AZURE_CHART } from "./commandLine.ts";
import { type CommandResult, failed, succeeded } from "./commandResult.ts";
import type { ContextFiles } from "./contextFiles.ts";
import { installDefinitions } from "./customResources.ts";
import { networkError } from "./imagePull.ts";
import { CHART_VERSIONS, chartValuesMistake, renderChart } from "./ingressAzureChart.ts";
import { isObject, numberField, objectField, sortedJson, textField } from "./jsonFields.ts";
import { removeWithDependents } from "./kubectlDelete.ts";
import { withServerDefaults } from "./serverDefaults.ts";

type UpgradeLine = Extract<CommandLine, { kind: "helmUpgrade" }>;
type UninstallLine = Extract<CommandLine, { kind: "helmUninstall" }>;
const REPOSITORY = INGRESS_AZURE_CHART.replace("oci://", "");

/** `helm upgrade --install`: pulls the chart from the command pod's node, renders it, and keeps the release with its values. */
export function upgradeRelease(
  cluster: ClusterObjects,
  files: ContextFiles,
  line: UpgradeLine,
  nodeAddress: string,
): CommandResult {
  const pulled = pullChart(cluster, line.version, nodeAddress);
  if (pulled !== undefined) return failed(`Error: ${pulled}`);
  const values = readValues(files, line.valuesFile);
  if (typeof values === "string") return failed(`Error: ${values}`);
  const mistake = chartValuesMistake(values) ?? placeMistake(cluster, line);
  if (mistake !== undefined) return failed(`Error: ${mistake}`);
  const known = releaseNote(cluster, line.release, line.namespace);
  const revision = (numberField(known, "revision") ?? 0) + 1;
  cluster.putNote("LocalHelmRelease", line.namespace, line.release, {
    namespace: line.namespace,
    version: line.version,
    revision,
    updatedEpochMs: cluster.world.clock.now(),
    values,
  });
  if (known === undefined) installDefinitions(cluster);
  install(cluster, line, known, values);
  return succeeded(
    `${known === undefined ? `Release "${line.release}" does not exist. Installing it now.\n` : ""}${pulledText(line.version)}${known === undefined ? "" : `Release "${line.release}" has been upgraded. Happy Helming!\n`}${statusText(cluster, line, revision)}`,
  );
}

function pullChart(cluster: ClusterObjects, version: string, nodeAddress: string): string | undefined {
  const location = textField(cluster.cluster?.body, "location") ?? "";
  for (const host of ["mcr.microsoft.com", `${location}.data.mcr.microsoft.com`]) {
    const reached = reachFrom(cluster, { nodeAddress }, { host, port: 443, protocol: "HTTPS" });
    if (reached.outcome === "connected") continue;
    const path = REPOSITORY.slice(REPOSITORY.indexOf("/") + 1);
    return `failed to do request: Head "https://${host}/v2/${path}/manifests/${version}": ${networkError(host, nodeAddress, reached)}`;
  }
  return CHART_VERSIONS.includes(version) ? undefined : `${REPOSITORY}:${version}: not found`;
}

function readValues(files: ContextFiles, path: string): JsonObject | string {
  const text = files[path.replace(/^\.\//, "")];
  if (text === undefined) return `open ${path}: no such file or directory`;
  try {
    const parsed = JSON.parse(text) as Json;
    return isObject(parsed)
      ? parsed
      : `failed to parse ${path}: cannot unmarshal ${typeof parsed} into a map of values`;
  } catch (cause) {
    return `failed to parse ${path}: ${(cause as Error).message} (the local Azure reads values in JSON only)`;
  }
}

function placeMistake(cluster: ClusterObjects, line: UpgradeLine): string | undefined {
  if (cluster.get("Namespace", "", line.namespace) === undefined)
    return `create: failed to create: namespaces "${line.namespace}" not found`;
  const other = cluster
    .list("LocalHelmRelease")
    .find((release) => release.metadata.name !== line.release || namespaceOf(release) !== line.namespace);
  if (other === undefined) return undefined;
  return `the local Azure runs one ingress controller in a cluster, and release ${other.metadata.name} is installed; uninstall it first`;
}

function install(cluster: ClusterObjects, line: UpgradeLine, known: JsonObject | undefined, values: JsonObject): void {
  const objects = renderChart(line.release, line.namespace, line.version, values);
  const before = known === undefined ? [] : renderedBefore(line, known);
  for (const old of before) {
    const remains = objects.some(
      (object) =>
        object.kind === old.kind &&
        object.metadata.name === old.metadata.name &&
        namespaceOf(object) === namespaceOf(old),
    );
    const live = cluster.get(old.kind, namespaceOf(old), old.metadata.name);
    if (!remains && live !== undefined) removeWithDependents(cluster, live);
  }
  for (const object of objects) {
    const live = cluster.get(object.kind, namespaceOf(object), object.metadata.name);
    if (live === undefined) cluster.put(withServerDefaults(cluster, object));
    else
      cluster.put({
        ...live,
        ...object,
        metadata: { ...live.metadata, ...object.metadata },
        ...mergedSpec(live, object),
      });
  }
  restartOnNewConfiguration(cluster, line, known, values);
}

function mergedSpec(live: KubernetesObject, object: KubernetesObject): JsonObject {
  // What a target no longer names must go: what is left would prohibit something else.
  if (object.kind === "AzureIngressProhibitedTarget") return { spec: objectField(object, "spec") };
  return object.spec === undefined ? {} : { spec: { ...objectField(live, "spec"), ...objectField(object, "spec") } };
}

/** A change of values alone leaves the pod template as it is; the chart's users restart the pod, and so does this one, else nothing would read them. */
function restartOnNewConfiguration(
  cluster: ClusterObjects,
  line: UpgradeLine,
  known: JsonObject | undefined,
  values: JsonObject,
): void {
  if (known === undefined || JSON.stringify(sortedJson(known.values)) === JSON.stringify(sortedJson(values))) return;
  for (const pod of cluster.list("Pod", line.namespace)) {
    const labels = objectField(pod, "metadata", "labels");
    if (labels.release === line.release && labels.app === "ingress-azure") removeWithDependents(cluster, pod);
  }
}

function renderedBefore(line: UpgradeLine, known: JsonObject): KubernetesObject[] {
  return renderChart(line.release, line.namespace, textField(known, "version") ?? "", objectField(known, "values"));
}

/** `helm list --filter`. */
export function listReleases(cluster: ClusterObjects, namespace: string, filter: string): CommandResult {
  let pattern: RegExp;
  try {
    pattern = new RegExp(filter);
  } catch {
    return failed(`Error: error parsing regexp: \`${filter}\``);
  }
  const releases = cluster.list("LocalHelmRelease", namespace).filter((release) => pattern.test(release.metadata.name));
  const rows = releases.map((release) => {
    const data = objectField(release, "data");
    const updated = new Date(numberField(data, "updatedEpochMs") ?? 0).toISOString();
    return {
      name: release.metadata.name,
      namespace,
      revision: String(numberField(data, "revision") ?? 1),
      updated: updated.replace("T", " ").replace(/(\.\d+)Z$/, "$1000000 +0000 UTC"),
      status: "deployed",
      chart: `ingress-azure-${textField(data, "version")}`,
      app_version: textField(data, "version") ?? "",
    };
  });
  return succeeded(`${JSON.stringify(rows)}\n`);
}

/** `helm get values`: the values that were given, without the chart's own. */
export function releaseValues(cluster: ClusterObjects, release: string, namespace: string): CommandResult {
  const known = releaseNote(cluster, release, namespace);
  if (known === undefined) return failed("Error: release: not found");
  return succeeded(`${JSON.stringify(sortedJson(known.values))}\n`);
}

/** `helm uninstall`: the pre-delete job, then the objects of the release go; definitions stay, and so does all that the controller has written. */
export function uninstallRelease(cluster: ClusterObjects, line: UninstallLine): CommandResult {
  const { release, namespace } = line;
  const known = releaseNote(cluster, release, namespace);
  if (known === undefined) {
    return line.ignoreNotFound
      ? succeeded(`release "${release}" uninstalled\n`)
      : failed(`Error: uninstall: Release not loaded: ${release}: release: not found`);
  }
  cleanUpOverlay(cluster);
  for (const object of renderChart(
    release,
    namespace,
    textField(known, "version") ?? "",
    objectField(known, "values"),
  )) {
    const live = cluster.get(object.kind, namespaceOf(object), object.metadata.name);
    if (live !== undefined) removeWithDependents(cluster, live);
  }
  cluster.removeNote("LocalHelmRelease", namespace, release);
  cluster.removeNote("LocalIngressController", "", "state");
  return succeeded(`release "${release}" uninstalled\n`);
}

function releaseNote(cluster: ClusterObjects, release: string, namespace: string): JsonObject | undefined {
  return cluster.note("LocalHelmRelease", namespace, release);
}

function pulledText(version: string): string {
  return `Pulled: ${REPOSITORY}:${version}\n`;
}

function statusText(cluster: ClusterObjects, line: UpgradeLine, revision: number): string {
  const deployed = new Date(cluster.world.clock.now()).toUTCString();
  const rows = [
    `NAME: ${line.release}`,
    `LAST DEPLOYED: ${deployed}`,
    `NAMESPACE: ${line.namespace}`,
    "STATUS: deployed",
    `REVISION: ${revision}`,
    "TEST SUITE: None",
  ];
  return `${rows.join("\n")}\nNOTES:\nThank you for installing ingress-azure:${line.version}.\n\nYour release is named ${line.release}.\n`;
}
