/** The gateway's table follows the cluster's, step and proof; which routes those are is decided in the domain. */
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import {
  applyRouteChanges,
  diffGatewayRoutes,
  gatewayRoutes,
  isUnchanged,
  type PodPlace,
  podRoutes,
  type RouteChanges,
  routesOf,
} from "../domain/gatewayRoutes.ts";
import { isJsonArray, isJsonObject, type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import { podCidrOf } from "../domain/networkPlugin.ts";
import { ids } from "../domain/resourceNames.ts";
import { counted, routeChangesInWords, routeInWords } from "../domain/routeChangesInWords.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { apiVersions } from "./apiVersions.ts";
import type { Look, VerificationInput } from "./commandDefinition.ts";
import type { Document, SyncDefinition } from "./syncDefinition.ts";

/** The table on the gateway's subnet holds exactly the pod routes of the cluster's table, once AKS has written one for every node. */
export const syncGatewayRoutes: SyncDefinition = {
  apiVersion: apiVersions.network,
  id: ids.gatewayRouteTable,
  sources: (spec) => [clusterTable(spec), { apiVersion: apiVersions.managedClusters, id: ids.cluster(spec) }],
  decide: (existing, [source, cluster], spec) => {
    if (source === undefined || cluster === undefined) return { kind: "refuse", failure: sourceGone(spec) };
    const pods = podRoutes(routesOf(source), placeOf(spec));
    const nodes = nodeCount(cluster);
    if (pods.length < nodes) {
      const waitingFor = `AKS: ${pods.length} of ${nodes} nodes have a route in ${spec.cluster.routeTableName}`;
      return { kind: "wait", waitingFor };
    }
    const routes = routesOf(existing);
    const changes = diffGatewayRoutes(routes, [gatewayRoutes(spec.cluster.name, pods)]);
    if (changes.blocked.length > 0) return { kind: "refuse", failure: blocked(spec, changes) };
    if (isUnchanged(changes)) return { kind: "right" };
    const properties = isJsonObject(existing.properties) ? existing.properties : {};
    const body = { ...existing, properties: { ...properties, routes: applyRouteChanges(routes, changes) } };
    return { kind: "write", body, change: routeChangesInWords(changes) };
  },
  // AKS resyncs every 10 s, writes every 30 s, and looks again after 120 s when a write was lost.
  // Source: github.com/kubernetes-sigs/cloud-provider-azure pkg/provider/azure_routes.go, checked 2026-11.
  pollSeconds: 5,
  timeoutSeconds: 900,
};

/** The table on the gateway's subnet holds nothing of a cluster that goes. */
export const removeGatewayRoutes: SyncDefinition = {
  isRemoval: true,
  apiVersion: apiVersions.network,
  id: ids.gatewayRouteTable,
  sources: () => [],
  decide: (existing, _sources, spec) => {
    const routes = routesOf(existing);
    const changes = diffGatewayRoutes(routes, [gatewayRoutes(spec.cluster.name, [])]);
    if (isUnchanged(changes)) return { kind: "right" };
    const properties = isJsonObject(existing.properties) ? existing.properties : {};
    const body = { ...existing, properties: { ...properties, routes: applyRouteChanges(routes, changes) } };
    return { kind: "write", body, change: routeChangesInWords(changes) };
  },
  pollSeconds: 5,
  timeoutSeconds: 300,
};

/** What the proof of the gateway's routes reads: its table, then the cluster's. */
export function gatewayRouteDocuments({ spec }: VerificationInput): readonly Document[] {
  return [{ apiVersion: apiVersions.network, id: ids.gatewayRouteTable(spec) }, clusterTable(spec)];
}

/** V-6: the gateway's table is on the gateway's subnet and holds every pod route of the cluster's table. */
export function gatewayRoutesLook(
  [table, source]: readonly (JsonObject | undefined)[],
  { spec }: VerificationInput,
): Look {
  const about = (ok: boolean, detail: string): Look => ({
    finding: { id: "verifyGatewayRoutes", ok, detail },
    final: ok,
  });
  const { routeTableName, subnet } = spec.gateway;
  if (table === undefined) return about(false, `The route table ${routeTableName} is gone.`);
  if (source === undefined) return about(false, `The route table ${spec.cluster.routeTableName} is gone.`);
  const pods = podRoutes(routesOf(source), placeOf(spec));
  if (pods.length === 0) return about(false, `${spec.cluster.routeTableName} has no route to a node's pods.`);
  const wanted = gatewayRoutes(spec.cluster.name, pods);
  const changes = diffGatewayRoutes(routesOf(table), [wanted]);
  if (!isUnchanged(changes))
    return about(
      false,
      `${routeTableName} does not follow ${spec.cluster.routeTableName}: ${routeChangesInWords(changes)}.`,
    );
  if (!isOn(table, ids.gatewaySubnet(spec)))
    return about(false, `${routeTableName} is not attached to the subnet ${subnet}.`);
  return about(
    true,
    `${routeTableName} is on ${subnet} and holds ${counted(wanted.routes.length, "pod route")} of ${spec.cluster.routeTableName}: ${wanted.routes.map(routeInWords).join(", ")}.`,
  );
}

function clusterTable(spec: EnvironmentSpec): Document {
  return { apiVersion: apiVersions.network, id: ids.routeTable(spec) };
}

function placeOf(spec: EnvironmentSpec): PodPlace {
  const subnet = spec.spoke.subnets.find(({ name }) => name === spec.cluster.subnet);
  return { podCidr: podCidrOf(spec.cluster), nodePrefix: subnet?.addressPrefix ?? "" };
}

/** The nodes that the cluster is to have, whoever said so: pools are scaled by operators and autoscalers, and may be stopped. */
function nodeCount(cluster: JsonObject): number {
  const pools = jsonAt(cluster, "properties.agentPoolProfiles");
  return (isJsonArray(pools) ? pools : [])
    .filter((pool) => textAt(pool, "powerState.code") !== "Stopped")
    .map((pool) => jsonAt(pool, "count"))
    .reduce<number>((sum, count) => sum + (typeof count === "number" ? count : 0), 0);
}

function isOn(table: JsonObject, subnetId: string): boolean {
  const subnets = jsonAt(table, "properties.subnets");
  return (
    isJsonArray(subnets) && subnets.some((subnet) => textAt(subnet, "id")?.toLowerCase() === subnetId.toLowerCase())
  );
}

function blocked(spec: EnvironmentSpec, changes: RouteChanges): Failure {
  const routes = changes.blocked.map(
    ({ route, by }) => `${by} leads ${route.addressPrefix} elsewhere than to ${route.nextHopIpAddress}`,
  );
  return {
    code: "ForeignRouteInTheWay",
    message: `Routes of others in ${spec.gateway.routeTableName} keep the gateway from pods: ${routes.join("; ")}.`,
    resourceId: ids.gatewayRouteTable(spec),
    advice:
      "Delete the routes named, which are not Portcullis's to touch, or give the cluster another podCidr; then retry.",
  };
}

function sourceGone(spec: EnvironmentSpec): Failure {
  return {
    code: "SourceOfRoutesGone",
    message: `The cluster ${spec.cluster.name} or its route table ${spec.cluster.routeTableName} is gone, so nobody knows where its pods are.`,
    resourceId: ids.routeTable(spec),
    advice: "Retry the ticket: what was deleted is made again.",
  };
}
