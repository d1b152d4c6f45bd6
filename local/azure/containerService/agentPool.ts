import { ArmError } from "../core/armError.ts";
import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { cloudConfigOf, putCloudConfig } from "../kubernetes/cloudConfig.ts";
import { ClusterObjects } from "../kubernetes/clusterObjects.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { notModelled } from "../network/bodyShape.ts";
import { checkPoolVersion, completedPool, surgeCount, upgradeTarget } from "./agentPoolBody.ts";
import { type AddressClaim, checkAgentPool, checkSubnetSize } from "./agentPoolRules.ts";
import { bootstrapFailure, plannedBootstrap } from "./bootstrap.ts";
import { checkSubnetAccess } from "./clusterIdentity.ts";
import { checkNodeSubnet } from "./clusterNetworkRules.ts";
import { containerServiceType } from "./containerServiceType.ts";
import { durations, RETRY_AFTER_SECONDS } from "./durations.ts";
import { latestNodeImage } from "./nodeImages.ts";
import { checkNotUpgrading } from "./nodeImageUpgrade.ts";
import { addressesPerNode, poolMachines, removePool, resizePool } from "./nodePool.ts";
import { failRolling, startRolling, upgradeSeconds } from "./nodePoolRolling.ts";
import { nodesChanged } from "./nodesChanged.ts";
import { podNetworkOfCluster } from "./podNetwork.ts";
import { checkNodeCount, checkPodNetworkPlace, routeTableIdOf } from "./podNetworkRules.ts";

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
  prepare,
  putSeconds,
  locks: ({ id }) => [id.parentId ?? ""],
  finishPut,
  deleteSeconds: () => durations.agentPoolDelete,
  checkDelete(pool, world) {
    checkNotUpgrading(world, parseResourceId(pool.id)?.parentId ?? "");
    const others = siblings(world, pool.id).filter((other) => textField(other.body, "properties", "mode") === "System");
    if (others.length > 0 || textField(pool.body, "properties", "mode") !== "System") return;
    throw new ArmError(400, "OperationNotAllowed", "There has to be at least one system agent pool.");
  },
  finishDelete(pool, world) {
    removePool(world, pool);
    nodesChanged(world, parseResourceId(pool.id)?.parentId ?? "");
  },
};

/** Properties that stay as they were made. Source: learn.microsoft.com/azure/aks/create-node-pools (limitations). */
const FIXED_PROPERTIES = ["vmSize", "vnetSubnetID", "osType", "maxPods", "type"];

function validate({ world, id, body, existing }: WriteContext): void {
  const sent = objectField(body, "properties");
  const cluster = world.store.get(id.parentId ?? "");
  const properties = completedPool(world, body, existing, cluster);
  checkAgentPool(id.name, { ...sent, ...bounds(properties) }, podNetworkOfCluster(cluster?.body));
  refuseChanges(sent, existing);
  checkNotUpgrading(world, id.parentId ?? "");
  const subnetId = subnetOf(body, existing);
  if (subnetId === undefined)
    throw notModelled("clusters in a virtual network of their own", "Send vnetSubnetID in every agent pool.");
  const subnet = world.store.get(subnetId);
  // A subnet that is not there is refused as a reference, in ARM's words.
  if (cluster === undefined || subnet === undefined) return;
  checkNodeSubnet(world, subnet, objectField(cluster.body, "properties", "networkProfile"));
  checkSubnetAccess(world, cluster.body, subnet.id);
  checkPodNetworkPlace(world, cluster, subnet);
  checkPoolVersion(body, existing, cluster);
  const surge = upgradeTarget(world, body, existing) === undefined ? 0 : surgeCount(properties);
  const others = siblings(world, id.id);
  checkNodeCount(cluster, [
    properties,
    { count: surge },
    ...others.map((pool) => objectField(pool.body, "properties")),
  ]);
  checkSubnetSize(world, [
    claimOf(world, id.id, properties, cluster, surge),
    ...others.map((pool) => claimOf(world, pool.id, objectField(pool.body, "properties"), cluster, 0)),
  ]);
  const fault = world.takeFault("aks.agentPoolPut", id.id);
  if (fault !== undefined) throw fault;
}

/** What was not sent this time but bounds the count all the same. */
function bounds({ enableAutoScaling, minCount, maxCount, count }: JsonObject): JsonObject {
  return enableAutoScaling === true ? { enableAutoScaling, minCount, maxCount, count } : {};
}

/** A new version makes the nodes new, which begins at once. */
function prepare({ world, id, body, existing }: WriteContext): JsonObject {
  const cluster = world.store.get(id.parentId ?? "");
  const properties = completedPool(world, body, existing, cluster);
  const orchestratorVersion = upgradeTarget(world, body, existing);
  if (existing !== undefined && orchestratorVersion !== undefined)
    startRolling(world, existing, properties, { orchestratorVersion, nodeImageVersion: latestNodeImage(world) });
  return { properties };
}

function putSeconds({ world, id, body, existing }: WriteContext): number {
  if (existing === undefined) return durations.agentPoolCreate;
  return upgradeTarget(world, body, existing) === undefined
    ? durations.agentPoolScale
    : upgradeSeconds(world, existing, completedPool(world, body, existing, world.store.get(id.parentId ?? "")));
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
function claimOf(
  world: AzureWorld,
  poolId: string,
  properties: JsonObject,
  cluster: StoredResource,
  surge: number,
): AddressClaim {
  const pool = world.store.get(poolId);
  const existing = pool === undefined ? 0 : poolMachines(world, pool).length;
  const scaledTo = properties.enableAutoScaling === true ? (numberField(properties, "maxCount") ?? 0) : 0;
  const wanted = Math.max(numberField(properties, "count") ?? 0, scaledTo) + surge;
  return {
    subnetId: String(properties.vnetSubnetID ?? ""),
    newNodeCount: Math.max(0, wanted - existing),
    addressesPerNode: addressesPerNode(cluster, numberField(properties, "maxPods") ?? 0),
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
  if (error !== undefined) {
    failRolling(world, pool);
    return { error };
  }
  keepCloudConfig(new ClusterObjects(world, clusterId), subnet);
  resizePool(world, pool);
  nodesChanged(world, clusterId);
  return undefined;
}

/** The table of the first pool's subnet is the one that a kubenet cluster keeps its routes in, for good. */
function keepCloudConfig(cluster: ClusterObjects, subnet: StoredResource): void {
  const routeTableId = routeTableIdOf(subnet);
  if (podNetworkOfCluster(cluster.cluster?.body) !== "kubenet" || routeTableId === undefined) return;
  if (cloudConfigOf(cluster) === undefined) putCloudConfig(cluster, { routeTableId });
}
