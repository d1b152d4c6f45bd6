/** What follows from the three truths: the gateway's next routes, what must not be written, and what is wrong. Pure. */
import {
  applyRouteChanges,
  type ClusterRoutes,
  diffGatewayRoutes,
  gatewayRoutes,
  isWrite,
  type PodRoute,
  prefixOf,
  type RouteChanges,
  routesOf,
} from "./gatewayRoutes.ts";
import type { JsonObject } from "./json.ts";
import { ROUTES_A_TABLE_MAX } from "./networkPlugin.ts";
import { type Braking, type RouteBrake, routeBrake } from "./routeBrake.ts";
import { boundedFindings, type RouteFinding, type RouteFindingCode } from "./routeFinding.ts";
import { clusterFindings, gatewayFindings, tableNameOf } from "./routeFindings.ts";
import { type RouteHeadroom, routeHeadroom } from "./routeHeadroom.ts";
import { type ClusterView, clusterView, type RouteTruths } from "./routeTruths.ts";

/** What one look came to, without the routes: this is handed on and kept. */
export interface RouteVerdict {
  readonly findings: readonly RouteFinding[];
  readonly brake?: RouteBrake;
  /** The confirmed digest, when it is what lets the change through: it is spent by the write. */
  readonly released?: string;
  /** Of the gateway's table, as it will be. */
  readonly headroom: RouteHeadroom;
  /** Nodes, the clusters' tables and the gateway's were all read, and say the same. */
  readonly isEqual: boolean;
  /** They are equal, and AKS is not about to change them. */
  readonly isSettled: boolean;
}

export interface RouteJudgement extends RouteVerdict {
  /** All routes of the gateway's table as it is to be written; absent when nothing is to be written. */
  readonly routes?: readonly JsonObject[];
  /** What `routes` does to the table. */
  readonly changes: RouteChanges;
}

export interface JudgeOptions {
  readonly nowEpochMs: number;
  /** Digest of the held change that somebody has let through. */
  readonly confirmed?: string;
}

export function judgeRoutes(truths: RouteTruths, { nowEpochMs, confirmed }: JudgeOptions): RouteJudgement {
  const { gatewayTable } = truths;
  const clusters = truths.clusters.map(clusterView);
  const current = routesOf(gatewayTable.body ?? {});
  const { brake, released, ...decided }: Braking =
    gatewayTable.body === undefined
      ? { changes: noChanges }
      : routeBrake(current, diffGatewayRoutes(current, clusters.flatMap(wantedRoutes)), clusters, confirmed);
  const { changes, unplaced } = fitted(current, decided.changes);
  const next = isWrite(changes) ? applyRouteChanges(current, changes) : current;
  const headroom = routeHeadroom(tableNameOf(gatewayTable), next.length);
  const facts = { unplaced, headroom, ...(brake === undefined ? {} : { brake }) };
  // Where no cluster needs routes, no table is needed either.
  const table = clusters.length === 0 ? [] : gatewayFindings(truths, facts);
  const findings = [...table, ...clusters.flatMap((view) => clusterFindings(view, { truths, changes, nowEpochMs }))];
  const isEqual =
    !findings.some(({ code }) => tellsOfDifference.has(code)) && clusters.every((view) => isEqualInside(view));
  return {
    ...(isWrite(changes) ? { routes: next } : {}),
    changes,
    findings: boundedFindings(findings),
    ...(brake === undefined ? {} : { brake }),
    ...(released === undefined ? {} : { released }),
    headroom,
    isEqual,
    isSettled: isEqual && !clusters.some(({ isInMotion }) => isInMotion),
  };
}

const noChanges: RouteChanges = { added: [], changed: [], removed: [], blocked: [] };

/** Undefined for a cluster of which nobody knows what is right: what is in the table stays. */
function wantedRoutes({ truths: { cluster }, manner, source }: ClusterView): readonly ClusterRoutes[] {
  if (manner === "keep") return [];
  return [gatewayRoutes(cluster, manner === "empty" ? [] : source)];
}

/** Azure refuses the whole table when it has too many routes, so what is too much is left out; routes to pods that were reached before come first. */
function fitted(
  current: readonly JsonObject[],
  changes: RouteChanges,
): { readonly changes: RouteChanges; readonly unplaced: readonly PodRoute[] } {
  const next = applyRouteChanges(current, changes);
  const excess = Math.max(0, next.length - ROUTES_A_TABLE_MAX);
  const reached = new Set(current.map(prefixOf));
  const isNew = ({ addressPrefix }: PodRoute): boolean => !reached.has(addressPrefix);
  const inOrder = [...changes.added.filter((route) => !isNew(route)), ...changes.added.filter(isNew)];
  const placeCount = Math.max(0, inOrder.length - excess);
  const placedRoutes = new Set(inOrder.slice(0, placeCount));
  return {
    changes: { ...changes, added: changes.added.filter((route) => placedRoutes.has(route)) },
    unplaced: inOrder.slice(placeCount),
  };
}

/** Findings that say that the three truths differ; the others are about what they have in common. */
const tellsOfDifference: ReadonlySet<RouteFindingCode> = new Set([
  "NodesUnknown",
  "ClusterGone",
  "GatewayRouteDiffers",
  "RouteBlocked",
  "SourceTableGone",
  "GatewayTableGone",
  "GatewayTableDetached",
  "TableFull",
  "Braked",
]);

/** Nodes and the cluster's own table say the same, those included that are still in their grace. */
function isEqualInside({ nodesWithoutRoute, routesWithoutNode }: ClusterView): boolean {
  return nodesWithoutRoute.length + routesWithoutNode.length === 0;
}
