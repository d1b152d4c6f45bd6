import { ArmError } from "../core/armError.ts";
import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { ClusterObjects } from "../kubernetes/clusterObjects.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { reconcileCluster } from "../kubernetes/reconcileCluster.ts";
import { notModelled } from "../network/bodyShape.ts";
import { type AddressClaim, checkAgentPool, checkSubnetSize, defaultMaxPods } from "./agentPoolRules.ts";
import { bootstrapFailure, plannedBootstrap } from "./bootstrap.ts";
import { checkSubnetAccess } from "./clusterIdentity.ts";
import { checkNodeSubnet } from "./clusterNetworkRules.ts";
import { containerServiceType } from "./containerServiceType.ts";
import { durations, RETRY_AFTER_SECONDS } from "./durations.ts";
import { addressesPerNode, poolMachines, removePool, resizePool } from "./nodePool.ts";

/** Microsoft.ContainerService/managedClusters/agentPools, inside the cluster's body or by itself. */
export const agentPool: ResourceType = {
  type: containerServiceType.agentPool,
  kind: "child",
  retryAfterSeconds: RETRY_AFTER_SECONDS,
  validate,
  references({ body, existing }) {
    const subnetId = subnetOf(body, existing);
    if (subnetId === undefined) return [];
    return [
      {
        id: subnetId,
        path: "properties.vnetSubnetID",
        action: "Microsoft.Network/virtualNetworks/subnets/join/action",
      },
    ];
  },
  prepare: ({ id, body, existing, world }) => ({
    properties: completed(body, existing, world.store.get(id.parentId ?? "")),
  }),
  putSeconds({ existing }) {
    return existing === undefined ? durations.agentPoolCreate : durations.agentPoolScale;
  },
  locks: ({ id }) => [id.parentId ?? ""],
  finishPut,
  deleteSeconds: () => durations.agentPoolDelete,
  checkDelete(pool, world) {
    const others = siblings(world, pool.id).filter((other) => textField(other.body, "properties", "mode") === "System");
    if (others.length > 0 || textField(pool.body, "properties", "mode") !== "System") return;
    throw new ArmError(400, "OperationNotAllowed", "There has to be at least one system agent pool.");
  },
  finishDelete(pool, world) {
    removePool(world, pool);
    reconcileCluster(new ClusterObjects(world, parseResourceId(pool.id)?.parentId ?? ""));
  },
};

/** Properties that stay as they were made. Source: learn.microsoft.com/azure/aks/create-node-pools (limitations). */
const FIXED_PROPERTIES = ["vmSize", "vnetSubnetID", "osType", "maxPods", "type"];

function validate({ world, id, body, existing }: WriteContext): void {
  const sent = objectField(body, "properties");
  checkAgentPool(id.name, sent);
  refuseChanges(sent, existing);
  const cluster = world.store.get(id.parentId ?? "");
  const subnetId = subnetOf(body, existing);
  if (subnetId === undefined)
    throw notModelled("clusters in a virtual network of their own", "Send vnetSubnetID in every agent pool.");
  const subnet = world.store.get(subnetId);
  // A subnet that is not there is refused as a reference, in ARM's words.
  if (cluster === undefined || subnet === undefined) return;
  checkNodeSubnet(world, subnet, objectField(cluster.body, "properties", "networkProfile"));
  checkSubnetAccess(world, cluster.body, subnet.id);
  const properties = completed(body, existing, cluster);
  checkSubnetSize(world, [
    claimOf(world, id.id, properties, cluster),
    ...siblings(world, id.id).map((pool) => claimOf(world, pool.id, objectField(pool.body, "properties"), cluster)),
  ]);
  const fault = world.takeFault("aks.agentPoolPut", id.id);
  if (fault !== undefined) throw fault;
}

function refuseChanges(sent: JsonObject, existing: StoredResource | undefined): void {
  if (existing === undefined) return;
  const before = objectField(existing.body, "properties");
  const changed = FIXED_PROPERTIES.find(
    (property) =>
      sent[property] !== undefined && String(sent[property]).toLowerCase() !== String(before[property]).toLowerCase(),
  );
  if (changed === undefined) return;
  const target = `properties.${changed}`;
  throw new ArmError(400, "PropertyChangeNotAllowed", `Changing property '${target}' is not allowed.`, {
    details: [{ code: "PropertyChangeNotAllowed", message: `Changing property '${target}' is not allowed.`, target }],
  });
}

/** What a pool still needs of its subnet: nodes that are there have theirs. */
function claimOf(world: AzureWorld, poolId: string, properties: JsonObject, cluster: StoredResource): AddressClaim {
  const pool = world.store.get(poolId);
  const existing = pool === undefined ? 0 : poolMachines(world, pool).length;
  return {
    subnetId: String(properties.vnetSubnetID ?? ""),
    newNodeCount: Math.max(0, (numberField(properties, "count") ?? 0) - existing),
    addressesPerNode: addressesPerNode(cluster, numberField(properties, "maxPods") ?? 0),
  };
}

/** What was sent over what there was, with AKS's defaults and read-only fields. */
function completed(
  body: JsonObject,
  existing: StoredResource | undefined,
  cluster: StoredResource | undefined,
): JsonObject {
  const clusterProperties = objectField(cluster?.body, "properties");
  const version = String(clusterProperties.currentKubernetesVersion ?? "");
  const plugin = textField(clusterProperties, "networkProfile", "networkPlugin") ?? "azure";
  const { provisioningState: _, ...before } = objectField(existing?.body, "properties");
  const merged: JsonObject = {
    count: 1,
    vmSize: "Standard_D4ds_v5",
    osDiskSizeGB: 128,
    osDiskType: "Managed",
    kubeletDiskType: "OS",
    maxPods: defaultMaxPods(plugin),
    type: "VirtualMachineScaleSets",
    enableAutoScaling: false,
    enableNodePublicIP: false,
    mode: "User",
    osType: "Linux",
    osSKU: "Ubuntu",
    enableFIPS: false,
    upgradeSettings: { maxSurge: "10%" },
    orchestratorVersion: version,
    ...before,
    ...objectField(body, "properties"),
  };
  return {
    ...merged,
    currentOrchestratorVersion: version,
    powerState: { code: "Running" },
    nodeImageVersion: `AKSUbuntu-2204gen2containerd-202611.03.0`,
  };
}

function subnetOf(body: JsonObject, existing: StoredResource | undefined): string | undefined {
  return textField(body, "properties", "vnetSubnetID") ?? textField(existing?.body, "properties", "vnetSubnetID");
}

function siblings(world: AzureWorld, poolId: string): StoredResource[] {
  const clusterId = parseResourceId(poolId)?.parentId ?? "";
  return world.store
    .children(clusterId, containerServiceType.agentPool)
    .filter((pool) => pool.id.toLowerCase() !== poolId.toLowerCase());
}

function finishPut(pool: StoredResource, world: AzureWorld): { readonly error?: ArmError } | undefined {
  const clusterId = parseResourceId(pool.id)?.parentId ?? "";
  const cluster = world.store.get(clusterId);
  const subnet = world.store.get(textField(pool.body, "properties", "vnetSubnetID") ?? "");
  if (cluster === undefined || subnet === undefined) return undefined;
  const grows = (numberField(pool.body, "properties", "count") ?? 0) > poolMachines(world, pool).length;
  const properties = objectField(cluster.body, "properties");
  const bootstrap = plannedBootstrap(
    subnet,
    properties,
    textField(cluster.body, "location") ?? "",
    textField(properties, "fqdn") ?? "",
  );
  const error =
    world.takeFault("aks.agentPoolFinish", pool.id) ?? (grows ? bootstrapFailure(world, bootstrap) : undefined);
  if (error !== undefined) return { error };
  resizePool(world, pool);
  reconcileCluster(new ClusterObjects(world, clusterId));
  return undefined;
}
