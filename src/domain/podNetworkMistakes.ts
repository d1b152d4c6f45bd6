/** Mistakes in the addresses of pods and in the routes to them. Source: learn.microsoft.com/azure/aks/configure-kubenet, checked 2026-11. */
import { networkPrefixes, type PlacedPrefix, prefixMistake, reservedMistakes } from "./addressMistakes.ts";
import { overlaps, parsePrefix } from "./addressPrefix.ts";
import type { Environment } from "./environmentSpec.ts";
import { environmentPointer, type Mistake } from "./mistake.ts";
import { NODE_POD_PREFIX_BITS, POD_CIDR, pluginManners, ROUTES_A_TABLE_MAX } from "./networkPlugin.ts";
import { nodeCountField, nodeCountFields, nodeCountMax, nodesInWords } from "./nodePool.ts";

const pointer = environmentPointer("cluster", "podCidr");
const pluginPointer = environmentPointer("cluster", "networkPlugin");
const countPointers = nodeCountFields.map((field) => environmentPointer("cluster", field));

export function podNetworkMistakes(environment: Environment): readonly Mistake[] {
  const { podCidr, networkPlugin } = environment.cluster;
  const { podsInSubnet, podRoutes } = pluginManners[networkPlugin];
  if (podsInSubnet) return podCidr === undefined ? [] : [uselessRange(podCidr)];
  return [
    ...rangeMistakes(environment, podCidr ?? ""),
    ...(podRoutes ? [...routeMistakes(environment), ...adoptionMistakes(environment)] : []),
  ];
}

/** Pod routes go into a table on the gateway's subnet, and that subnet is the operator's. */
function adoptionMistakes({ adopt }: Environment): readonly Mistake[] {
  if (adopt?.gateway === undefined) return [];
  const message = `With kubenet the subnet of the gateway needs a route table of the environment's, and that of an adopted gateway is left as it is; ask for the networkPlugin "overlay" or "azure".`;
  return [{ pointer: pluginPointer, message, example: "overlay" }];
}

function uselessRange(podCidr: string): Mistake {
  const message = `With networkPlugin "azure" pods have addresses of the node subnet, so ${podCidr} would never be used; leave podCidr out, or ask for the networkPlugin "overlay".`;
  return { pointer, message, concerns: [pluginPointer] };
}

function rangeMistakes(environment: Environment, podCidr: string): readonly Mistake[] {
  const prefix = parsePrefix(podCidr);
  if (prefix === undefined)
    return [{ pointer, message: `"${podCidr}" is no IPv4 prefix in CIDR notation.`, example: POD_CIDR }];
  if (prefix.network !== podCidr) return prefixMistake(podCidr, pointer);
  const pods: PlacedPrefix = { pointer, prefix, owner: "the cluster's pods" };
  return [
    ...sizeMistakes(environment, pods),
    ...reservedMistakes(pods),
    ...[...networkPrefixes(environment), ...servicePrefix(environment)]
      .filter((other) => overlaps(other.prefix, prefix))
      .map((other) => ({
        pointer,
        message: `The pod range ${podCidr} overlaps ${other.prefix.text} of ${other.owner}; pods need addresses that nothing else has.`,
        example: POD_CIDR,
        concerns: [other.pointer, pluginPointer],
      })),
  ];
}

function servicePrefix({ cluster }: Environment): readonly PlacedPrefix[] {
  const prefix = parsePrefix(cluster.serviceCidr);
  if (prefix === undefined) return [];
  return [{ pointer: environmentPointer("cluster", "serviceCidr"), prefix, owner: "the cluster's services" }];
}

function sizeMistakes({ cluster }: Environment, { prefix }: PlacedPrefix): readonly Mistake[] {
  const needed = nodeCountMax(cluster);
  const held = Math.floor(2 ** (NODE_POD_PREFIX_BITS - prefix.prefixLengthBits));
  if (held >= needed) return [];
  const bits = NODE_POD_PREFIX_BITS - Math.ceil(Math.log2(needed));
  const message = `The pod range ${prefix.text} has room for ${held} nodes of a /${NODE_POD_PREFIX_BITS} each; ${nodesInWords(cluster)} need a /${bits} or larger.`;
  return [{ pointer, message, concerns: [...countPointers, pluginPointer] }];
}

/** Routes in the cluster's table that lead to no node: the default route. */
const ROUTES_OF_OURS = 1;

function routeMistakes({ cluster }: Environment): readonly Mistake[] {
  const needed = nodeCountMax(cluster) + ROUTES_OF_OURS;
  if (needed <= ROUTES_A_TABLE_MAX) return [];
  const message = `With kubenet every node needs a route, and a table takes ${ROUTES_A_TABLE_MAX}: ${nodesInWords(cluster)} make ${needed} with the default route. Ask for fewer nodes or a smaller maxSurge; the networkPlugin "overlay" needs no routes.`;
  const pointer = environmentPointer("cluster", nodeCountField(cluster));
  return [{ pointer, message, concerns: [...countPointers, pluginPointer] }];
}
