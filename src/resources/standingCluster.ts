/** What a cluster that stands already has for good, against what a ticket asks for: to be refused, or to be said. */
import type { EnvironmentSpec, NetworkPlugin } from "../domain/environmentSpec.ts";
import { isJsonArray, isJsonObject, type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import { ids } from "../domain/resourceNames.ts";
import type { Failure } from "../domain/stepOutcome.ts";

/** Why the cluster cannot become what is asked for; undefined when it can. */
export function clusterRefusal(existing: JsonObject, spec: EnvironmentSpec): Failure | undefined {
  return podNetworkRefusal(existing, spec) ?? nodePoolRefusal(existing, spec);
}

/**
 * How pods get addresses is settled when a cluster is made. AKS refuses most changes; the one that it makes, from
 * kubenet to overlay, replaces all nodes at once and leaves the gateway's routes leading astray.
 * Source: learn.microsoft.com/azure/aks/update-azure-cni, checked 2026-11.
 */
function podNetworkRefusal(existing: JsonObject, spec: EnvironmentSpec): Failure | undefined {
  const { cluster } = spec;
  const plugin = pluginOf(existing);
  const podCidr = textAt(existing, "properties.networkProfile.podCidr");
  const isSamePlugin = plugin === undefined || plugin === cluster.networkPlugin;
  const isSameRange = podCidr === undefined || cluster.podCidr === undefined || podCidr === cluster.podCidr;
  if (isSamePlugin && isSameRange) return undefined;
  const was = isSamePlugin ? `pods in ${podCidr}` : `the networkPlugin "${plugin}"`;
  const asked = isSamePlugin ? cluster.podCidr : `"${cluster.networkPlugin}"`;
  return {
    code: "PodNetworkIsFixed",
    message: `The cluster ${cluster.name} has ${was}, and the ticket asks for ${asked}; it was left as it is.`,
    resourceId: ids.cluster(spec),
    advice: "Say in a new ticket what the cluster has, or have another environment made with what is wanted.",
  };
}

/** In the ticket's words; undefined when Azure says nothing of it. */
function pluginOf(existing: JsonObject): NetworkPlugin | undefined {
  const plugin = textAt(existing, "properties.networkProfile.networkPlugin")?.toLowerCase();
  if (plugin === "kubenet") return plugin;
  if (plugin !== "azure") return undefined;
  return textAt(existing, "properties.networkProfile.networkPluginMode")?.toLowerCase() === "overlay"
    ? "overlay"
    : plugin;
}

/** A pool of another name would be one more pool: nodes that nobody has reserved addresses and routes for. */
function nodePoolRefusal(existing: JsonObject, spec: EnvironmentSpec): Failure | undefined {
  const { name, poolName } = spec.cluster;
  const pools = poolsOf(existing).map((pool) => String(pool.name));
  if (pools.length === 0 || pools.includes(poolName)) return undefined;
  return {
    code: "NodePoolIsAnother",
    message: `The cluster ${name} has the node pool ${pools.join(", ")} and none named ${poolName}; it was left as it is.`,
    resourceId: ids.cluster(spec),
    advice: `Send a new ticket with the poolName "${pools[0]}", or add the pool to the cluster in Azure first.`,
  };
}

/** What the ticket asks for and the cluster does not get, in sentences: what stands, what was asked, what to do. */
export function clusterWarnings(existing: JsonObject, spec: EnvironmentSpec): readonly string[] {
  const { cluster } = spec;
  const pool = poolsOf(existing).find(({ name }) => name === cluster.poolName);
  return [
    ...(pool === undefined ? [] : poolWarnings(pool, spec)),
    ...versionWarnings(existing, spec),
    ...unlike(
      `The cluster ${cluster.name} keeps its nodes in`,
      textAt(existing, "properties.nodeResourceGroup"),
      cluster.nodeGroupName,
      "the group of the nodes stays for the cluster's life; say that one in the next ticket",
    ),
  ];
}

const REPLACE =
  "it is settled when a pool is made; have the cluster replaced by another one (addCluster, switchTraffic, retireCluster)";

function poolWarnings(pool: JsonObject, { cluster, zones }: EnvironmentSpec): readonly string[] {
  const standingZones = isJsonArray(pool.availabilityZones) ? pool.availabilityZones.map(String) : [];
  const said = (of: readonly string[]): string => (of.length === 0 ? "no zones" : `zones ${of.toSorted().join(", ")}`);
  const nodes = `The nodes of ${cluster.name} have`;
  return [
    ...unlike(`${nodes} the vmSize`, shown(pool.vmSize), cluster.vmSize, REPLACE),
    ...unlike(`${nodes} the maxPods`, shown(pool.maxPods), String(cluster.maxPods), REPLACE),
    ...unlike(nodes, said(standingZones), said(zones), REPLACE),
    ...countWarnings(pool, cluster),
  ];
}

function countWarnings(pool: JsonObject, cluster: EnvironmentSpec["cluster"]): readonly string[] {
  if (cluster.minCount !== undefined) return [];
  const { minCount, maxCount } = pool;
  if (pool.enableAutoScaling === true) {
    return [
      `The nodes of ${cluster.name} are scaled by themselves from ${minCount} to ${maxCount}, and the ticket names no bounds; the autoscaler was left as it is. Name these minCount and maxCount in the next ticket, so that addresses and routes are reserved for them, or switch the autoscaler off in Azure.`,
    ];
  }
  return unlike(
    `The node pool ${cluster.poolName} of ${cluster.name} has the nodeCount`,
    shown(pool.count),
    String(cluster.nodeCount),
    "scaling is an operation of its own (az aks nodepool scale); then say the new count in the next ticket",
  );
}

function versionWarnings(existing: JsonObject, { cluster }: EnvironmentSpec): readonly string[] {
  const asked = cluster.kubernetesVersion;
  const standing =
    textAt(existing, "properties.currentKubernetesVersion") ?? textAt(existing, "properties.kubernetesVersion");
  if (asked === undefined || standing === undefined || `${standing}.`.startsWith(`${asked}.`)) return [];
  return unlike(
    `The cluster ${cluster.name} has the kubernetesVersion`,
    standing,
    asked,
    "an upgrade is an operation of its own (az aks upgrade)",
  );
}

function unlike(what: string, has: string | undefined, asked: string, wayOut: string): readonly string[] {
  if (has === undefined || has.toLowerCase() === asked.toLowerCase()) return [];
  return [`${what} ${has}, and the ticket asks for ${asked}; it was left as it is: ${wayOut}.`];
}

function shown(value: JsonObject[string]): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** The node pools in a cluster's body. */
export function poolsOf(cluster: JsonObject): readonly JsonObject[] {
  const pools = jsonAt(cluster, "properties.agentPoolProfiles");
  return isJsonArray(pools) ? pools.filter(isJsonObject) : [];
}
