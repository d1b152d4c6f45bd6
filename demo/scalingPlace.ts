import { readFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { repositoryDirectory } from "../scripts/build.ts";
import { azureReady, type LocalStack, STACK_FILE } from "../scripts/localStack.ts";
import type { NodePlace } from "./nodeApplications.ts";
import type { Operator } from "./operator.ts";
import { readEnvironment } from "./scalingLook.ts";

/** An app and the Azure that it is in. */
export interface Stack {
  readonly appUrl: string;
  readonly azure: LocalStack["azure"];
}

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

const stackFile = z.object({ app: z.string(), azure: azureReady });
const ticketOutputs = z.object({ outputs: z.object({ ingressHost: z.string() }) });
const managedCluster = z.object({
  properties: z.object({
    nodeResourceGroup: z.string(),
    agentPoolProfiles: z.array(z.object({ name: z.string() })),
  }),
});

/** The stack of `npm run start`, as it has written itself down. */
export async function startedStack(target: string): Promise<Stack> {
  const file = path.join(repositoryDirectory, ".portcullis", STACK_FILE);
  const text = await readFile(file, "utf8").catch(() => {
    throw new Error(`--target is for the app of npm run start, which is not up in this directory: no ${file}.`);
  });
  const { app, azure } = stackFile.parse(JSON.parse(text));
  if (new URL(target).origin !== new URL(app).origin)
    throw new Error(`npm run start has started ${app} in this directory, and --target is ${target}.`);
  return { appUrl: app, azure };
}

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
