/**
 * What AKS refuses in clusters whose pods have a range of their own (kubenet, overlay). Codes: the resource provider's, as
 * public issues and logs list them; texts: public issues Azure/AKS#2333, Azure/AKS-Construction#501, Azure/AKS#1101 and the
 * documentation's rules (learn.microsoft.com/azure/aks/configure-kubenet), checked 2026-11. Not documented: what exactly
 * ExistingRouteTableInSubnetNotSupported is said of.
 */
import { ArmError } from "../core/armError.ts";
import { parseResourceId, sameId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { numberField, objectField, textField } from "../kubernetes/jsonFields.ts";
import { type AddressRange, isNetworkAddress, overlaps, parsePrefix } from "../network/ipv4.ts";
import { addressSpaceOf, peersOf } from "../network/topology.ts";
import { clusterPrincipal } from "./clusterIdentity.ts";
import { RESERVED_PREFIXES } from "./clusterNetworkRules.ts";
import { containerServiceType } from "./containerServiceType.ts";
import {
  DEFAULT_POD_CIDR,
  NODE_POD_PREFIX_BITS,
  nodeCapacityOf,
  podNetworkOf,
  podNetworkOfCluster,
  podRangeOf,
} from "./podNetwork.ts";

/** Nodes of a kubenet cluster, for a route table has 400 routes. Source: learn.microsoft.com/azure/aks/configure-kubenet. */
const MOST_KUBENET_NODES = 400;

/** Throws for a pod range that is none, or that the cluster's own services or AKS use. */
export function checkPodRange(profile: JsonObject): void {
  if (podNetworkOf(profile) === "nodeSubnet") return;
  const text = textField(profile, "podCidr") ?? DEFAULT_POD_CIDR;
  const range = text.includes("/") ? parsePrefix(text) : undefined;
  if (range === undefined || !isNetworkAddress(range) || (range.lengthBits ?? 32) > NODE_POD_PREFIX_BITS) {
    throw refusal(
      "CidrStringParseError",
      `The pod CIDR ${text} is no prefix that holds a /${NODE_POD_PREFIX_BITS} for each node.`,
    );
  }
  const services = parsePrefix(textField(profile, "serviceCidr") ?? "10.0.0.0/16");
  if (services !== undefined && overlaps(range, services)) {
    throw refusal("PodCidrOverlapServiceCidr", `Pod CIDR ${text} overlaps service CIDR ${services.text}.`);
  }
  const reserved = RESERVED_PREFIXES.find((prefix) => overlapsPrefix(range, prefix));
  if (reserved !== undefined)
    throw refusal("PodCidrOverlapReservedCidr", `Pod CIDR ${text} overlaps ${reserved}, which AKS keeps for itself.`);
}

/** Throws unless the subnet's network leaves the pod range alone; kubenet also needs the table and the subnet for itself. */
export function checkPodNetworkPlace(world: AzureWorld, cluster: StoredResource, subnet: StoredResource): void {
  const range = podRangeOf(objectField(cluster.body, "properties", "networkProfile"));
  if (range === undefined) return;
  const own = world.store.get(parseResourceId(subnet.id)?.parentId ?? "");
  const networks = own === undefined ? [] : [own, ...peersOf(world, own.id).map((peer) => peer.virtualNetwork)];
  for (const network of networks) {
    const clash = addressSpaceOf(network).find((space) => overlaps(space, range));
    if (clash === undefined) continue;
    throw refusal(
      "PodCidrOverlapExistingSubnetsCidr",
      `The specified pod CIDR ${range.text} is conflicted with an existing subnet CIDR ${clash.text} of virtual network ${network.name}`,
    );
  }
  if (podNetworkOfCluster(cluster.body) === "kubenet") checkKubenetPlace(world, cluster, subnet);
}

function checkKubenetPlace(world: AzureWorld, cluster: StoredResource, subnet: StoredResource): void {
  const tableId = routeTableIdOf(subnet) ?? "";
  if (textField(cluster.body, "identity", "type") !== "UserAssigned") {
    throw refusal(
      "CustomRouteTableWithUnsupportedMSIType",
      "Clusters using managed identity type SystemAssigned do not support bringing your own route table. Please see https://aka.ms/aks/customrt for more information",
    );
  }
  checkTableAccess(world, cluster, tableId);
  for (const other of poolsOfOtherKubenetClusters(world, cluster.id)) {
    const otherSubnet = world.store.get(textField(other.body, "properties", "vnetSubnetID") ?? "");
    const owner = parseResourceId(other.id)?.parentId ?? "";
    if (otherSubnet !== undefined && sameId(otherSubnet.id, subnet.id)) {
      throw refusal(
        "ExistingRouteTableInSubnetNotSupported",
        `Subnet ${subnet.id} is used by managed cluster ${owner}: a subnet holds the nodes of one kubenet cluster. Use another subnet with a route table of its own. Please see https://aka.ms/aks/customrt for more information`,
      );
    }
    if (otherSubnet !== undefined && sameId(routeTableIdOf(otherSubnet) ?? "", tableId)) {
      throw refusal(
        "ExistingRouteTableInSubnetNotSupported",
        `Route table ${tableId} of subnet ${subnet.id} is used by managed cluster ${owner}: each kubenet cluster needs a route table of its own. Please see https://aka.ms/aks/customrt for more information`,
      );
    }
  }
  checkOneTable(world, cluster, subnet, tableId);
}

const TABLE_ACTIONS = ["Microsoft.Network/routeTables/read", "Microsoft.Network/routeTables/write"];

function checkTableAccess(world: AzureWorld, cluster: StoredResource, tableId: string): void {
  const objectId = clusterPrincipal(world, cluster.body)?.objectId ?? "";
  if (TABLE_ACTIONS.every((action) => world.isAllowed(objectId, action, tableId))) return;
  throw refusal(
    "CustomRouteTableMissingPermission",
    `Managed identity or service principle must be given permission to read and write to custom route table ${tableId}. Please see https://aka.ms/aks/customrt for more information`,
  );
}

/** All node subnets of a kubenet cluster have the one table that its route controller writes. */
function checkOneTable(world: AzureWorld, cluster: StoredResource, subnet: StoredResource, tableId: string): void {
  for (const pool of world.store.children(cluster.id, containerServiceType.agentPool)) {
    const other = world.store.get(textField(pool.body, "properties", "vnetSubnetID") ?? "");
    const otherTableId = other === undefined ? undefined : routeTableIdOf(other);
    if (other === undefined || sameId(other.id, subnet.id) || sameId(otherTableId ?? "", tableId)) continue;
    throw refusal(
      "ExistingRouteTableNotAssociatedWithSubnet",
      `An existing route table has not been associated with subnet ${subnet.id}. Please update the route table association: all subnets of managed cluster ${cluster.name} need route table ${otherTableId}`,
    );
  }
}

/** Throws when the pod range, or with kubenet the route table, has no room for that many nodes. */
export function checkNodeCount(cluster: StoredResource, pools: readonly JsonObject[]): void {
  const range = podRangeOf(objectField(cluster.body, "properties", "networkProfile"));
  if (range === undefined) return;
  const nodes = pools.reduce((sum, pool) => sum + mostNodesOf(pool), 0);
  if (nodes > nodeCapacityOf(range)) {
    throw refusal(
      "InsufficientPodCidr",
      `Pod CIDR ${range.text} has room for ${nodeCapacityOf(range)} nodes with a /${NODE_POD_PREFIX_BITS} each; ${nodes} were asked for.`,
    );
  }
  if (podNetworkOfCluster(cluster.body) !== "kubenet" || nodes <= MOST_KUBENET_NODES) return;
  throw refusal(
    "InvalidParameter",
    `The value of parameter agentPoolProfile.count is invalid. A kubenet cluster has at most ${MOST_KUBENET_NODES} nodes, for its route table has at most ${MOST_KUBENET_NODES} routes; ${nodes} were asked for.`,
  );
}

function mostNodesOf(pool: JsonObject): number {
  const count = numberField(pool, "count") ?? 0;
  return pool.enableAutoScaling === true ? Math.max(count, numberField(pool, "maxCount") ?? 0) : count;
}

/** The route table of a subnet. */
export function routeTableIdOf(subnet: StoredResource): string | undefined {
  return textField(subnet.body, "properties", "routeTable", "id");
}

function poolsOfOtherKubenetClusters(world: AzureWorld, clusterId: string): StoredResource[] {
  return world.store
    .list(containerServiceType.managedCluster, `/subscriptions/${world.subscriptionId}`)
    .filter((other) => !sameId(other.id, clusterId) && podNetworkOfCluster(other.body) === "kubenet")
    .flatMap((other) => world.store.children(other.id, containerServiceType.agentPool));
}

function overlapsPrefix(range: AddressRange, prefix: string): boolean {
  const other = parsePrefix(prefix);
  return other !== undefined && overlaps(range, other);
}

function refusal(code: string, message: string): ArmError {
  return new ArmError(400, code, message);
}
