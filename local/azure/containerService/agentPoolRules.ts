/**
 * What AKS refuses in an agent pool. Codes and texts: as public issues and logs quote them; limits:
 * learn.microsoft.com/azure/aks/quotas-skus-regions; checked 2026-11.
 */
import { ArmError } from "../core/armError.ts";
import type { AzureWorld, JsonObject } from "../core/resourceType.ts";
import { field, numberField, textField } from "../kubernetes/jsonFields.ts";
import { notModelled } from "../network/bodyShape.ts";
import { oneOrMany } from "../network/jsonRead.ts";
import type { PodNetwork } from "./podNetwork.ts";
import { subnetCapacity, takenAddresses } from "./subnetAddresses.ts";

const POOL_NAME = /^[a-z][a-z0-9]{0,11}$/;
const MOST_NODES = 1000;
/** Pods a node: least, and most with Azure CNI; the default is 30 for node-subnet Azure CNI, 110 for kubenet. */
const LEAST_PODS = 10;
const MOST_PODS = 250;
const VM_SIZE = /^(Standard|Basic)_[A-Za-z0-9_]+$/;

/** Pods a node when the pool does not say. Source: learn.microsoft.com/azure/aks/quotas-skus-regions (default maximum pods per node). */
export const DEFAULT_MAX_PODS: Readonly<Record<PodNetwork, number>> = { nodeSubnet: 30, kubenet: 110, overlay: 250 };

/** Throws for a pool that AKS refuses wherever it is to be. */
export function checkAgentPool(name: string, pool: JsonObject, podNetwork: PodNetwork): void {
  if (!POOL_NAME.test(name)) {
    throw invalid(
      `The value of parameter agentPoolProfile.name is invalid. Error details: Agent pool name '${name}' is invalid: lowercase letters and digits, starting with a letter, at most 12 characters. Please see https://aka.ms/aks-naming-rules for more details.`,
      "agentPoolProfile.name",
    );
  }
  const mode = textField(pool, "mode") ?? "User";
  if (mode !== "System" && mode !== "User")
    throw invalid(`The value of parameter agentPoolProfile.mode is invalid: '${mode}'.`, "agentPoolProfile.mode");
  checkCount(pool, mode);
  checkAutoscaling(pool, mode);
  checkMaxPods(pool);
  checkSurge(pool);
  const size = textField(pool, "vmSize");
  if (size !== undefined && !VM_SIZE.test(size)) {
    throw invalid(
      `The VM size of ${size} is not allowed in your subscription in this location.`,
      "agentPoolProfile.vmSize",
    );
  }
  if (podNetwork === "kubenet" && textField(pool, "osType")?.toLowerCase() === "windows") {
    throw new ArmError(
      400,
      "AzureCNIOnlyForWindows",
      "Windows agent pools can only be added to AKS clusters using Azure-CNI.",
    );
  }
  refuseUnmodelled(pool);
}

function checkCount(pool: JsonObject, mode: string): void {
  const count = numberField(pool, "count") ?? 1;
  const least = mode === "System" ? 1 : 0;
  if (Number.isInteger(count) && count >= least && count <= MOST_NODES) return;
  throw invalid(
    `The value of parameter agentPoolProfile.count is invalid. The value of the agentPoolProfile.count is ${count}; a ${mode} pool has ${least} to ${MOST_NODES} nodes.`,
    "agentPoolProfile.count",
  );
}

/** Source: learn.microsoft.com/azure/aks/cluster-autoscaler (min and max count), checked 2026-11. */
function checkAutoscaling(pool: JsonObject, mode: string): void {
  if (pool.enableAutoScaling !== true) return;
  const least = mode === "System" ? 1 : 0;
  const { minCount, maxCount } = pool;
  const count = numberField(pool, "count");
  for (const [name, bound] of Object.entries({ minCount, maxCount })) {
    if (typeof bound === "number" && Number.isInteger(bound) && bound >= least && bound <= MOST_NODES) continue;
    throw invalid(
      `The value of parameter agentPoolProfile.${name} is invalid: with enableAutoScaling a ${mode} pool needs one from ${least} to ${MOST_NODES}, and ${bound ?? "none"} was sent.`,
      `agentPoolProfile.${name}`,
    );
  }
  const [low, high] = [Number(minCount), Number(maxCount)];
  if (low <= high && (count === undefined || (count >= low && count <= high))) return;
  // Text: github.com/kubernetes-sigs/cluster-api-provider-azure/issues/5947, read 2026-11.
  throw invalid(
    `agentPoolProfile.count was ${count ?? 0}. It must be greater or equal to minCount:${low} and less than or equal to maxCount:${high}.`,
    "agentPoolProfile.count",
  );
}

/** A number of nodes, or 1 to 100 percent. Source: learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling, checked 2026-11. */
const SURGE = /^(?:[1-9]\d*|(?:[1-9]\d?|100)%)$/;

function checkSurge(pool: JsonObject): void {
  const surge = field(pool, "upgradeSettings", "maxSurge");
  if (surge === undefined || surge === null || SURGE.test(String(surge))) return;
  throw invalid(
    `The value of parameter agentPoolProfile.upgradeSettings.maxSurge is invalid: '${surge}' is neither a number of nodes nor a percentage from 1% to 100%.`,
    "agentPoolProfile.upgradeSettings.maxSurge",
  );
}

function checkMaxPods(pool: JsonObject): void {
  const maxPods = numberField(pool, "maxPods");
  if (maxPods === undefined || (maxPods >= LEAST_PODS && maxPods <= MOST_PODS)) return;
  throw new ArmError(
    400,
    "InvalidMaxPods",
    `MaxPods ${maxPods} is invalid: it must be from ${LEAST_PODS} to ${MOST_PODS}.`,
  );
}

function refuseUnmodelled(pool: JsonObject): void {
  if (pool.enableNodePublicIP === true)
    throw notModelled("public addresses of nodes", "Send enableNodePublicIP false.");
  if (pool.podSubnetID !== undefined)
    throw notModelled("pod subnets", "Leave podSubnetID out: pods get addresses of the node subnet.");
  const os = textField(pool, "osType") ?? "Linux";
  if (os !== "Linux") throw notModelled(`${os} nodes`, "Send osType Linux.");
  const type = textField(pool, "type") ?? "VirtualMachineScaleSets";
  if (type !== "VirtualMachineScaleSets")
    throw notModelled(`agent pools of type ${type}`, "Send type VirtualMachineScaleSets.");
}

/** What nodes still to be made claim of a subnet: an address each and, with Azure CNI, one for each pod they may have. */
export interface AddressClaim {
  readonly subnetId: string;
  readonly newNodeCount: number;
  readonly addressesPerNode: number;
}

/** Throws InsufficientSubnetSize when the nodes that are asked for do not fit beside those that are there. */
export function checkSubnetSize(world: AzureWorld, claims: readonly AddressClaim[]): void {
  for (const subnetId of new Set(claims.map((claim) => claim.subnetId.toLowerCase()))) {
    const subnet = world.store.get(subnetId);
    if (subnet === undefined) continue;
    const onSubnet = claims.filter((claim) => claim.subnetId.toLowerCase() === subnetId);
    const wanted = onSubnet.reduce((sum, claim) => sum + claim.newNodeCount * claim.addressesPerNode, 0);
    const available = subnetCapacity(subnet) - takenAddresses(world, subnet.id).size;
    if (wanted <= available) continue;
    const prefix = oneOrMany(subnet.body, "properties.addressPrefix", "properties.addressPrefixes").join(",");
    throw new ArmError(
      400,
      "InsufficientSubnetSize",
      `Pre-allocated IPs ${wanted} exceeds IPs available ${available} in Subnet Cidr ${prefix}, Subnet Name ${subnet.name}. If Autoscaler is enabled, the max-count from each nodepool is counted towards this total (which means that pre-allocated IPs count represents a theoretical max value, not the actual number of IPs requested). http://aka.ms/aks/insufficientsubnetsize`,
    );
  }
}

function invalid(message: string, target: string): ArmError {
  return new ArmError(400, "InvalidParameter", message, { details: [{ code: "InvalidParameter", message, target }] });
}
