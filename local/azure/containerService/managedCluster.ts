import type {
  AzureWorld,
  JsonObject,
  Reference,
  ResourceType,
  StoredResource,
  WriteContext,
} from "../core/resourceType.ts";
import { ClusterObjects } from "../kubernetes/clusterObjects.ts";
import { listField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { upgradeTarget } from "./agentPoolBody.ts";
import { bootstrapFailure, plannedBootstrap } from "./bootstrap.ts";
import { resolvedIdentity, userAssignedIds } from "./clusterIdentity.ts";
import { apiServerName, defaultNodeResourceGroup } from "./clusterNames.ts";
import { containerServiceType } from "./containerServiceType.ts";
import { durations, RETRY_AFTER_SECONDS } from "./durations.ts";
import { resolveKubernetesVersion } from "./kubernetesVersions.ts";
import { leaveKubenet } from "./leaveKubenet.ts";
import { checkManagedCluster } from "./managedClusterRules.ts";
import { checkNotUpgrading } from "./nodeImageUpgrade.ts";
import { upgradeSeconds } from "./nodePoolRolling.ts";
import { ensureNodeResourceGroup, removeNodeResourceGroup } from "./nodeResourceGroup.ts";
import { DEFAULT_POD_CIDR, podNetworkOf, podNetworkOfCluster } from "./podNetwork.ts";
import { hasRouteController } from "./routeController.ts";
import { startKubernetes } from "./startKubernetes.ts";

/** Microsoft.ContainerService/managedClusters. */
export const managedCluster: ResourceType = {
  type: containerServiceType.managedCluster,
  kind: "tracked",
  shownType: "Microsoft.ContainerService/ManagedClusters",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
  inlineChildren: [
    { property: "agentPoolProfiles", type: containerServiceType.agentPool, shape: "flat", whenOmitted: "unchanged" },
  ],
  validate(context) {
    checkManagedCluster(context);
    checkNotUpgrading(context.world, context.id.id);
    const fault = context.world.takeFault("aks.clusterPut", context.id.id);
    if (fault !== undefined) throw fault;
  },
  references,
  prepare,
  putSeconds,
  finishPut,
  deleteSeconds: () => durations.clusterDelete,
  finishDelete(cluster, world) {
    new ClusterObjects(world, cluster.id).clear();
    removeNodeResourceGroup(world, cluster);
    const objectId = textField(cluster.body, "identity", "principalId");
    if (objectId !== undefined) world.removePrincipal(objectId);
  },
};

/**
 * The caller hands over an identity and a workspace, and must be allowed to.
 * Sources: learn.microsoft.com/azure/aks/concepts-identity (identity creating and operating the cluster), and the public
 * LinkedAuthorizationFailed reports for workspaces/sharedkeys/read, checked 2026-11.
 */
function references({ body }: WriteContext): readonly Reference[] {
  const workspaceId = workspaceOf(objectField(body, "properties"));
  return [
    ...userAssignedIds(body).map((id) => ({
      id,
      path: "identity.userAssignedIdentities",
      action: "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    })),
    ...(workspaceId === undefined
      ? []
      : [
          {
            id: workspaceId,
            path: "properties.addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID",
            action: "Microsoft.OperationalInsights/workspaces/sharedkeys/read",
          },
        ]),
  ];
}

function workspaceOf(properties: JsonObject): string | undefined {
  const addon = objectField(properties, "addonProfiles", "omsagent");
  return addon.enabled === true ? textField(addon, "config", "logAnalyticsWorkspaceResourceID") : undefined;
}

function prepare({ world, id, body, existing }: WriteContext): JsonObject {
  const location = textField(body, "location") ?? "";
  const before = objectField(existing?.body, "properties");
  const sent = objectField(body, "properties");
  const { provisioningState: _, ...merged }: JsonObject = { ...before, ...sent };
  const version =
    resolveKubernetesVersion(textField(merged, "kubernetesVersion")) ??
    textField(before, "currentKubernetesVersion") ??
    "";
  const dnsPrefix = textField(merged, "dnsPrefix") ?? id.name;
  const fqdn = textField(before, "fqdn") ?? apiServerName(id.id, dnsPrefix, location);
  return {
    location,
    tags: body.tags ?? {},
    sku: body.sku ?? existing?.body.sku ?? { name: "Base", tier: "Free" },
    identity:
      body.identity === undefined
        ? (existing?.body.identity ?? {})
        : resolvedIdentity(world, body, existing?.body, id.name),
    properties: {
      enableRBAC: true,
      disableLocalAccounts: false,
      supportPlan: "KubernetesOfficial",
      maxAgentPools: 100,
      nodeResourceGroup: defaultNodeResourceGroup(id, location),
      resourceUID: world.newGuid().replaceAll("-", "").slice(0, 24),
      ...merged,
      dnsPrefix,
      kubernetesVersion: textField(merged, "kubernetesVersion") ?? version,
      currentKubernetesVersion: version,
      fqdn,
      azurePortalFQDN: fqdn.replace(".hcp.", ".portal.hcp."),
      powerState: { code: "Running" },
      networkProfile: networkProfile(objectField(before, "networkProfile"), objectField(sent, "networkProfile")),
      oidcIssuerProfile: oidcIssuer(
        world,
        location,
        objectField(before, "oidcIssuerProfile"),
        objectField(sent, "oidcIssuerProfile"),
      ),
    },
  };
}

function networkProfile(before: JsonObject, sent: JsonObject): JsonObject {
  const merged = {
    networkPolicy: "none",
    loadBalancerSku: "standard",
    serviceCidr: "10.0.0.0/16",
    dnsServiceIP: "10.0.0.10",
    outboundType: "loadBalancer",
    ...before,
    ...sent,
  };
  const shown = { ...merged, serviceCidrs: [merged.serviceCidr], ipFamilies: ["IPv4"] };
  if (podNetworkOf(merged) === "nodeSubnet") return shown;
  const podCidr = textField(merged, "podCidr") ?? DEFAULT_POD_CIDR;
  return { ...shown, podCidr, podCidrs: [podCidr] };
}

/** The issuer's name holds the tenant and a number of the cluster's own. Shape: learn.microsoft.com/azure/aks/use-oidc-issuer, checked 2026-11. */
function oidcIssuer(world: AzureWorld, location: string, before: JsonObject, sent: JsonObject): JsonObject {
  const enabled = (sent.enabled ?? before.enabled) === true;
  if (!enabled) return { enabled: false };
  const issuerURL =
    textField(before, "issuerURL") ??
    `https://${location}.oic.prod-aks.azure.com/${world.tenantId}/${world.newGuid()}/`;
  return { enabled: true, issuerURL };
}

/**
 * A creation whose nodes cannot get out drags on before it fails. Whether they can is judged when the request is accepted
 * and again at its end: what is opened meanwhile helps, and what is closed meanwhile fails it at the usual time.
 */
function putSeconds({ world, id, body, existing }: WriteContext): number {
  if (new ClusterObjects(world, id.id).list("Node").length > 0) return updateSeconds(world, id.id, body);
  const location = textField(body, "location") ?? "";
  const sent = objectField(body, "properties");
  const dnsPrefix = textField(sent, "dnsPrefix") ?? textField(existing?.body, "properties", "dnsPrefix") ?? id.name;
  const fqdn = textField(existing?.body, "properties", "fqdn") ?? apiServerName(id.id, dnsPrefix, location);
  const isBlocked = listField(sent, "agentPoolProfiles").some((pool) => {
    const subnet = world.store.get(textField(pool, "vnetSubnetID") ?? "");
    return (
      subnet !== undefined && bootstrapFailure(world, plannedBootstrap(subnet, sent, location, fqdn)) !== undefined
    );
  });
  return isBlocked ? durations.blockedBootstrap : durations.clusterCreate;
}

/** An update is short, unless it makes nodes new: those of pools with another version, or all that leave kubenet. */
function updateSeconds(world: AzureWorld, clusterId: string, body: JsonObject): number {
  const profile = objectField(body, "properties", "networkProfile");
  if (podNetworkOf(profile) === "overlay" && hasRouteController(world, clusterId)) return durations.networkMigration;
  const rolling = listField(body, "properties", "agentPoolProfiles").map((sent) => {
    const pool = world.store.get(`${clusterId}/agentPools/${textField(sent, "name") ?? ""}`);
    const isUpgraded = upgradeTarget(world, { properties: sent }, pool) !== undefined;
    return pool === undefined || !isUpgraded
      ? 0
      : upgradeSeconds(world, pool, { ...objectField(pool.body, "properties"), ...sent });
  });
  return durations.clusterUpdate + Math.max(0, ...rolling);
}

function finishPut(cluster: StoredResource, world: AzureWorld) {
  const fault = world.takeFault("aks.clusterFinish", cluster.id);
  if (fault !== undefined) return { error: fault };
  const { kubelet, monitoring } = ensureNodeResourceGroup(world, cluster);
  startKubernetes(new ClusterObjects(world, cluster.id));
  if (podNetworkOfCluster(cluster.body) === "overlay") leaveKubenet(world, cluster);
  const properties = objectField(cluster.body, "properties");
  const addons = objectField(properties, "addonProfiles");
  const addonProfiles =
    monitoring === undefined
      ? addons
      : { ...addons, omsagent: { ...objectField(addons, "omsagent"), identity: monitoring } };
  const identityProfile = { ...objectField(properties, "identityProfile"), kubeletidentity: kubelet };
  return {
    body: {
      ...cluster.body,
      properties: {
        ...properties,
        identityProfile,
        ...(Object.keys(addonProfiles).length === 0 ? {} : { addonProfiles }),
      },
    },
  };
}
