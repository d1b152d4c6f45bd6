import * as z from "zod";
import type { NodePlace } from "./nodeApplications.ts";
import type { Operator } from "./operator.ts";
import { readEnvironment } from "./readEnvironment.ts";

/** Where the demonstration looks. */
export interface ScalingPlace extends NodePlace {
  readonly appUrl: string;
  readonly environment: string;
  readonly poolId: string;
  readonly nodeGroupId: string;
  readonly sourceTableId: string;
  readonly gatewayTableId: string;
}

const API_VERSION_CLUSTERS = "2025-05-01";

const ticketOutputs = z.object({ outputs: z.object({ ingressHost: z.string() }) });
const managedCluster = z.object({
  properties: z.object({
    nodeResourceGroup: z.string(),
    agentPoolProfiles: z.array(z.object({ name: z.string() })),
  }),
});

/** Everything that is to be looked at, from what the app and Azure say of the environment. */
export async function scalingPlace(operator: Operator, appUrl: string, environment: string): Promise<ScalingPlace> {
  const { clusters, gatewayRoutes, lastTicket, subscriptionId } = await readEnvironment({ appUrl, environment });
  const cluster = clusters.find(({ networkPlugin }) => networkPlugin === "kubenet");
  if (cluster === undefined || gatewayRoutes === undefined)
    throw new Error(`No cluster of ${environment} has kubenet: there are no routes to show.`);
  const ticket = await fetch(`${appUrl}/api/tickets/${lastTicket}`);
  const { ingressHost } = ticketOutputs.parse(await ticket.json()).outputs;
  const answer = await operator.arm("GET", cluster.resourceId, API_VERSION_CLUSTERS);
  const { nodeResourceGroup, agentPoolProfiles } = managedCluster.parse(answer).properties;
  return {
    appUrl,
    environment,
    clusterId: cluster.resourceId,
    poolId: `${cluster.resourceId}/agentPools/${agentPoolProfiles[0]?.name ?? ""}`,
    nodeGroupId: `/subscriptions/${subscriptionId}/resourceGroups/${nodeResourceGroup}`,
    sourceTableId: cluster.routeTableId,
    gatewayTableId: gatewayRoutes.tableId,
    application: "dummy-logger",
    gatewayHost: ingressHost,
  };
}
