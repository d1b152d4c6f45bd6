import type { Environment } from "./environmentSpec.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";

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
    ...outside(cluster.nodeCount, 1, POOL_NODES_MAX, "The number of nodes", "cluster", "nodeCount"),
    ...outside(cluster.maxPods, PODS_A_NODE_MIN, PODS_A_NODE_MAX, "The number of pods a node", "cluster", "maxPods"),
    ...outside(application.replicas, 1, REPLICAS_MAX, "The number of replicas", "application", "replicas"),
  ];
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
