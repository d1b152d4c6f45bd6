import type { JsonObject } from "../../src/domain/json.ts";
import { judgeRoutes, type RouteJudgement } from "../../src/domain/judgeRoutes.ts";
import type { ClusterTruths, RouteTruths } from "../../src/domain/routeTruths.ts";
import { armTable, clusterOf, node, nowEpochMs, orderlyWorld, routesTo, tableId } from "./routeWorld.ts";

export const nodes = [node(0, 0), node(0, 1), node(0, 2)];

/** Their routes in the cluster's own table and in the gateway's. */
export const inTable = routesTo(nodes, 0);
export const atGateway = routesTo(nodes, 0, "aks0");

/** What is said of one cluster of three nodes, with what a test wants otherwise. */
export function judged(
  more: Partial<ClusterTruths>,
  table: Partial<RouteTruths> = {},
  confirmed?: string,
): RouteJudgement {
  const clusters = [{ ...clusterOf("aks0", 0, nodes), ...more }];
  const truths = { ...orderlyWorld(3), clusters, ...table };
  return judgeRoutes(truths, { nowEpochMs, ...(confirmed === undefined ? {} : { confirmed }) });
}

/** The cluster's own table with these routes. */
export const source = (routes: readonly JsonObject[]): Pick<ClusterTruths, "sourceTable"> => ({
  sourceTable: { id: tableId("aks0-rt"), body: armTable(routes) },
});

export const codes = ({ findings }: RouteJudgement): readonly string[] => findings.map(({ code }) => code);
