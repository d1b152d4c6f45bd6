/** What of an environment the watch of its denied egress is about. */
import { sharedOutputs } from "./clusterScope.ts";
import type { EgressContext } from "./deniedEgress/egressContext.ts";
import {
  type BuiltCluster,
  type BuiltEnvironment,
  clusterNamed,
  sameName,
  viewOf,
  withRetired,
} from "./environmentMemory.ts";
import type { EnvironmentSpec, NetworkPlugin } from "./environmentSpec.ts";
import { groupId, ids } from "./resourceNames.ts";

export interface EgressScope {
  readonly environment: string;
  readonly location: string;
  readonly spec: EnvironmentSpec;
  readonly firewallId: string;
  readonly workspaceId: string;
  /** As it was when the workspace was made; absent before that. */
  readonly customerId?: string;
  readonly diagnosticSettingId: string;
  readonly clusters: readonly WatchedCluster[];
  readonly switches: EgressContext["switches"];
  /** Where the environment's own verification goes to see that it is refused. */
  readonly proof?: { readonly name: string; readonly port: number };
  /** A cluster has been built, so that all that it needs stood at that time. */
  readonly isBuilt: boolean;
  /** It is being taken down: what is missing is missing on purpose. */
  readonly isLeaving: boolean;
}

export interface WatchedCluster {
  readonly name: string;
  readonly networkPlugin: NetworkPlugin;
  readonly nodePrefix: string;
  readonly clusterId: string;
  /** The group with its machines. */
  readonly nodeGroupId: string;
  /** Where its inventory of pods is; absent without monitoring. */
  readonly workspaceId?: string;
}

/**
 * Clusters that are being built are watched, too: a node that is refused something while it is set up is what fails them.
 * So are those that were retired: their last rows come late. A prefix belongs to the cluster that has it now.
 */
export function egressScope(built: BuiltEnvironment): EgressScope {
  const { spec, leaving = [] } = built;
  const { rules } = spec.firewall;
  const outputs = sharedOutputs(built);
  const clusters = [...built.clusters, ...(built.retired ?? [])].map((each) => watchedCluster(built, each));
  const byPrefix = new Map(clusters.toReversed().map((cluster) => [cluster.nodePrefix, cluster]));
  return {
    environment: spec.name,
    location: spec.location,
    spec,
    firewallId: ids.firewall(spec),
    workspaceId: ids.firewallWorkspace(spec),
    ...(outputs.firewallWorkspaceCustomerId === undefined ? {} : { customerId: outputs.firewallWorkspaceCustomerId }),
    diagnosticSettingId: ids.firewallDiagnostics(spec),
    clusters: clusters.filter((cluster) => byPrefix.get(cluster.nodePrefix) === cluster && cluster.nodePrefix !== ""),
    switches: {
      compatibility: rules.compatibility,
      dockerHub: rules.dockerHub,
      osUpdates: rules.osUpdates,
      apiServerByAddress: rules.apiServerByAddress,
      monitoring: spec.monitoring,
    },
    ...proofOf(spec),
    isBuilt: built.clusters.some((each) => each.outputs.clusterId !== undefined),
    isLeaving: built.clusters.every(({ cluster }) => leaving.some((name) => sameName(name, cluster.name))),
  };
}

function proofOf({ verification }: EnvironmentSpec): Pick<EgressScope, "proof"> {
  const { hostname, port, protocol } = new URL(verification.refusedUrl);
  // An address is tried over a network rule, and is nobody's name.
  if (!/[a-z]/i.test(hostname)) return {};
  const usual = protocol === "https:" ? 443 : 80;
  return { proof: { name: hostname.toLowerCase(), port: port === "" ? usual : Number(port) } };
}

function watchedCluster(built: BuiltEnvironment, { cluster: { name } }: BuiltCluster): WatchedCluster {
  const view = viewOf(clusterNamed(built, name) === undefined ? withRetired(built, name) : built, name);
  const { cluster } = view;
  const subnet = view.spoke.subnets.find((each) => sameName(each.name, cluster.subnet));
  return {
    name: cluster.name,
    networkPlugin: cluster.networkPlugin,
    nodePrefix: subnet?.addressPrefix ?? "",
    clusterId: ids.cluster(view),
    nodeGroupId: groupId(view, cluster.nodeGroupName),
    ...(view.monitoring ? { workspaceId: ids.clusterWorkspace(view) } : {}),
  };
}

/** What is known of the environment when its log is judged. */
export function egressContext(
  { environment, location, switches, clusters }: EgressScope,
  { nodes, pods }: Pick<EgressContext, "nodes" | "pods">,
): EgressContext {
  return {
    environment,
    location,
    switches,
    nodes,
    pods,
    clusters: clusters.map(({ name, networkPlugin, nodePrefix }) => {
      const nodeCount = nodes.filter(({ cluster, goneAt }) => cluster === name && goneAt === undefined).length;
      return { name, networkPlugin, nodePrefix, ...(nodeCount === 0 ? {} : { nodeCount }) };
    }),
  };
}
