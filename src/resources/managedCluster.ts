/**
 * The cluster: user-assigned identity, all egress by the route table, nodes without public addresses, workload identity.
 * Version, node count and size are chosen at creation; upgrading and scaling are operations of their own, and a second
 * run must not undo what an autoscaler or an operator did. The autoscaler's bounds and the surge are ours: addresses and
 * routes are reserved by them.
 */
import type { ClusterSpec, EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import { podCidrOf } from "../domain/networkPlugin.ts";
import { DEFAULT_MAX_SURGE } from "../domain/nodePool.ts";
import { clusterDnsPrefix, ids, tagsOf } from "../domain/resourceNames.ts";
import type { Outputs } from "../domain/step.ts";
import { apiVersions } from "./apiVersions.ts";
import { mustHave, mustKnow } from "./mustHave.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";
import { clusterRefusal, clusterWarnings, poolsOf } from "./standingCluster.ts";

export const managedCluster: ResourceDefinition = {
  apiVersion: apiVersions.managedClusters,
  shared: ["properties.agentPoolProfiles"],
  createOnly: [
    "properties.dnsPrefix",
    "properties.kubernetesVersion",
    "properties.nodeResourceGroup",
    "properties.agentPoolProfiles[].availabilityZones",
    "properties.agentPoolProfiles[].maxPods",
    "properties.agentPoolProfiles[].mode",
    "properties.agentPoolProfiles[].osType",
    "properties.agentPoolProfiles[].type",
    "properties.agentPoolProfiles[].vmSize",
  ],
  id: ids.cluster,
  desired: (spec, outputs) => ({
    location: spec.location,
    tags: tagsOf(spec),
    sku: { name: "Base", tier: spec.cluster.skuTier },
    identity: { type: "UserAssigned", userAssignedIdentities: { [ids.clusterIdentity(spec)]: {} } },
    properties: {
      dnsPrefix: clusterDnsPrefix(spec),
      kubernetesVersion: spec.cluster.kubernetesVersion ?? mustKnow(outputs, "kubernetesVersion"),
      nodeResourceGroup: spec.cluster.nodeGroupName,
      enableRBAC: true,
      agentPoolProfiles: [agentPool(spec)],
      networkProfile: networkProfile(spec),
      oidcIssuerProfile: { enabled: true },
      securityProfile: { workloadIdentity: { enabled: true } },
      addonProfiles: { omsagent: spec.monitoring ? monitoringAddon(spec) : { enabled: false } },
    },
  }),
  adapt: withStandingCounts,
  refuse: clusterRefusal,
  warnings: clusterWarnings,
  outputs: clusterOutputs,
};

function agentPool(spec: EnvironmentSpec): JsonObject {
  const { cluster, zones } = spec;
  return {
    name: cluster.poolName,
    count: cluster.nodeCount,
    ...autoscaling(cluster),
    upgradeSettings: { maxSurge: cluster.maxSurge ?? DEFAULT_MAX_SURGE },
    vmSize: cluster.vmSize,
    maxPods: cluster.maxPods,
    mode: "System",
    type: "VirtualMachineScaleSets",
    osType: "Linux",
    vnetSubnetID: ids.clusterSubnet(spec),
    enableNodePublicIP: false,
    ...(zones.length > 0 ? { availabilityZones: zones } : {}),
  };
}

/** Without bounds nothing is said: an autoscaler that somebody switched on stays. */
function autoscaling({ minCount, maxCount }: ClusterSpec): JsonObject {
  return minCount === undefined || maxCount === undefined ? {} : { enableAutoScaling: true, minCount, maxCount };
}

/** The count is whatever it has become, within the bounds: outside of them AKS takes no pool that scales itself. */
function withStandingCounts(desired: JsonObject, existing: JsonObject): JsonObject {
  const standing = poolsOf(existing);
  const agentPoolProfiles = poolsOf(desired).map((pool) => {
    const count = standing.find(({ name }) => name === pool.name)?.count;
    if (typeof count !== "number") return pool;
    const { minCount = 0, maxCount = Number.POSITIVE_INFINITY } = pool;
    return { ...pool, count: Math.min(Math.max(count, Number(minCount)), Number(maxCount)) };
  });
  return { ...desired, properties: { ...(desired.properties as JsonObject), agentPoolProfiles } };
}

function networkProfile({ cluster }: EnvironmentSpec): JsonObject {
  return {
    ...podNetwork(cluster),
    outboundType: "userDefinedRouting",
    // Both are what AKS demands of a cluster that leaves by a route table.
    loadBalancerSku: "standard",
    serviceCidr: cluster.serviceCidr,
    dnsServiceIP: cluster.dnsServiceIP,
  };
}

/** AKS calls overlay a mode of Azure CNI. */
function podNetwork(cluster: ClusterSpec): JsonObject {
  switch (cluster.networkPlugin) {
    case "azure":
      return { networkPlugin: "azure" };
    case "kubenet":
      return { networkPlugin: "kubenet", podCidr: podCidrOf(cluster) };
    case "overlay":
      return { networkPlugin: "azure", networkPluginMode: "overlay", podCidr: podCidrOf(cluster) };
  }
}

/**
 * Said outright when it is off: else a cluster that had it would go on sending, through a firewall that no longer lets
 * it. The workspace's key is no way in any more (retired 30 September 2026); the add-on signs in.
 */
function monitoringAddon(spec: EnvironmentSpec): JsonObject {
  return {
    enabled: true,
    config: { logAnalyticsWorkspaceResourceID: ids.clusterWorkspace(spec), useAADAuth: "true" },
  };
}

function clusterOutputs(existing: JsonObject, spec: EnvironmentSpec): Outputs {
  return {
    clusterId: ids.cluster(spec),
    clusterFqdn: mustHave(existing, "properties.fqdn"),
    nodeResourceGroup: mustHave(existing, "properties.nodeResourceGroup"),
    oidcIssuerUrl: mustHave(existing, "properties.oidcIssuerProfile.issuerURL"),
  };
}
