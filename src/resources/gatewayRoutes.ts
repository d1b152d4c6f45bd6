/** The gateway's table follows the cluster's, step and proof; which routes those are is decided in the domain. */
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import {
  applyRouteChanges,
  diffGatewayRoutes,
  gatewayRoutes,
  isUnchanged,
  type PodPlace,
  type PodRoute,
  podRoutes,
  type RouteChanges,
  routesOf,
} from "../domain/gatewayRoutes.ts";
import { isJsonArray, isJsonObject, type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import { podCidrOf } from "../domain/networkPlugin.ts";
import { ids } from "../domain/resourceNames.ts";
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
    const changes = diffGatewayRoutes(spec.cluster.name, routes, gatewayRoutes(spec.cluster.name, pods));
    if (changes.blocked.length > 0) return { kind: "refuse", failure: blocked(spec, changes) };
    if (isUnchanged(changes)) return { kind: "right" };
    const properties = isJsonObject(existing.properties) ? existing.properties : {};
    const body = { ...existing, properties: { ...properties, routes: applyRouteChanges(routes, changes) } };
    return { kind: "write", body, change: inWords(changes) };
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
    const changes = diffGatewayRoutes(spec.cluster.name, routes, []);
    if (isUnchanged(changes)) return { kind: "right" };
    const properties = isJsonObject(existing.properties) ? existing.properties : {};
    const body = { ...existing, properties: { ...properties, routes: applyRouteChanges(routes, changes) } };
    return { kind: "write", body, change: inWords(changes) };
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
  const changes = diffGatewayRoutes(spec.cluster.name, routesOf(table), wanted);
  if (!isUnchanged(changes))
    return about(false, `${routeTableName} does not follow ${spec.cluster.routeTableName}: ${inWords(changes)}.`);
  if (!isOn(table, ids.gatewaySubnet(spec)))
    return about(false, `${routeTableName} is not attached to the subnet ${subnet}.`);
  return about(
    true,
    `${routeTableName} is on ${subnet} and holds ${counted(wanted.length, "pod route")} of ${spec.cluster.routeTableName}: ${wanted.map(routeInWords).join(", ")}.`,
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

/** More routes than this are counted and not listed. */
const LISTED_ROUTES = 3;

function inWords({ added, changed, removed, blocked }: RouteChanges): string {
  return [
    ...listed("to add", added.map(routeInWords)),
    ...listed("to change", changed.map(routeInWords)),
    ...listed("to remove", removed),
    ...listed(
      "in the way",
      blocked.map(({ by }) => by),
    ),
  ].join("; ");
}

function listed(what: string, texts: readonly string[]): readonly string[] {
  if (texts.length === 0) return [];
  const more = texts.length > LISTED_ROUTES ? ` and ${texts.length - LISTED_ROUTES} more` : "";
  return [`${counted(texts.length, "route")} ${what}: ${texts.slice(0, LISTED_ROUTES).join(", ")}${more}`];
}

function routeInWords({ addressPrefix, nextHopIpAddress }: PodRoute): string {
  return `${addressPrefix} → ${nextHopIpAddress}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
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
