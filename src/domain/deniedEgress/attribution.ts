/** Who is behind a source address of the firewall's log. */
import { containsAddress, parsePrefix } from "../addressPrefix.ts";
import type { EgressCluster, EgressContext, PodSighting } from "./egressContext.ts";
import { after, isBefore, MINUTE_MS } from "./instant.ts";
import { nodeAt } from "./nodeDirectory.ts";
import type { FlowSource, FlowSourcePod } from "./source.ts";

/** How long before and after its sightings a pod is taken to have its address, in minutes; the inventory is written once a minute. */
const POD_SLACK_MINUTES = 2;

/** Tells the source of a connection from its address and its time. */
export type Attribution = (address: string, at: string) => FlowSource;

/** The subnet tells the cluster; the nodes and the pod inventory tell more. Addresses are looked up once, however many rows name them. */
export function attribution(context: EgressContext): Attribution {
  const clusters = new Map<string, string | undefined>();
  const nodes = Map.groupBy(context.nodes, ({ address }) => address);
  const pods = Map.groupBy(context.pods, ({ address }) => address);
  return (address, at) => {
    if (!clusters.has(address)) clusters.set(address, clusterOfAddress(address, context.clusters)?.name);
    const node = nodeAt(nodes.get(address) ?? [], address, at);
    const cluster = clusters.get(address);
    // A pod on the host's network has its node's address; so has all that leaves behind it.
    const pod = node === undefined ? podAt(pods.get(address) ?? [], at) : undefined;
    return {
      address,
      ...(cluster === undefined ? {} : { cluster }),
      ...(node?.pool === undefined ? {} : { pool: node.pool }),
      ...(node === undefined ? {} : { node: node.node }),
      ...(pod === undefined ? {} : { pod }),
      hiddenBySnat: node !== undefined,
    };
  };
}

/** The cluster whose subnet an address is in. */
export function clusterOfAddress(address: string, clusters: readonly EgressCluster[]): EgressCluster | undefined {
  return clusters.find(({ nodePrefix }) => containsAddress(nodePrefix, address));
}

/** The cluster that a prefix of the log's totals belongs to: the one whose subnet it is, and not another that lies in it now. */
export function clusterOfPrefix(prefix: string, clusters: readonly EgressCluster[]): EgressCluster | undefined {
  return clusters.find(({ nodePrefix }) => parsePrefix(nodePrefix)?.network === prefix);
}

/** The pod among those of an address that had it at a time; undefined when several had. */
function podAt(pods: readonly PodSighting[], at: string): FlowSourcePod | undefined {
  const slack = POD_SLACK_MINUTES * MINUTE_MS;
  const there = pods.filter(
    ({ firstAt, lastAt }) => !isBefore(at, after(firstAt, -slack)) && !isBefore(after(lastAt, slack), at),
  );
  const [first] = there;
  if (first === undefined || there.some((pod) => pod.namespace !== first.namespace || pod.name !== first.name))
    return undefined;
  const { namespace, name, workload } = first;
  return { namespace, name, ...(workload === undefined ? {} : { workload }) };
}

/** "pod shop/cart-7d9 (cart)", "node aks-…0 of pool nodepool1 (10.0.5.4)", "10.0.5.9, which is no known node's". */
export function sourceInWords({ address, cluster, pool, node, pod }: FlowSource): string {
  if (pod !== undefined) {
    const workload = pod.workload === undefined ? "" : ` of ${pod.workload}`;
    return `pod ${pod.namespace}/${pod.name}${workload} (${address})`;
  }
  if (node !== undefined) return `node ${node}${pool === undefined ? "" : ` of pool ${pool}`} (${address})`;
  if (cluster === undefined) return `${address}, which is in no cluster's subnet`;
  return `${address}, which is in the subnet of ${cluster} and was no known node's`;
}

/** How to find the pod behind a node's address; a sentence or two. */
export function snatInWords(source: FlowSource, cluster: EgressCluster | undefined): string {
  const { node } = source;
  if (!source.hiddenBySnat || node === undefined) return "";
  const look = `Pods leave under the address of their node, so the log cannot name the pod. List those of the node: kubectl get pods -A -o wide --field-selector spec.nodeName=${node}.`;
  if (cluster === undefined) return look;
  return cluster.networkPlugin === "azure"
    ? `${look} To see pods' own addresses in future, list 0.0.0.0/0 under nonMasqueradeCIDRs in the config map azure-ip-masq-agent-config of kube-system.`
    : `${look} With ${cluster.networkPlugin} the log can never name it.`;
}
