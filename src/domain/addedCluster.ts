import { applicationDefaults, clusterWithDefaults, type EnvironmentRequest, fill } from "./environmentDefaults.ts";
import { type BuiltCluster, type BuiltEnvironment, clusterNamed, sameName } from "./environmentMemory.ts";
import type { ApplicationSpec, ClusterSpec } from "./environmentSpec.ts";

/** A cluster as a ticket may describe it. */
export interface ClusterRequest {
  readonly cluster: NonNullable<EnvironmentRequest["cluster"]> & { readonly name: string };
  readonly application?: EnvironmentRequest["application"] | undefined;
}

/** The whole cluster that a request stands for beside those that stand: its subnet is the next that nobody uses. */
export function addedCluster(built: BuiltEnvironment, { cluster, application }: ClusterRequest): BuiltCluster {
  const { groups, location } = built.spec;
  const subnet = cluster.subnet ?? clusterNamed(built, cluster.name)?.cluster.subnet ?? freeSubnet(built);
  const whole: ClusterSpec = clusterWithDefaults(
    { ...cluster, ...(subnet === undefined ? {} : { subnet }) },
    groups,
    location,
  );
  return {
    cluster: whole,
    application: fill<ApplicationSpec>(applicationDefaults, application),
    ingressIdentityName: `${cluster.name}-ingress-id`,
    outputs: {},
  };
}

/** Undefined when every subnet has its use; the default then is one that is refused as taken. */
function freeSubnet({ spec, clusters }: BuiltEnvironment): string | undefined {
  const isFree = (name: string): boolean =>
    !sameName(name, spec.gateway.subnet) && !clusters.some(({ cluster }) => sameName(cluster.subnet, name));
  return spec.spoke.subnets.find(({ name }) => isFree(name))?.name;
}
