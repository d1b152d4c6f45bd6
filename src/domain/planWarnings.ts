import type { EnvironmentSpec } from "./environmentSpec.ts";

/** When Azure ends kubenet. Source: learn.microsoft.com/azure/aks/configure-kubenet and github.com/Azure/AKS/issues/4859, checked 2026-11. */
const KUBENET_RETIREMENT = "31 March 2028";

/** What can be built and should still be thought about, in sentences. */
export function planWarnings({ cluster }: EnvironmentSpec): readonly string[] {
  if (cluster.networkPlugin !== "kubenet") return [];
  return [
    `Azure retires kubenet on ${KUBENET_RETIREMENT} (github.com/Azure/AKS/issues/4859): have ${cluster.name} replaced by a cluster with networkPlugin "overlay" before then.`,
  ];
}
