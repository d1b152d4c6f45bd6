/**
 * What a cluster with kubenet needs beyond any other: the gateway's own route table, which is on its subnet before the
 * gateway and the ingress controller are there, and the pod routes in it as soon as AKS has written them.
 */
import type { ClusterSpec, EnvironmentSpec, GatewaySpec } from "./environmentSpec.ts";
import { pluginManners } from "./networkPlugin.ts";
import { resource, step } from "./planSteps.ts";
import type { Step } from "./step.ts";

const LANE = "gateway routes";

/** The gateway's table and its routes; none where pods are reached without. */
export function gatewayRouteSteps({ gateway, cluster }: EnvironmentSpec): readonly Step[] {
  if (!pluginManners[cluster.networkPlugin].podRoutes) return [];
  return [
    resource({
      id: "gatewayRouteTable",
      title: `Route table ${gateway.routeTableName}`,
      lane: LANE,
      duration: "routeTable",
      needs: ["gatewayGroup"],
    }),
    step({
      id: "gatewayRoutes",
      title: `Pod routes of ${cluster.routeTableName} in ${gateway.routeTableName}`,
      lane: LANE,
      kind: "sync",
      duration: "gatewayRoutes",
      needs: ["cluster", "gatewaySubnet"],
    }),
  ];
}

/** V-6: the gateway's table is what it should be. */
export function gatewayRoutesProof(gateway: GatewaySpec, cluster: ClusterSpec): Step {
  return step({
    id: "verifyGatewayRoutes",
    title: `Proof: ${gateway.routeTableName} holds every pod route of ${cluster.routeTableName}`,
    lane: "proof of routes",
    kind: "verification",
    duration: "verifyGatewayRoutes",
    needs: ["gatewayRoutes"],
  });
}
