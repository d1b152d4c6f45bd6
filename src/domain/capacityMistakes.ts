import type { ClusterSpec, Environment } from "./environmentSpec.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";
import { maxSurgePattern } from "./nodePool.ts";

/** Instances. Source: learn.microsoft.com/azure/application-gateway/application-gateway-autoscaling-zone-redundant, checked 2026-11. */
const GATEWAY_INSTANCES_MAX = 125;
const AUTOSCALE_MAX_AT_LEAST = 2;

/** Source: learn.microsoft.com/azure/aks/quotas-skus-regions, checked 2026-11. */
const POOL_NODES_MAX = 1000;
const PODS_A_NODE_MIN = 10;
const PODS_A_NODE_MAX = 250;
const REPLICAS_MAX = 50;

/** Mistakes in numbers: outside what Azure takes, or a lower bound above its upper one. */
export function capacityMistakes({ gateway, cluster, application }: Environment): readonly Mistake[] {
  const { minCapacity, maxCapacity } = gateway;
  const order = `The gateway's minCapacity of ${minCapacity} is above its maxCapacity of ${maxCapacity}.`;
  return [
    ...outside(minCapacity, 0, GATEWAY_INSTANCES_MAX, "The gateway's minCapacity", "gateway", "minCapacity"),
    ...outside(
      maxCapacity,
      AUTOSCALE_MAX_AT_LEAST,
      GATEWAY_INSTANCES_MAX,
      "The gateway's maxCapacity",
      "gateway",
      "maxCapacity",
    ),
    ...(minCapacity > maxCapacity
      ? [
          {
            pointer: environmentPointer("gateway", "minCapacity"),
            message: order,
            concerns: [environmentPointer("gateway", "maxCapacity")],
          },
        ]
      : []),
    ...nodePoolMistakes(cluster),
    ...outside(cluster.maxPods, PODS_A_NODE_MIN, PODS_A_NODE_MAX, "The number of pods a node", "cluster", "maxPods"),
    ...outside(application.replicas, 1, REPLICAS_MAX, "The number of replicas", "application", "replicas"),
  ];
}

/** Fields of a pool and what they are called in sentences. */
const poolCounts = [
  ["nodeCount", "The number of nodes"],
  ["minCount", "The autoscaler's minCount"],
  ["maxCount", "The autoscaler's maxCount"],
] as const;

function nodePoolMistakes(cluster: ClusterSpec): readonly Mistake[] {
  return [
    ...poolCounts.flatMap(([field, what]) => {
      const value = cluster[field];
      return value === undefined ? [] : outside(value, 1, POOL_NODES_MAX, what, "cluster", field);
    }),
    ...boundsMistakes(cluster),
    ...surgeMistakes(cluster),
  ];
}

/** A system pool has at least one node. Source: learn.microsoft.com/azure/aks/cluster-autoscaler, checked 2026-11. */
function boundsMistakes({ nodeCount, minCount, maxCount }: ClusterSpec): readonly Mistake[] {
  const at = (field: "nodeCount" | "minCount" | "maxCount"): string => environmentPointer("cluster", field);
  const concerns = [at("minCount"), at("maxCount")];
  if (minCount === undefined && maxCount === undefined) return [];
  if (minCount === undefined || maxCount === undefined) {
    const [missing, named] =
      minCount === undefined ? (["minCount", "maxCount"] as const) : (["maxCount", "minCount"] as const);
    const message = `The autoscaler needs both bounds, and only ${named} is there; name both, or leave both out.`;
    return [{ pointer: at(missing), message, concerns }];
  }
  if (minCount > maxCount) {
    const message = `The autoscaler's minCount of ${minCount} is above its maxCount of ${maxCount}.`;
    return [{ pointer: at("minCount"), message, concerns }];
  }
  if (nodeCount >= minCount && nodeCount <= maxCount) return [];
  const message = `The number of nodes is ${nodeCount}; it must be within the autoscaler's bounds, from ${minCount} to ${maxCount}, or be left out.`;
  return [{ pointer: at("nodeCount"), message, concerns }];
}

/** Source: learn.microsoft.com/azure/aks/upgrade-aks-node-pools-rolling (percentages are from 1 to 100), checked 2026-11. */
function surgeMistakes({ maxSurge }: ClusterSpec): readonly Mistake[] {
  if (maxSurge === undefined || !maxSurgePattern.test(maxSurge)) return [];
  const [most, unit] = maxSurge.endsWith("%") ? [100, "%"] : [POOL_NODES_MAX, ""];
  if (Number.parseInt(maxSurge, 10) <= most) return [];
  const message = `The maxSurge is ${maxSurge}; it must be from 1${unit} to ${most}${unit}.`;
  return [{ pointer: environmentPointer("cluster", "maxSurge"), message }];
}

function outside(
  value: number,
  min: number,
  max: number,
  what: string,
  ...path: readonly string[]
): readonly Mistake[] {
  if (value >= min && value <= max) return [];
  return [{ pointer: environmentPointer(...path), message: `${what} is ${value}; it must be from ${min} to ${max}.` }];
}
