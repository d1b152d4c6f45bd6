/** One look at everything that scaling moves: machines, the two tables, what each node's application answers, and the app's own account. */
import * as z from "zod";
import type { EnvironmentStatus } from "../src/contracts/environmentStatus.ts";
import { nodeHost } from "./nodeApplications.ts";
import type { Operator } from "./operator.ts";
import { readEnvironment } from "./readEnvironment.ts";
import type { ScalingPlace } from "./scalingPlace.ts";

export interface ScalingLook {
  readonly atEpochMs: number;
  /** In the order of their names. */
  readonly nodes: readonly NodeLook[];
  /** Routes that lead to pods, as "prefix → next hop", sorted. */
  readonly sourceRoutes: readonly string[];
  readonly gatewayRoutes: readonly string[];
  readonly environment: EnvironmentStatus;
}

export interface NodeLook {
  readonly name: string;
  readonly address: string;
  /** Absent: nothing is deployed on it yet. */
  readonly answer?: NodeAnswer;
}

/** `unreachable`: the gateway knows the pod and does not get to it. */
export type NodeAnswer = "200" | "502 no pod yet" | "502 unreachable" | `other ${number}`;

const NETWORK = "2024-05-01";
const SCALE_SETS = "2024-07-01";
const SCALE_SET_INTERFACES = "2018-10-01";

const listed = z.object({ value: z.array(z.object({ id: z.string() })) });
const machines = z.object({
  value: z.array(
    z.object({ id: z.string(), properties: z.object({ osProfile: z.object({ computerName: z.string() }) }) }),
  ),
});
const cards = z.object({
  value: z.array(
    z.object({
      properties: z.object({
        virtualMachine: z.object({ id: z.string() }),
        ipConfigurations: z.array(z.object({ properties: z.object({ privateIPAddress: z.string() }) })),
      }),
    }),
  ),
});
const routeTable = z.object({
  properties: z.object({
    routes: z.array(
      z.object({ properties: z.object({ addressPrefix: z.string(), nextHopIpAddress: z.string().optional() }) }),
    ),
  }),
});
const stats = z.object({ now: z.iso.datetime() });

export async function lookAtScaling(
  operator: Operator,
  place: ScalingPlace,
  deployed: ReadonlySet<string>,
): Promise<ScalingLook> {
  const nodes = await readNodes(operator, place.nodeGroupId);
  const [time, environment, ...asked] = await Promise.all([
    operator.local("GET", "/_local/stats"),
    readEnvironment(place),
    ...nodes.map(async (node) =>
      deployed.has(node.name) ? { ...node, answer: await answerOf(operator, nodeHost(node.name, place)) } : node,
    ),
  ]);
  const [sourceRoutes, gatewayRoutes] = await Promise.all(
    [place.sourceTableId, place.gatewayTableId].map((id) => readRoutes(operator, id)),
  );
  return {
    atEpochMs: Date.parse(stats.parse(time).now),
    nodes: asked,
    sourceRoutes: sourceRoutes ?? [],
    gatewayRoutes: gatewayRoutes ?? [],
    environment,
  };
}

async function readNodes(operator: Operator, nodeGroupId: string): Promise<readonly NodeLook[]> {
  const list = `${nodeGroupId}/providers/Microsoft.Compute/virtualMachineScaleSets`;
  const scaleSets = listed.parse(await operator.arm("GET", list, SCALE_SETS)).value;
  const found = await Promise.all(scaleSets.map(({ id }) => readMachines(operator, id)));
  return found.flat().sort((left, right) => left.name.localeCompare(right.name));
}

async function readMachines(operator: Operator, scaleSetId: string): Promise<readonly NodeLook[]> {
  const [found, interfaces] = await Promise.all([
    operator.arm("GET", `${scaleSetId}/virtualMachines`, SCALE_SETS).then((json) => machines.parse(json).value),
    operator
      .arm("GET", `${scaleSetId}/networkInterfaces`, SCALE_SET_INTERFACES)
      .then((json) => cards.parse(json).value),
  ]);
  return found.map(({ id, properties }) => {
    const own = interfaces.find((card) => card.properties.virtualMachine.id.toLowerCase() === id.toLowerCase());
    const address = own?.properties.ipConfigurations[0]?.properties.privateIPAddress ?? "";
    return { name: properties.osProfile.computerName, address };
  });
}

async function readRoutes(operator: Operator, tableId: string): Promise<readonly string[]> {
  const { routes } = routeTable.parse(await operator.arm("GET", tableId, NETWORK)).properties;
  return routes
    .map(({ properties }) => properties)
    .filter(({ addressPrefix }) => addressPrefix !== "0.0.0.0/0")
    .map(({ addressPrefix, nextHopIpAddress }) => `${addressPrefix} → ${nextHopIpAddress ?? ""}`)
    .sort();
}

async function answerOf(operator: Operator, host: string): Promise<NodeAnswer> {
  const { status, reason } = await operator.ask(host, "/ping");
  if (status === 200) return "200";
  // Before the ingress controller has written the gateway there is no listener for the host (404) or no server behind it.
  if (status === 404 || (status === 502 && reason.endsWith("it is empty"))) return "502 no pod yet";
  return status === 502 ? "502 unreachable" : `other ${status}`;
}
