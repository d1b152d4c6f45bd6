/** Finds out who is behind the source addresses of refused connections: machines from ARM, pods from their clusters' inventories. */
import { NoAnswerError } from "../azure/armClient.ts";
import { type ArmReads, armReads } from "../azure/armReads.ts";
import type { LogsClient } from "../azure/logsClient.ts";
import { parsePodSightings } from "../contracts/podSightingRow.ts";
import { clusterOfAddress } from "../domain/deniedEgress/attribution.ts";
import type { DeniedFlow } from "../domain/deniedEgress/deniedFlow.ts";
import type { PodSighting } from "../domain/deniedEgress/egressContext.ts";
import { earlier, later } from "../domain/deniedEgress/instant.ts";
import { type ClusterNodes, type KnownNode, nodeAt, rememberNodes } from "../domain/deniedEgress/nodeDirectory.ts";
import type { ReadWindow } from "../domain/deniedEgress/window.ts";
import type { EgressScope, WatchedCluster } from "../domain/egressScope.ts";
import { textAt } from "../domain/json.ts";
import { apiVersions } from "../resources/apiVersions.ts";
import { podInventoryQuery } from "../resources/podInventoryQuery.ts";
import { readScaleSets } from "./readScaleSets.ts";

export interface EgressSources {
  readonly nodes: readonly KnownNode[];
  /** What was read of each cluster's machines, to be remembered. */
  readonly looks: readonly ClusterNodes[];
  readonly pods: readonly PodSighting[];
}

export interface SourcesQuestion {
  readonly scope: EgressScope;
  readonly flows: readonly DeniedFlow[];
  readonly window: ReadWindow;
  readonly known: readonly KnownNode[];
  readonly at: string;
}

/** Not knowing who it was is no reason not to tell that somebody was refused: what cannot be read stays unknown. */
export async function readEgressSources(
  doors: { readonly arm: ArmReads; readonly logs: LogsClient },
  question: SourcesQuestion,
): Promise<EgressSources> {
  try {
    return await askForSources(doors, question);
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return unreadSources(question);
  }
}

/** Asks only about what is not known: a log without news costs nothing here. */
async function askForSources(
  doors: { readonly arm: ArmReads; readonly logs: LogsClient },
  question: SourcesQuestion,
): Promise<EgressSources> {
  const { scope, flows, window, known, at } = question;
  const isKnown = unknownFlows(flows, known).length === 0;
  if (flows.length === 0 || (isKnown && !isLookDue(window))) return unreadSources(question);
  const arm = armReads(doors.arm);
  const looks = await Promise.all(scope.clusters.map((cluster) => readCluster(arm, cluster)));
  const nodes = rememberNodes(known, looks, at);
  const pods = await readPods({ arm, logs: doors.logs }, scope, unknownFlows(flows, nodes));
  return { nodes, looks, pods };
}

/** What is known without having asked. */
function unreadSources({ scope, known }: SourcesQuestion): EgressSources {
  return { nodes: known, looks: scope.clusters.map(({ name }) => ({ cluster: name })), pods: [] };
}

/** An address that is known may be another machine's by now: once in this time they are looked at all the same. */
const LOOK_MINUTES = 30;

function isLookDue({ from, to }: ReadWindow): boolean {
  const turn = (instant: string): number => Math.floor(Date.parse(instant) / (LOOK_MINUTES * 60_000));
  return turn(from) !== turn(to);
}

function unknownFlows(flows: readonly DeniedFlow[], nodes: readonly KnownNode[]): readonly DeniedFlow[] {
  return flows.filter(({ sourceAddress, lastAt }) => nodeAt(nodes, sourceAddress, lastAt) === undefined);
}

async function readCluster(arm: ArmReads, { name, nodeGroupId }: WatchedCluster): Promise<ClusterNodes> {
  const pools = await readScaleSets(arm, nodeGroupId);
  if (pools === undefined) return { cluster: name };
  const nodes = pools.flatMap(({ pool, nodes: machines }) =>
    machines.map(({ address, name: node, createdAt }) => ({
      address,
      node,
      ...(pool === undefined ? {} : { pool }),
      ...(createdAt === undefined ? {} : { createdAt }),
    })),
  );
  return { cluster: name, nodes };
}

/** An address in a cluster's subnet that is no node's is a pod's, where pods leave under their own. */
async function readPods(
  doors: { readonly arm: ArmReads; readonly logs: LogsClient },
  scope: EgressScope,
  flows: readonly DeniedFlow[],
): Promise<readonly PodSighting[]> {
  const byCluster = Map.groupBy(flows, ({ sourceAddress }) => clusterOfAddress(sourceAddress, scope.clusters)?.name);
  const found = await Promise.all(
    scope.clusters.map((cluster) => readPodsOf(doors, cluster, byCluster.get(cluster.name) ?? [])),
  );
  return found.flat();
}

async function readPodsOf(
  { arm, logs }: { readonly arm: ArmReads; readonly logs: LogsClient },
  { workspaceId }: WatchedCluster,
  flows: readonly DeniedFlow[],
): Promise<readonly PodSighting[]> {
  if (workspaceId === undefined || flows.length === 0) return [];
  const { body } = await arm.get(workspaceId, apiVersions.workspaces);
  const customerId = textAt(body, "properties.customerId");
  if (customerId === undefined) return [];
  const addresses = [...new Set(flows.map(({ sourceAddress }) => sourceAddress))].sort();
  const from = flows.map(({ firstAt }) => firstAt).reduce(earlier);
  const to = flows.map(({ lastAt }) => lastAt).reduce(later);
  const answer = await logs.query(customerId, podInventoryQuery({ addresses, from, to }));
  return answer.kind === "rows" ? parsePodSightings(answer.columns, answer.rows) : [];
}
