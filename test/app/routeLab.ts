import * as z from "zod";
import { type EnvironmentStatus, environmentStatus } from "../../src/contracts/environmentStatus.ts";
import type { GatewayRoutesState } from "../../src/entities/gatewayRoutes.ts";
import { type ArmResponse, armRequest } from "../harness/armRequest.ts";
import { sampleTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World, type WorldOptions } from "../harness/world.ts";

export const ENVIRONMENT = "kubenet";

/** The shipped kubenet sample as it stands, and eyes and hands on its routes. */
export interface RouteLab {
  readonly world: World;
  /** ARM id of the gateway's route table, and of that of a cluster. */
  readonly gatewayTable: string;
  tableOf(cluster?: string): string;
  clusterId(cluster?: string): string;
  /** As an operator would: a PUT of the agent pool with another count. */
  scale(count: number, cluster?: string): Promise<void>;
  /** AKS's known fault: from now on its writes of the table are lost, and it takes them for done. */
  loseAksWrites(): void;
  /** Routes of a table that lead to pods, as "prefix → next hop", sorted. */
  routes(table: string): Promise<readonly string[]>;
  arm(method: string, path: string, body?: unknown): Promise<ArmResponse>;
  /** Writes of the gateway's table by the app that Azure took. */
  gatewayWrites(): number;
  state(key?: string): Promise<GatewayRoutesState>;
  /** `GET /api/environments/kubenet`, checked against its contract. */
  status(): Promise<EnvironmentStatus>;
  seconds(seconds: number): Promise<void>;
  /** Waits for so many Azure seconds while somebody else lets time pass. */
  pause(seconds: number): Promise<void>;
  /** Lets time pass until the condition is so, and stops in the middle of whatever runs then; ten minutes at most. */
  until(isReached: () => boolean): Promise<void>;
  /** An event of ARM's about an operation, in Event Grid's own schema. */
  event(operationName: string, resourceId: string): Readonly<Record<string, unknown>>;
  /** Posts an event at the app's door for Event Grid, as one delivery. */
  deliver(event: unknown): Promise<number>;
}

export interface RouteLabOptions extends WorldOptions {
  readonly tickets?: readonly ReturnType<typeof sampleTicket>[];
  /** False: its event subscriptions are taken away, and no event is ever delivered. */
  readonly events?: boolean;
}

/** By then a subscription that is deleted is gone. */
const GONE_SECONDS = 10;
const PATIENCE_SECONDS = 600;

export async function openRouteLab({ tickets, events = true, ...options }: RouteLabOptions = {}): Promise<RouteLab> {
  const world = await openStandingWorld(tickets ?? [sampleTicket("kubenet.json", "CHG0001")], options);
  const lab = routeLab(world);
  if (!events) await unsubscribe(lab);
  return lab;
}

function routeLab(world: World): RouteLab {
  const { azure, clock } = world;
  const inGroup = (group: string, rest: string) =>
    `/subscriptions/${azure.subscriptionId}/resourceGroups/${group}/providers/${rest}`;
  const gatewayTable = inGroup("kubenetappgw", "Microsoft.Network/routeTables/dzk8sappgw1-rt");
  const arm: RouteLab["arm"] = async (method, path, body) => {
    const answer = await armRequest(azure, method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const lab: RouteLab = {
    world,
    gatewayTable,
    arm,
    tableOf: (cluster = "secureaks1") => inGroup("kubenetvnets", `Microsoft.Network/routeTables/${cluster}-rt`),
    clusterId: (cluster = "secureaks1") =>
      inGroup("kubenetk8s", `Microsoft.ContainerService/managedClusters/${cluster}`),
    async scale(count, cluster) {
      const [pool] = (await arm("GET", `${lab.clusterId(cluster)}/agentPools`)).body.value;
      await arm("PUT", pool.id, { properties: { ...pool.properties, count } });
    },
    loseAksWrites() {
      const answer = { status: 429, code: "TooManyRequests", message: "The request is being throttled." };
      azure.setFaults([{ match: { path: "secureaks1-rt" }, when: "aks.routeTableWrite", answer, times: 1000 }]);
    },
    async routes(table) {
      const { routes } = (await arm("GET", table)).body.properties;
      return routes
        .map(({ properties }: Route) => `${properties.addressPrefix} → ${properties.nextHopIpAddress}`)
        .filter((route: string) => !route.startsWith("0.0.0.0/0"))
        .sort();
    },
    gatewayWrites: () =>
      world
        .writes()
        .filter(
          ({ path, status }) => path.toLowerCase() === gatewayTable.toLowerCase() && status >= 200 && status < 300,
        ).length,
    async state(key = ENVIRONMENT) {
      const answer = await fetch(`${world.url()}/runtime/webhooks/durabletask/entities/gatewayRoutes/${key}`);
      return (await answer.json()) as GatewayRoutesState;
    },
    async status() {
      const answer = await fetch(`${world.url()}/api/environments/${ENVIRONMENT}`);
      return z.parse(environmentStatus, await answer.json());
    },
    seconds: (seconds) => clock.advance(seconds * 1000),
    pause: (seconds) => new Promise((resolve) => clock.at(clock.now() + seconds * 1000, resolve)),
    async until(isReached) {
      const endEpochMs = clock.now() + PATIENCE_SECONDS * 1000;
      const reached = (async () => {
        while (!isReached() && clock.now() < endEpochMs) await new Promise(setImmediate);
      })();
      await clock.runUntil(reached);
      if (!isReached()) throw new Error(`It was not reached within ${PATIENCE_SECONDS} s.`);
    },
    event: (operationName, resourceId) => ({
      id: `${operationName} ${resourceId}`,
      topic: resourceId.slice(0, resourceId.indexOf("/providers/")),
      subject: resourceId,
      eventType: "Microsoft.Resources.ResourceWriteSuccess",
      eventTime: new Date(clock.now()).toISOString(),
      dataVersion: "2",
      metadataVersion: "1",
      data: {
        operationName,
        resourceUri: resourceId,
        subscriptionId: resourceId.split("/")[2],
        status: "Succeeded",
        claims: { appid: azure.operator.appId },
      },
    }),
    async deliver(event) {
      const path = "/runtime/webhooks/eventgrid?functionName=routeEvents";
      return (await world.post(path, event, { "aeg-event-type": "Notification" })).status;
    },
  };
  return lab;
}

interface Route {
  readonly properties: { readonly addressPrefix: string; readonly nextHopIpAddress: string };
}

/** Takes away what tells the app of writes; the sweep and what a test delivers are left. */
async function unsubscribe({ world, arm, seconds }: RouteLab): Promise<void> {
  const subscription = `/subscriptions/${world.azure.subscriptionId}`;
  const { value: topics } = (await arm("GET", `${subscription}/providers/Microsoft.EventGrid/systemTopics`)).body;
  for (const { id } of topics) {
    for (const { id: each } of (await arm("GET", `${id}/eventSubscriptions`)).body.value) await arm("DELETE", each);
  }
  await seconds(GONE_SECONDS);
}
