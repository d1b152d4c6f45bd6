/** What is wrong between the three truths, in words for the engineer on call: what it means, and what to do next. */
import { isRouteOf } from "./gatewayRouteName.ts";
import { type PodRoute, type RouteChanges, routesOf } from "./gatewayRoutes.ts";
import { isJsonArray, jsonAt, textAt } from "./json.ts";
import type { RouteBrake } from "./routeBrake.ts";
import { counted, routeChangesInWords, routeInWords } from "./routeChangesInWords.ts";
import type { RouteFinding } from "./routeFinding.ts";
import { isHeadroomLow, type RouteHeadroom, routeHeadroom } from "./routeHeadroom.ts";
import type { ClusterView, NodeTruth, RouteTruths, TableTruth } from "./routeTruths.ts";

/**
 * How old a node is when its route is overdue, in seconds. A route takes the machine's start (1–3 minutes), a resync (10 s),
 * a batch (30 s) and, when a write was lost, the end of AKS's cache (120 s).
 * Source: github.com/kubernetes-sigs/cloud-provider-azure pkg/provider/azure_routes.go, checked 2026-11.
 */
export const NODE_GRACE_SECONDS = 600;

/** How long a route may outlive its node, in seconds: the node's object, a resync, a batch and the cache, with room to spare. Same source. */
export const ROUTE_GRACE_SECONDS = 600;

/** The last segment of a table's id. */
export function tableNameOf({ id }: TableTruth): string {
  return id.split("/").at(-1) ?? "";
}

export interface GatewayFacts {
  /** Wanted routes for which the table has no room. */
  readonly unplaced: readonly PodRoute[];
  readonly headroom: RouteHeadroom;
  readonly brake?: RouteBrake;
}

/** What is wrong with the gateway's table as a whole. */
export function gatewayFindings(truths: RouteTruths, facts: GatewayFacts): readonly RouteFinding[] {
  const { gatewayTable, gatewaySubnetId } = truths;
  const { unplaced, headroom, brake } = facts;
  const subject = tableNameOf(gatewayTable);
  if (gatewayTable.body === undefined) {
    const sentence = `The gateway's route table ${subject} is gone: the gateway reaches no pod behind kubenet.`;
    const advice = "Retry the environment's provision ticket: it makes the table again and puts it on the subnet.";
    return [{ code: "GatewayTableGone", subject, sentence, advice }];
  }
  return [
    ...(isOnSubnet(gatewayTable, gatewaySubnetId) ? [] : [detached(subject, gatewaySubnetId)]),
    ...(isHeadroomLow(headroom) ? [headroomLow(headroom)] : []),
    ...(unplaced.length > 0 ? [tableFull(headroom, unplaced)] : []),
    ...(brake === undefined ? [] : [braked(subject, brake)]),
  ];
}

function isOnSubnet({ body }: TableTruth, subnetId: string): boolean {
  const subnets = jsonAt(body, "properties.subnets");
  return isJsonArray(subnets) && subnets.some((one) => textAt(one, "id")?.toLowerCase() === subnetId.toLowerCase());
}

function detached(subject: string, subnetId: string): RouteFinding {
  return {
    code: "GatewayTableDetached",
    subject,
    sentence: `${subject} is not on the gateway's subnet ${subnetId.split("/").at(-1)}: its routes have no effect, and the gateway reaches no pod behind kubenet.`,
    advice:
      "Retry the environment's provision ticket: it puts the table on the subnet again. Find out who took it off.",
  };
}

function headroomLow({ table, routeCount, routeCountMax, usedPercent }: RouteHeadroom, cluster?: string): RouteFinding {
  return {
    code: "HeadroomLow",
    ...(cluster === undefined ? {} : { cluster }),
    subject: table,
    sentence: `${table} has ${routeCount} of at most ${routeCountMax} routes (${usedPercent} %): each node takes one, those that come while a pool is upgraded as well.`,
    advice: "Use fewer, larger nodes, or move clusters to Azure CNI overlay, which needs no routes.",
  };
}

function tableFull({ table, routeCountMax }: RouteHeadroom, unplaced: readonly PodRoute[]): RouteFinding {
  const [first] = unplaced;
  const example = first === undefined ? "" : `, among them ${routeInWords(first)}`;
  return {
    code: "TableFull",
    subject: table,
    sentence: `${table} has room for ${routeCountMax} routes: ${counted(unplaced.length, "node")} cannot be reached by the gateway${example}.`,
    advice: "Scale in until the routes fit, or remove routes of others from the table; then move a cluster elsewhere.",
  };
}

function braked(subject: string, { digest, reason, lostCount, ownCount, lost }: RouteBrake): RouteFinding {
  const [first] = lost;
  const example = first === undefined ? "" : ` (${first.name}: ${routeInWords(first)}${lostCount > 1 ? ", …" : ""})`;
  const sentence =
    reason === "mostRoutes"
      ? `Nothing is written to ${subject}: ${lostCount} of ${ownCount} routes would be lost${example}, and their nodes are not known to be gone.`
      : `${counted(lostCount, "route")} in ${subject} stay${lostCount === 1 ? "s" : ""} though no cluster's table has ${lostCount === 1 ? "it" : "them"}${example}: nodes that live would lose their last.`;
  return {
    code: "Braked",
    subject,
    sentence,
    advice: `Look at the clusters' tables: AKS writes missing routes again within minutes. If the routes are to go, confirm the change with the digest ${digest}.`,
  };
}

export interface ClusterFacts {
  readonly truths: RouteTruths;
  readonly changes: RouteChanges;
  readonly nowEpochMs: number;
}

/** What is wrong with one cluster, in its own table and in the gateway's. */
export function clusterFindings(
  view: ClusterView,
  { truths, changes, nowEpochMs }: ClusterFacts,
): readonly RouteFinding[] {
  const gateway = tableNameOf(truths.gatewayTable);
  return [
    ...clusterState(view),
    ...view.nodesWithoutRoute.filter((node) => isOverdue(node, nowEpochMs)).map((node) => nodeWithoutRoute(node, view)),
    ...view.routesWithoutNode.map((route) => routeWithoutNode(route, view)),
    ...differs(view, changes, gateway),
    ...blocked(view, changes, gateway),
    ...sourceHeadroom(view),
  ];
}

function clusterState({ truths, manner }: ClusterView): readonly RouteFinding[] {
  const { cluster, managedCluster, nodes, sourceTable } = truths;
  const table = tableNameOf(sourceTable);
  const isGone = managedCluster === undefined;
  if (manner === "empty" || manner === "leave") return [isGone ? clusterGone(cluster) : leftKubenet(cluster)];
  const findings: RouteFinding[] = isGone ? [clusterGone(cluster)] : [];
  if (sourceTable.body === undefined) {
    findings.push({
      code: "SourceTableGone",
      cluster,
      subject: table,
      sentence: `The route table ${table} of ${cluster} is gone, so nobody knows where its pods are; the gateway's routes stay as they were.`,
      advice: "Retry the ticket that built the cluster: it makes the table again, and AKS fills it within minutes.",
    });
  }
  if (nodes === undefined && managedCluster !== undefined) {
    findings.push({
      code: "NodesUnknown",
      cluster,
      subject: cluster,
      sentence: `The nodes of ${cluster} cannot be read, so a route that AKS failed to write goes unnoticed.`,
      advice: "Give the app's identity the right to read scale sets in the cluster's node resource group.",
    });
  }
  return findings;
}

function clusterGone(cluster: string): RouteFinding {
  return {
    code: "ClusterGone",
    cluster,
    subject: cluster,
    sentence: `The cluster ${cluster} is gone, and no ticket has retired it.`,
    advice: `Retire ${cluster} by a ticket, or retry the ticket that built it.`,
  };
}

function leftKubenet(cluster: string): RouteFinding {
  return {
    code: "ClusterLeftKubenet",
    cluster,
    subject: cluster,
    sentence: `The cluster ${cluster} has left kubenet outside of Portcullis; its routes are taken out of the gateway's table.`,
    advice: `Nothing is to be done for the routes. Add a cluster with overlay and retire ${cluster} by tickets: Portcullis still takes it for kubenet.`,
  };
}

function isOverdue({ createdAt }: NodeTruth, nowEpochMs: number): boolean {
  const createdEpochMs = Date.parse(createdAt ?? "");
  return Number.isNaN(createdEpochMs) || nowEpochMs - createdEpochMs >= NODE_GRACE_SECONDS * 1000;
}

function nodeWithoutRoute({ name, address, createdAt }: NodeTruth, { truths }: ClusterView): RouteFinding {
  const table = tableNameOf(truths.sourceTable);
  const made = createdAt === undefined ? "" : `, made at ${createdAt},`;
  return {
    code: "NodeWithoutRoute",
    cluster: truths.cluster,
    subject: name,
    sentence: `The node ${name} (${address})${made} has no route in ${table}: the gateway answers 502 for its pods.`,
    advice: `AKS may have lost the write and reported success. See whether the cluster's identity may write ${table} and whether it is full; then cordon and delete the node, so that another takes its place.`,
  };
}

function routeWithoutNode(route: PodRoute, { truths }: ClusterView): RouteFinding {
  const table = tableNameOf(truths.sourceTable);
  return {
    code: "RouteWithoutNode",
    cluster: truths.cluster,
    subject: route.name,
    sentence: `The route ${route.name} (${routeInWords(route)}) in ${table} leads to no node of ${truths.cluster}.`,
    advice: `AKS takes it out when its node object is gone: look for ${route.name} among the nodes. A route made by hand is to be deleted by hand.`,
    graceSeconds: ROUTE_GRACE_SECONDS,
  };
}

function differs({ truths: { cluster } }: ClusterView, changes: RouteChanges, table: string): readonly RouteFinding[] {
  const isOwn = (name: string): boolean => isRouteOf(cluster, name);
  const own: RouteChanges = {
    added: changes.added.filter(({ name }) => isOwn(name)),
    changed: changes.changed.filter(({ name }) => isOwn(name)),
    removed: changes.removed.filter(isOwn),
    blocked: [],
  };
  const words = routeChangesInWords(own);
  if (words === "") return [];
  const sentence = `${table} does not follow ${cluster}: ${words}.`;
  const advice = "It is written at the next pass; if it stays, see why the writes of the table fail.";
  return [{ code: "GatewayRouteDiffers", cluster, subject: table, sentence, advice }];
}

function blocked({ truths: { cluster } }: ClusterView, changes: RouteChanges, table: string): readonly RouteFinding[] {
  return changes.blocked
    .filter(({ route }) => isRouteOf(cluster, route.name))
    .map(({ route, by }) => ({
      code: "RouteBlocked",
      cluster,
      subject: by,
      sentence: `The route ${by} in ${table} leads ${route.addressPrefix} elsewhere than to the node ${route.nextHopIpAddress} of ${cluster}.`,
      advice: `Delete ${by}, which is not Portcullis's to touch, or give the cluster another podCidr.`,
    }));
}

/** AKS cannot write more routes than a table takes, either. */
function sourceHeadroom({ truths: { cluster, sourceTable } }: ClusterView): readonly RouteFinding[] {
  const headroom = routeHeadroom(tableNameOf(sourceTable), routesOf(sourceTable.body ?? {}).length);
  return isHeadroomLow(headroom) ? [headroomLow(headroom, cluster)] : [];
}
