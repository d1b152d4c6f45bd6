/** How one plan is about several clusters: ids, lanes and outputs of each begin with its name. */
import type { BuiltEnvironment } from "./environmentMemory.ts";
import { type OutputName, type Outputs, outputNames, type Step, settingNames } from "./step.ts";

/** Outputs of several clusters: those that all share under their own names, a cluster's as "<cluster>.<name>". */
export type ScopedOutputs = Readonly<Record<string, string | undefined>>;

/** What is learnt of the environment and not of one of its clusters. */
const sharedOutputNames: readonly OutputName[] = [
  "firewallPublicIpAddress",
  "firewallPrivateIpAddress",
  "firewallId",
  "firewallWorkspaceId",
  "firewallWorkspaceCustomerId",
  "gatewayId",
  "gatewayPublicIpAddress",
  "ingressHost",
  "unansweredSeconds",
  "watchedUntil",
  "networkTopicId",
  "clusterTopicId",
];

export function scopedId(cluster: string, id: string): string {
  return `${cluster}.${id}`;
}

/** The steps as a cluster's own in a plan about several; needs among them are theirs, all others stay as they are. */
export function ofCluster(cluster: string, steps: readonly Step[]): readonly Step[] {
  const own = new Set(steps.map(({ id }) => id));
  return steps.map((step) => ({
    ...step,
    id: scopedId(cluster, step.id),
    definition: step.definition ?? step.id,
    cluster,
    lane: `${cluster} ${step.lane}`,
    needs: step.needs.map((need) => (own.has(need) ? scopedId(cluster, need) : need)),
  }));
}

/** What a step of a cluster may use; without a cluster all that is nobody's own. */
export function outputsFor(known: ScopedOutputs, cluster: string | undefined): Outputs {
  const entries = [...outputNames, ...settingNames].flatMap((name) => {
    const value = (cluster === undefined ? undefined : known[scopedId(cluster, name)]) ?? known[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

/** What a step has learnt, under the names by which other steps find it. */
export function scoped(outputs: Outputs, cluster: string | undefined): ScopedOutputs {
  if (cluster === undefined) return outputs;
  const isShared = (name: string): boolean => sharedOutputNames.some((shared) => shared === name);
  const entries = Object.entries(outputs);
  return Object.fromEntries(entries.map(([name, value]) => [isShared(name) ? name : scopedId(cluster, name), value]));
}

/** The outputs that all clusters of an environment share, as its clusters' steps have learnt them. */
export function sharedOutputs({ clusters }: BuiltEnvironment): Outputs {
  const all: Outputs = Object.assign({}, ...clusters.map(({ outputs }) => outputs));
  return Object.fromEntries(sharedOutputNames.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
}

/** All that is known of an environment. */
export function knownOf(built: BuiltEnvironment): ScopedOutputs {
  const own = built.clusters.map(({ cluster, outputs }) => scoped(outputs, cluster.name));
  return Object.assign({}, sharedOutputs(built), ...own);
}
