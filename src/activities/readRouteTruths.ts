/** Reads the three truths about an environment's routes: machines, the clusters' tables, the gateway's table. */
import type { ArmAnswer } from "../azure/armClient.ts";
import { type ArmReads, armReads } from "../azure/armReads.ts";
import { type JsonObject, textAt } from "../domain/json.ts";
import type { RoutedCluster, RouteScope } from "../domain/routeScope.ts";
import type { ClusterTruths, RouteTruths } from "../domain/routeTruths.ts";
import { apiVersions } from "../resources/apiVersions.ts";
import type { Document } from "../resources/syncDefinition.ts";
import { readScaleSets } from "./readScaleSets.ts";

/** Azure answered a read that nothing can be decided without. */
export interface RefusedRead {
  readonly refused: ArmAnswer;
  readonly resourceId: string;
}

export interface TruthsRead {
  readonly truths: RouteTruths;
  /** The gateway's table as it was answered; undefined: it is gone. */
  readonly gatewayTable: ArmAnswer | undefined;
}

/** Tables and clusters must be read; machines that cannot be read are left unknown, since only findings and the brake need them. */
export async function readRouteTruths(arm: ArmReads, scope: RouteScope): Promise<TruthsRead | RefusedRead> {
  const reads = armReads(arm);
  const { gatewayTableId, gatewaySubnetId } = scope;
  const [gatewayTable, ...clusters] = await Promise.all([
    read(reads, { id: gatewayTableId, apiVersion: apiVersions.network }),
    ...scope.clusters.map((cluster) => readCluster(reads, cluster)),
  ]);
  if ("refused" in gatewayTable) return gatewayTable;
  const known: ClusterTruths[] = [];
  for (const cluster of clusters) {
    if ("refused" in cluster) return cluster;
    known.push(cluster);
  }
  const { answer } = gatewayTable;
  const table = { id: gatewayTableId, ...(answer?.body === undefined ? {} : { body: answer.body }) };
  return { truths: { gatewayTable: table, gatewaySubnetId, clusters: known }, gatewayTable: answer };
}

async function readCluster(reads: ArmReads, cluster: RoutedCluster): Promise<ClusterTruths | RefusedRead> {
  const { name, clusterId, tableId, place } = cluster;
  const [table, managed] = await Promise.all([
    read(reads, { id: tableId, apiVersion: apiVersions.network }),
    read(reads, { id: clusterId, apiVersion: apiVersions.managedClusters }),
  ]);
  if ("refused" in table) return table;
  if ("refused" in managed) return managed;
  const managedCluster = managed.answer?.body;
  const pools = await readScaleSets(reads, nodeGroupOf(cluster, managedCluster));
  return {
    cluster: name,
    place,
    sourceTable: { id: tableId, ...(table.answer?.body === undefined ? {} : { body: table.answer.body }) },
    ...(managedCluster === undefined ? {} : { managedCluster }),
    ...(pools === undefined ? {} : { nodes: pools.flatMap(({ nodes }) => nodes) }),
  };
}

/** Where AKS says that the machines are; what was asked for, when AKS says nothing any more. */
function nodeGroupOf({ clusterId, nodeGroupId }: RoutedCluster, managedCluster: JsonObject | undefined): string {
  const group = textAt(managedCluster, "properties.nodeResourceGroup");
  const subscription = clusterId.split("/").slice(0, 3).join("/");
  return group === undefined ? nodeGroupId : `${subscription}/resourceGroups/${group}`;
}

/** A document; without an answer when it is gone. */
async function read(
  reads: ArmReads,
  { id, apiVersion }: Document,
): Promise<{ readonly answer: ArmAnswer | undefined } | RefusedRead> {
  const answer = await reads.get(id, apiVersion);
  if (answer.status === 404) return { answer: undefined };
  return answer.status >= 400 ? { refused: answer, resourceId: id } : { answer };
}
