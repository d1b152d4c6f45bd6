/** What a ticket asks of a cluster that stands and that AKS settles when a cluster is made. Source: learn.microsoft.com/rest/api/aks/managed-clusters (properties that cannot be updated), checked 2026-11. */
import { sameName } from "./environmentMemory.ts";
import type { ClusterSpec } from "./environmentSpec.ts";
import type { Mistake } from "./mistake.ts";

/** Pointers begin with where the ticket describes the cluster. */
export function standingClusterMistakes(known: ClusterSpec, asked: ClusterSpec, at: string): readonly Mistake[] {
  const network = networkMistakes(known, asked, at);
  const others = settledFields
    .filter((field) => !sameName(known[field], asked[field]))
    .map((field) => mistake(known, asked, field, at));
  return [...network, ...others];
}

/** Settled for the life of a cluster, besides its pods' network. Another pool name would silently be one more pool. */
const settledFields = ["subnet", "serviceCidr", "dnsServiceIP", "nodeGroupName", "poolName"] as const;

type Settled = (typeof settledFields)[number] | "networkPlugin" | "podCidr";

/** The range follows from the plug-in: with another one it is not said a second time. */
function networkMistakes(known: ClusterSpec, asked: ClusterSpec, at: string): readonly Mistake[] {
  if (known.networkPlugin !== asked.networkPlugin) return [mistake(known, asked, "networkPlugin", at)];
  return known.podCidr === asked.podCidr ? [] : [mistake(known, asked, "podCidr", at)];
}

function mistake(known: ClusterSpec, asked: ClusterSpec, field: Settled, at: string): Mistake {
  const has = known[field] ?? "";
  const message = `The cluster ${known.name} stands with the ${field} "${has}", and "${asked[field] ?? ""}" is asked for; it is settled when a cluster is made. Say what it has, or have it replaced by another cluster (addCluster, switchTraffic, retireCluster).`;
  return { pointer: `${at}/${field}`, message, example: has };
}
