/** Mistakes of a cluster towards those that it shares spoke, gateway and groups with. */
import { overlaps, parsePrefix } from "./addressPrefix.ts";
import { type BuiltEnvironment, clusterNamed, sameName } from "./environmentMemory.ts";
import type { ClusterSpec } from "./environmentSpec.ts";
import { gatewayPartPrefix } from "./gatewayShare.ts";
import type { Mistake } from "./mistake.ts";
import { pluginManners, ROUTES_A_TABLE_MAX } from "./networkPlugin.ts";
import { nodeCountField, nodeCountMax, nodesInWords } from "./nodePool.ts";

/** Pointers begin with where the ticket describes the cluster, e.g. "/cluster". */
export function neighbourMistakes(built: BuiltEnvironment, name: string, at: string): readonly Mistake[] {
  const own = clusterNamed(built, name);
  if (own === undefined) return [];
  const others = built.clusters.filter(({ cluster }) => !sameName(cluster.name, name));
  return [
    ...others.flatMap(({ cluster, ingressIdentityName }) => [
      ...nameMistakes(own.cluster, cluster, at),
      ...subnetMistakes(own.cluster, cluster, at),
      ...podMistakes(own.cluster, cluster, at),
      ...identityMistakes(own.ingressIdentityName, ingressIdentityName, cluster, at),
    ]),
    ...routeMistakes(
      own.cluster,
      others.map(({ cluster }) => cluster),
      at,
    ),
  ];
}

/** Names that live in groups which the clusters share. */
const namedFields = ["identityName", "routeTableName", "workspaceName", "nodeGroupName"] as const;

function nameMistakes(own: ClusterSpec, other: ClusterSpec, at: string): readonly Mistake[] {
  const prefix = gatewayPartPrefix(own.name);
  const taken = namedFields
    .filter((field) => sameName(own[field], other[field]))
    .map((field) => ({
      pointer: `${at}/${field}`,
      message: `The ${field} "${own[field]}" is that of the cluster ${other.name}; give this one another.`,
    }));
  if (prefix !== gatewayPartPrefix(other.name)) return taken;
  const message = `"${own.name}" is too much like ${other.name}: both would have the prefix "${prefix}" for their parts of the gateway, and the same host. Give this one another name.`;
  return [{ pointer: `${at}/name`, message }, ...taken];
}

function subnetMistakes(own: ClusterSpec, other: ClusterSpec, at: string): readonly Mistake[] {
  if (!sameName(own.subnet, other.subnet)) return [];
  const bothRouted = [own, other].every((each) => pluginManners[each.networkPlugin].podRoutes);
  const why = bothRouted
    ? "AKS takes no two clusters with kubenet in one subnet"
    : "a subnet has one route table, and each cluster has its own";
  const message = `The subnet ${own.subnet} is that of the cluster ${other.name}; ${why}. Name another subnet of the spoke.`;
  return [{ pointer: `${at}/subnet`, message }];
}

/** The gateway must find a pod by its address alone. */
function podMistakes(own: ClusterSpec, other: ClusterSpec, at: string): readonly Mistake[] {
  const [pods, others] = [own, other].map(({ podCidr }) => (podCidr === undefined ? undefined : parsePrefix(podCidr)));
  if (pods === undefined || others === undefined || !overlaps(pods, others)) return [];
  const message = `The pod range ${pods.text} overlaps ${others.text}, the pods of the cluster ${other.name} behind the same gateway; it would not know which pod is meant.`;
  return [{ pointer: `${at}/podCidr`, message, example: "10.245.0.0/16" }];
}

function identityMistakes(own: string, other: string, cluster: ClusterSpec, at: string): readonly Mistake[] {
  if (!sameName(own, other)) return [];
  const message = `The identity ${own} of its ingress controller is that of the cluster ${cluster.name}; give this one another name.`;
  return [{ pointer: `${at}/name`, message }];
}

/** The gateway's table holds a route for every node of every cluster with kubenet. */
function routeMistakes(own: ClusterSpec, others: readonly ClusterSpec[], at: string): readonly Mistake[] {
  const isRouted = ({ networkPlugin }: ClusterSpec): boolean => pluginManners[networkPlugin].podRoutes;
  const neighbours = others.filter(isRouted);
  if (!isRouted(own) || neighbours.length === 0) return [];
  const taken = neighbours.reduce((sum, cluster) => sum + nodeCountMax(cluster), 0);
  if (taken + nodeCountMax(own) <= ROUTES_A_TABLE_MAX) return [];
  const message = `With kubenet every node needs a route in the gateway's table, which takes ${ROUTES_A_TABLE_MAX}; ${neighbours.map(({ name }) => name).join(", ")} need ${taken} of them, so ${nodesInWords(own)} are too many. Ask for fewer nodes or a smaller maxSurge; the networkPlugin "overlay" needs no routes.`;
  return [{ pointer: `${at}/${nodeCountField(own)}`, message }];
}
