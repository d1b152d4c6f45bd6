/** What an environment's reader is shown, computed from what its entities keep. Pure. */
import type { EgressWatchState } from "./deniedEgress/egressWatchState.ts";
import { type EgressStatusView, egressStatus } from "./egressStatus.ts";
import type { EnvironmentState } from "./environmentLock.ts";
import { type BuiltCluster, type BuiltEnvironment, sameName, viewOf } from "./environmentMemory.ts";
import type { NetworkPlugin } from "./environmentSpec.ts";
import { pluginManners } from "./networkPlugin.ts";
import { ids } from "./resourceNames.ts";
import type { RouteHeadroom } from "./routeHeadroom.ts";
import {
  emptyRouteSync,
  freshnessSeconds,
  type HeldChange,
  type PassRecord,
  type RouteCounters,
  type RouteSyncState,
} from "./routeSyncState.ts";
import type { StandingFinding } from "./standingFindings.ts";

export interface EnvironmentFacts {
  readonly environment: EnvironmentState;
  /** Names of the clusters that a ticket is taking away. */
  readonly leaving?: readonly string[];
  /** Undefined: nothing was ever looked at. */
  readonly routes: RouteSyncState | undefined;
  /** Undefined: its log was never read. */
  readonly egress?: EgressWatchState | undefined;
  readonly nowEpochMs: number;
}

export interface ClusterStatusView {
  readonly name: string;
  readonly resourceId: string;
  readonly state: "building" | "standing" | "leaving";
  readonly networkPlugin: NetworkPlugin;
  readonly podCidr?: string;
  readonly routeTableId: string;
  readonly hasTraffic: boolean;
}

export interface PassView extends PassRecord {
  readonly secondsToWritten?: number;
  readonly secondsToHealthy?: number;
}

export interface GatewayRoutesView {
  readonly tableId: string;
  readonly isRunning: boolean;
  readonly lastEqualAt?: string;
  readonly freshnessSeconds?: number;
  readonly headroom?: RouteHeadroom;
  readonly findings: readonly Omit<StandingFinding, "graceSeconds" | "openedAt">[];
  readonly held?: HeldChange & { readonly isConfirmed: boolean };
  readonly passes: readonly PassView[];
  readonly counters: RouteCounters;
}

export interface EnvironmentView {
  readonly name: string;
  readonly location: string;
  readonly subscriptionId: string;
  readonly lastTicket: string;
  readonly runningTicket?: string;
  readonly waitingTickets: readonly string[];
  readonly clusters: readonly ClusterStatusView[];
  readonly gatewayRoutes?: GatewayRoutesView;
  readonly egress?: EgressStatusView;
}

/** Undefined: there is no such environment. */
export function environmentView(facts: EnvironmentFacts): EnvironmentView | undefined {
  const { built, holder, queue } = facts.environment;
  if (built === undefined) return undefined;
  const { name, location, subscriptionId } = built.spec;
  const hasRoutes = built.clusters.some(({ cluster }) => pluginManners[cluster.networkPlugin].podRoutes);
  const wasLookedAt = facts.routes !== undefined && facts.routes.counters.passCount > 0;
  return {
    name,
    location,
    subscriptionId,
    lastTicket: built.ticketNumber,
    ...(holder === undefined ? {} : { runningTicket: holder.ticketNumber }),
    waitingTickets: queue.map(({ ticketNumber }) => ticketNumber),
    clusters: built.clusters.map((cluster) => viewOfCluster(built, cluster, facts.leaving)),
    ...(hasRoutes || wasLookedAt ? { gatewayRoutes: viewOfRoutes(built, facts) } : {}),
    ...(facts.egress === undefined ? {} : { egress: egressStatus(facts.egress, facts.nowEpochMs) }),
  };
}

/** An environment in the list of all. */
export interface EnvironmentSummary extends Pick<EnvironmentView, "name" | "location" | "runningTicket"> {
  readonly clusters: readonly string[];
  readonly freshnessSeconds?: number;
  readonly openFindingCount: number;
  readonly openCaseCount: number;
}

export function environmentSummary(view: EnvironmentView): EnvironmentSummary {
  const { name, location, runningTicket, clusters, gatewayRoutes, egress } = view;
  const freshness = gatewayRoutes?.freshnessSeconds;
  return {
    name,
    location,
    ...(runningTicket === undefined ? {} : { runningTicket }),
    clusters: clusters.map((cluster) => cluster.name),
    ...(freshness === undefined ? {} : { freshnessSeconds: freshness }),
    openFindingCount: [...(gatewayRoutes?.findings ?? []), ...(egress?.findings ?? [])].filter(({ isOpen }) => isOpen)
      .length,
    openCaseCount: egress?.openCaseCount ?? 0,
  };
}

function viewOfCluster(
  built: BuiltEnvironment,
  { cluster, outputs }: BuiltCluster,
  leaving: readonly string[] = [],
): ClusterStatusView {
  const view = viewOf(built, cluster.name);
  const isLeaving = leaving.some((name) => sameName(name, cluster.name));
  return {
    name: cluster.name,
    resourceId: outputs.clusterId ?? ids.cluster(view),
    state: isLeaving ? "leaving" : outputs.clusterId === undefined ? "building" : "standing",
    networkPlugin: cluster.networkPlugin,
    ...(cluster.podCidr === undefined ? {} : { podCidr: cluster.podCidr }),
    routeTableId: ids.routeTable(view),
    hasTraffic: sameName(built.traffic, cluster.name),
  };
}

function viewOfRoutes(
  built: BuiltEnvironment,
  { routes = emptyRouteSync, nowEpochMs }: EnvironmentFacts,
): GatewayRoutesView {
  const { lastEqualAt, headroom, held, confirmed, running, passes, counters } = routes;
  const freshness = freshnessSeconds(routes, nowEpochMs);
  return {
    tableId: ids.gatewayRouteTable(built.spec),
    isRunning: running !== undefined,
    ...(lastEqualAt === undefined ? {} : { lastEqualAt }),
    ...(freshness === undefined ? {} : { freshnessSeconds: freshness }),
    ...(headroom === undefined ? {} : { headroom }),
    findings: routes.findings
      .toSorted((left, right) => Date.parse(left.since) - Date.parse(right.since))
      .map(({ graceSeconds: _, openedAt: __, ...finding }) => finding),
    ...(held === undefined ? {} : { held: { ...held, isConfirmed: confirmed?.digest === held.digest } }),
    passes: passes.map(viewOfPass),
    counters,
  };
}

/** A pass that nobody gave a hint for begins with itself. */
function viewOfPass(pass: PassRecord): PassView {
  const { hintAt, startedAt, writtenAt, healthyAt } = pass;
  const secondsTo = (end: string): number => (Date.parse(end) - Date.parse(hintAt ?? startedAt)) / 1000;
  return {
    ...pass,
    ...(writtenAt === undefined ? {} : { secondsToWritten: secondsTo(writtenAt) }),
    ...(healthyAt === undefined ? {} : { secondsToHealthy: secondsTo(healthyAt) }),
  };
}
