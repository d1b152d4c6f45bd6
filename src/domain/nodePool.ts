/**
 * How many nodes a cluster's pool can come to have. All that is reserved for nodes (addresses, pod ranges, routes) is
 * judged by the most that there can be at once:
 *
 * | ticket says                        | nodes at most | for upgrades, besides      |
 * |------------------------------------|---------------|----------------------------|
 * | nodeCount 8                        | 8             | 10 % of 8, rounded up: 1   |
 * | nodeCount 8, maxSurge "33%"        | 8             | 33 % of 8, rounded up: 3   |
 * | minCount 2, maxCount 20            | 20            | 10 % of 20: 2              |
 * | nodeCount 2, maxSurge "5"          | 2             | never more than nodes: 2   |
 *
 * Source: learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling (surge), learn.microsoft.com/azure/aks/cluster-autoscaler
 * (bounds), checked 2026-11.
 */
import type { ClusterSpec } from "./environmentSpec.ts";

/**
 * What AKS takes for a new pool. It was one node until Kubernetes 1.28.
 * Source: learn.microsoft.com/dotnet/api/microsoft.azure.commands.aks.neworupdateagentpoolbase.maxsurge, checked 2026-11.
 */
export const DEFAULT_MAX_SURGE = "10%";

/** A number of nodes, or a percentage of those that the pool has when it is upgraded. */
export const maxSurgePattern = /^[1-9]\d{0,3}%?$/;

/** Nodes of the seed's cluster. */
const DEFAULT_NODE_COUNT = 2;

type PoolBounds = Pick<ClusterSpec, "nodeCount" | "minCount" | "maxCount" | "maxSurge">;

/** The nodes that the pool has outside of upgrades, at most. */
export function scaledNodeCountMax({ nodeCount, maxCount }: PoolBounds): number {
  return maxCount ?? nodeCount;
}

/** The nodes that come while the pool is upgraded, at most. */
export function surgeNodeCount(pool: PoolBounds): number {
  const { maxSurge = DEFAULT_MAX_SURGE } = pool;
  const most = scaledNodeCountMax(pool);
  const asked = Number.parseInt(maxSurge, 10);
  const wanted = maxSurge.endsWith("%") ? Math.ceil((most * asked) / 100) : asked;
  return Math.min(Math.max(wanted, 1), Math.max(most, 1));
}

/** The most nodes that the cluster has at any time. */
export function nodeCountMax(pool: PoolBounds): number {
  return scaledNodeCountMax(pool) + surgeNodeCount(pool);
}

/** For sentences: "8 nodes and 1 for upgrades". */
export function nodesInWords(pool: PoolBounds): string {
  const bound = pool.maxCount === undefined ? "" : "up to ";
  return `${bound}${scaledNodeCountMax(pool)} nodes and ${surgeNodeCount(pool)} for upgrades`;
}

/** The field that says how many nodes there are at most. */
export function nodeCountField({ maxCount }: PoolBounds): "maxCount" | "nodeCount" {
  return maxCount === undefined ? "nodeCount" : "maxCount";
}

/** The fields that what is reserved for nodes follows from. */
export const nodeCountFields = ["nodeCount", "minCount", "maxCount", "maxSurge"] as const;

/** How many nodes the pool starts with when the ticket only names bounds, or nothing. */
export function firstNodeCount(minCount: number | undefined, maxCount: number | undefined): number {
  return Math.max(minCount ?? 1, Math.min(maxCount ?? DEFAULT_NODE_COUNT, DEFAULT_NODE_COUNT));
}
