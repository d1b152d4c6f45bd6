/** POST …/agentPools/{name}/upgradeNodeImageVersion: the nodes are made of the latest image, with surge nodes beside them. */
import { ArmError } from "../core/armError.ts";
import { parseResourceId } from "../core/resourceId.ts";
import type {
  ArmOperation,
  AzureWorld,
  JsonObject,
  OperationContext,
  OperationResult,
  StoredResource,
} from "../core/resourceType.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { surgeCount } from "./agentPoolBody.ts";
import { checkSubnetSize } from "./agentPoolRules.ts";
import { containerServiceType } from "./containerServiceType.ts";
import { durations, RETRY_AFTER_SECONDS } from "./durations.ts";
import { latestNodeImage } from "./nodeImages.ts";
import { addressesPerNode } from "./nodePool.ts";
import { startRolling, upgradeSeconds } from "./nodePoolRolling.ts";
import { checkNodeCount } from "./podNetworkRules.ts";

export const nodeImageUpgradeOperation: ArmOperation = {
  method: "POST",
  path: `{${containerServiceType.agentPool}}/upgradeNodeImageVersion`,
  action: `${containerServiceType.agentPool}/upgradeNodeImageVersion/action`,
  handle: acceptUpgrade,
};

const UPGRADING = "UpgradingNodeImageVersion";
const SETTLED = ["Succeeded", "Failed", "Canceled"];

/** Throws while the nodes of any pool of the cluster get another image. */
export function checkNotUpgrading(world: AzureWorld, clusterId: string): void {
  const upgrading = poolsOf(world, clusterId).find((pool) => stateOf(pool) === UPGRADING);
  if (upgrading !== undefined) throw busy(upgrading, "upgrade node image version");
}

function acceptUpgrade({ world, resource: pool }: OperationContext): OperationResult {
  if (pool === undefined) throw new Error("upgradeNodeImageVersion was routed here without its agent pool.");
  const clusterId = parseResourceId(pool.id)?.parentId ?? "";
  const cluster = world.store.get(clusterId);
  const running = [...(cluster === undefined ? [] : [cluster]), ...poolsOf(world, clusterId)].find(
    (resource) => !SETTLED.includes(stateOf(resource)),
  );
  if (cluster === undefined || running !== undefined)
    throw busy(running ?? pool, stateOf(running ?? pool).toLowerCase());
  const properties = objectField(pool.body, "properties");
  const nodeImageVersion = latestNodeImage(world);
  const accepted = {
    resultTask: "aks.nodeImageUpgraded",
    data: { poolId: pool.id },
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  };
  if (properties.nodeImageVersion === nodeImageVersion)
    return { ...accepted, acceptedForSeconds: durations.upgradeEnd };
  checkRoom(world, cluster, pool);
  startRolling(world, pool, properties, { nodeImageVersion });
  const body = { ...pool.body, properties: { ...properties, provisioningState: UPGRADING } };
  world.store.put({ ...pool, body });
  return { ...accepted, acceptedForSeconds: upgradeSeconds(world, pool, properties) };
}

function checkRoom(world: AzureWorld, cluster: StoredResource, pool: StoredResource): void {
  const properties = objectField(pool.body, "properties");
  const surge = surgeCount(properties);
  const pools = poolsOf(world, cluster.id).map((other) => objectField(other.body, "properties"));
  checkNodeCount(cluster, [...pools, { count: surge }]);
  const maxPods = numberField(properties, "maxPods") ?? 0;
  checkSubnetSize(world, [
    {
      subnetId: textField(properties, "vnetSubnetID") ?? "",
      newNodeCount: surge,
      addressesPerNode: addressesPerNode(cluster, maxPods),
    },
  ]);
}

/** Task: the operation ends; its result is the agent pool. */
export function nodeImageUpgraded(
  data: JsonObject,
  world: AzureWorld,
): { readonly status: number; readonly body: JsonObject } {
  const pool = world.store.get(textField(data, "poolId") ?? "");
  if (pool === undefined)
    throw new ArmError(
      404,
      "NotFound",
      `The agent pool ${textField(data, "poolId")} was deleted before its upgrade ended.`,
    );
  const body = {
    ...pool.body,
    properties: { ...objectField(pool.body, "properties"), provisioningState: "Succeeded" },
  };
  const stored = world.store.put({ ...pool, body });
  return { status: 200, body: { id: stored.id, name: stored.name, type: stored.type, ...stored.body } };
}

function poolsOf(world: AzureWorld, clusterId: string): StoredResource[] {
  return world.store.children(clusterId, containerServiceType.agentPool);
}

function stateOf(resource: StoredResource): string {
  return textField(resource.body, "properties", "provisioningState") ?? "";
}

function busy(resource: StoredResource, verb: string): ArmError {
  return new ArmError(
    409,
    "OperationNotAllowed",
    `Operation is not allowed because there's an in progress ${verb} operation on ${resource.name}. Please wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details`,
  );
}
