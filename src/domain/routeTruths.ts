/**
 * Three truths are compared: the nodes that there are, the routes that AKS wrote for them into each cluster's table, and the
 * routes that the gateway has.
 *
 *   nodes (scale sets)          a cluster's table           the gateway's table
 *   aks-…0  10.0.5.4     ≟      aks-…0 → 10.0.5.4     ≟     secureaks1_aks-…0 → 10.0.5.4
 *        AKS's to keep equal: we look and say              ours to keep equal: we write
 */
import { nodeNameOfRoute } from "./gatewayRouteName.ts";
import { type PodPlace, type PodRoute, podRoutes, routesOf } from "./gatewayRoutes.ts";
import { isJsonArray, type JsonObject, jsonAt, textAt } from "./json.ts";

/** A machine of a cluster's scale sets. */
export interface NodeTruth {
  /** Name of the node in Kubernetes (the machine's `osProfile.computerName`), which its route has, too. */
  readonly name: string;
  /** The machine's primary private address. */
  readonly address: string;
  /** ISO 8601 in UTC (`timeCreated`); absent counts as long ago. */
  readonly createdAt?: string;
  /** ARM's word for what the machine is going through: "Succeeded", "Creating", "Deleting", … */
  readonly provisioningState?: string;
}

/** A route table as it was read. */
export interface TableTruth {
  readonly id: string;
  /** In ARM's form; absent: the table is gone. */
  readonly body?: JsonObject;
}

/** One cluster whose pods are to be reached by routes, and that no operation is building or taking away. */
export interface ClusterTruths {
  readonly cluster: string;
  readonly place: PodPlace;
  /** The managed cluster in ARM's form; absent: it is gone. */
  readonly managedCluster?: JsonObject;
  /** Absent: they could not be read, which must not be taken for "none". */
  readonly nodes?: readonly NodeTruth[];
  readonly sourceTable: TableTruth;
}

export interface RouteTruths {
  readonly gatewayTable: TableTruth;
  /** ARM id of the subnet that the gateway's table must be on. */
  readonly gatewaySubnetId: string;
  readonly clusters: readonly ClusterTruths[];
}

/** What a cluster's truths come to before the gateway is looked at. */
export interface ClusterView {
  readonly truths: ClusterTruths;
  /**
   * follow: the gateway follows the cluster's table. keep: nobody knows what is right, what is there stays.
   * leave: AKS takes the routes out itself, and nothing of that is held back. empty: it needs none any more.
   */
  readonly manner: "follow" | "keep" | "leave" | "empty";
  /** The routes of its own table that lead to pods. */
  readonly source: readonly PodRoute[];
  /** Nodes that are there to stay and have no route that leads to them. */
  readonly nodesWithoutRoute: readonly NodeTruth[];
  /** Routes that lead to no node. */
  readonly routesWithoutNode: readonly PodRoute[];
  /** AKS is at work on it. */
  readonly isInMotion: boolean;
}

export function clusterView(truths: ClusterTruths): ClusterView {
  const { managedCluster, sourceTable, nodes, place } = truths;
  const source = sourceTable.body === undefined ? [] : podRoutes(routesOf(sourceTable.body), place);
  const manner = mannerOf(truths);
  // A stopped cluster keeps its routes and has no machines.
  const isComparable = manner === "follow" && managedCluster !== undefined && !isStopped(managedCluster);
  const known = isComparable ? nodes : undefined;
  const routed = new Set(source.map((route) => wayKey(nodeNameOfRoute(route.name), route.nextHopIpAddress)));
  const there = new Set(known?.map(({ name, address }) => wayKey(name, address)));
  return {
    truths,
    manner,
    source,
    nodesWithoutRoute: (known ?? []).filter((node) => isStaying(node) && !routed.has(wayKey(node.name, node.address))),
    routesWithoutNode:
      known === undefined
        ? []
        : source.filter((route) => !there.has(wayKey(nodeNameOfRoute(route.name), route.nextHopIpAddress))),
    isInMotion: managedCluster !== undefined && isInMotion(managedCluster, nodes),
  };
}

/** Whether a machine is not on its way out. */
export function isStaying({ provisioningState }: NodeTruth): boolean {
  return provisioningState?.toLowerCase() !== "deleting";
}

function mannerOf({ managedCluster, nodes, sourceTable }: ClusterTruths): ClusterView["manner"] {
  // AKS leaves routes behind in its table when a cluster is deleted; without a machine they lead nowhere.
  if (managedCluster === undefined && nodes?.length === 0) return "empty";
  if (managedCluster !== undefined && !isKubenet(managedCluster)) {
    // Until its last node has left kubenet, AKS's own table says which pods are still behind routes.
    return textAt(managedCluster, "properties.provisioningState") === "Succeeded" || sourceTable.body === undefined
      ? "empty"
      : "leave";
  }
  return sourceTable.body === undefined ? "keep" : "follow";
}

function isKubenet(managedCluster: JsonObject): boolean {
  return textAt(managedCluster, "properties.networkProfile.networkPlugin")?.toLowerCase() === "kubenet";
}

function isStopped(managedCluster: JsonObject): boolean {
  return textAt(managedCluster, "properties.powerState.code") === "Stopped";
}

const endedStates: ReadonlySet<string> = new Set(["Succeeded", "Failed", "Canceled"]);

/** Whether AKS, one of its pools or a machine is on its way to something else, or machines are still missing or too many. */
function isInMotion(managedCluster: JsonObject, nodes: readonly NodeTruth[] | undefined): boolean {
  const found = jsonAt(managedCluster, "properties.agentPoolProfiles");
  const pools = isJsonArray(found) ? found : [];
  const states = [
    textAt(managedCluster, "properties.provisioningState"),
    ...pools.map((pool) => textAt(pool, "provisioningState")),
    ...(nodes ?? []).map((node) => node.provisioningState),
  ];
  if (states.some((state) => state !== undefined && !endedStates.has(state))) return true;
  if (isStopped(managedCluster) || nodes === undefined) return false;
  const wanted = pools
    .filter((pool) => textAt(pool, "powerState.code") !== "Stopped")
    .map((pool) => jsonAt(pool, "count"))
    .reduce<number>((sum, count) => sum + (typeof count === "number" ? count : 0), 0);
  return wanted !== nodes.length;
}

function wayKey(node: string, address: string): string {
  return `${node.toLowerCase()} ${address}`;
}
