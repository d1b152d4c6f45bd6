/**
 * A burst of events over two clusters with 200 nodes each, whose routes the gateway does not have: what the app does about
 * it, and beside it the seed's way, one PUT for each route. Both on the same local Azure, in its time.
 */
import { durationText } from "../src/cli/durationText.ts";
import type { JsonObject } from "../src/domain/json.ts";
import { judgeRoutes } from "../src/domain/judgeRoutes.ts";
import type { RouteTruths } from "../src/domain/routeTruths.ts";
import { openRouteLab, type RouteLab } from "../test/app/routeLab.ts";
import { twoClusters } from "../test/app/routeRace.ts";
import { SeededRandom } from "../test/domain/seededRandom.ts";
import { burstEvents } from "./burstEvents.ts";
import { printRows } from "./printRows.ts";
import { routeByRoute } from "./routeByRoute.ts";
import { podRoutesOf, type TableRoute, writeGatewayTable } from "./routeTables.ts";

const SEED = 20261123;
const NODES_A_CLUSTER = 200;
const EVENT_COUNT = 500;
const SWEEP_SECONDS = 300;
/** AKS makes the nodes and writes their routes in some bursts. */
const SCALED_SECONDS = 1200;
/** After the last event: its bucket, a look, a write, the look after it. */
const SETTLED_SECONDS = 90;

const clusters = [
  { name: "secureaks1", place: { podCidr: "10.244.0.0/16", nodePrefix: "10.0.5.0/24" } },
  { name: "secureaks2", place: { podCidr: "10.245.0.0/16", nodePrefix: "10.0.6.0/24" } },
] as const;

interface Course {
  readonly reads: number;
  readonly writes: number;
  /** From the first event, or from the beginning, until the table is equal. */
  readonly equalSeconds: number;
  readonly cpuMs: number;
  readonly isEqual: boolean;
}

/** False when it took more than one write, or the tables are not equal. */
export async function benchRouteBurst(): Promise<boolean> {
  const lab = await openRouteLab({ tickets: twoClusters, events: false });
  for (const { name } of clusters) await lab.scale(NODES_A_CLUSTER, name);
  await lab.seconds(SCALED_SECONDS);
  const full = await podRoutesOf(lab, lab.gatewayTable);
  const start = clusters.flatMap(({ name }) => full.filter((route) => route.name.startsWith(`${name}_`)).slice(0, 2));
  const missing = full.filter((route) => !start.includes(route));

  await writeGatewayTable(lab, start);
  await afterSweep(lab);
  await writeGatewayTable(lab, start);
  const burst = await runBurst(lab);
  await lab.world.close();
  // The app would heal what the other way has not written yet: it is not there any more.
  await writeGatewayTable(lab, start);
  const byRoute = await measured(lab, "operator", () => routeByRoute(lab, missing));
  const judgement = await judgementMs(lab, start);
  print({ burst, byRoute, judgement, missingCount: missing.length });
  return burst.writes === 1 && burst.isEqual && byRoute.isEqual;
}

/** A moment with the next sweep far away, so that what is measured is the events' doing. */
async function afterSweep(lab: RouteLab): Promise<void> {
  const phaseSeconds = (lab.world.clock.now() / 1000) % SWEEP_SECONDS;
  await lab.seconds(SWEEP_SECONDS - phaseSeconds + 45);
}

interface Burst extends Course {
  readonly eventMs: number;
  /** From the last event until all was seen equal after it. */
  readonly seenEqualSeconds: number;
  readonly deliveryCount: number;
}

async function runBurst(lab: RouteLab): Promise<Burst> {
  const { clock } = lab.world;
  const kinds = clusters.flatMap(({ name }) => [
    ["Microsoft.Network/routeTables/write", lab.tableOf(name)] as const,
    ["Microsoft.ContainerService/managedClusters/agentPools/write", `${lab.clusterId(name)}/agentPools/p`] as const,
  ]);
  const random = new SeededRandom(SEED);
  const deliveries = burstEvents({ kinds, eventCount: EVENT_COUNT, random, event: lab.event });
  const beginEpochMs = clock.now();
  let eventMs = 0;
  let lastEpochMs = beginEpochMs;
  let equalEpochMs: number | undefined;
  const course = await measured(lab, "app", async () => {
    for (const { event, atSeconds } of deliveries) {
      const waitMs = beginEpochMs + atSeconds * 1000 - clock.now();
      if (waitMs > 0) {
        await clock.advance(waitMs);
        if (equalEpochMs === undefined && (await isEqual(lab))) equalEpochMs = clock.now();
      }
      const startedAt = performance.now();
      const status = await lab.deliver(event);
      eventMs += performance.now() - startedAt;
      if (status !== 202) throw new Error(`An event was answered with ${status}.`);
    }
    lastEpochMs = clock.now();
    await seenEqualAfter(lab, lastEpochMs);
  });
  return {
    ...course,
    equalSeconds: ((equalEpochMs ?? Number.NaN) - beginEpochMs) / 1000,
    seenEqualSeconds: (clock.now() - lastEpochMs) / 1000,
    eventMs,
    deliveryCount: deliveries.length,
  };
}

/** Lets time pass until the app has seen nodes and tables equal after that instant. */
async function seenEqualAfter(lab: RouteLab, epochMs: number): Promise<void> {
  for (let seconds = 0; seconds < SETTLED_SECONDS; seconds++) {
    const { lastEqualAt } = await lab.state();
    if (lastEqualAt !== undefined && Date.parse(lastEqualAt) >= epochMs) return;
    await lab.seconds(1);
  }
  throw new Error(`${SETTLED_SECONDS} s after the last event the app has not seen the tables equal.`);
}

async function isEqual(lab: RouteLab): Promise<boolean> {
  const sources = await Promise.all(clusters.map(({ name }) => lab.routes(lab.tableOf(name))));
  const gateway = await lab.routes(lab.gatewayTable);
  return gateway.join() === sources.flat().sort().join() && gateway.length === clusters.length * NODES_A_CLUSTER;
}

async function measured(lab: RouteLab, who: "app" | "operator", work: () => Promise<void>): Promise<Course> {
  const { azure, clock } = lab.world;
  const { objectId } = azure[who];
  const before = azure.requests.length;
  const beginEpochMs = clock.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const own = azure.requests.slice(before).filter(({ principal }) => principal === objectId);
  const equalSeconds = (clock.now() - beginEpochMs) / 1000;
  // The backends' health is asked for with a POST.
  const isWrite = ({ method }: { readonly method: string }): boolean => ["PUT", "PATCH", "DELETE"].includes(method);
  return {
    reads: own.filter((request) => !isWrite(request)).length,
    writes: own.filter(isWrite).length,
    equalSeconds,
    cpuMs: (user + system) / 1000,
    isEqual: await isEqual(lab),
  };
}

/** How long the decision itself takes, over all nodes, when nearly all routes are missing. */
async function judgementMs(lab: RouteLab, start: readonly TableRoute[]): Promise<number> {
  const body = (json: unknown): JsonObject => json as JsonObject;
  const known = await Promise.all(
    clusters.map(async ({ name, place }) => {
      const source = await podRoutesOf(lab, lab.tableOf(name));
      return {
        cluster: name,
        place,
        sourceTable: { id: lab.tableOf(name), body: body((await lab.arm("GET", lab.tableOf(name))).body) },
        managedCluster: body((await lab.arm("GET", lab.clusterId(name))).body),
        nodes: source.map((route) => ({ name: route.name, address: route.properties.nextHopIpAddress })),
      };
    }),
  );
  const table = (await lab.arm("GET", lab.gatewayTable)).body;
  const gatewayTable = {
    id: lab.gatewayTable,
    body: body({ ...table, properties: { ...table.properties, routes: start } }),
  };
  const gatewaySubnetId: string = table.properties.subnets[0].id;
  const truths: RouteTruths = { gatewayTable, gatewaySubnetId, clusters: known };
  const startedAt = performance.now();
  const { changes } = judgeRoutes(truths, { nowEpochMs: lab.world.clock.now() });
  const milliseconds = performance.now() - startedAt;
  if (changes.added.length !== clusters.length * NODES_A_CLUSTER - start.length)
    throw new Error(`The judgement adds ${changes.added.length} routes.`);
  return milliseconds;
}

interface Printed {
  readonly burst: Burst;
  readonly byRoute: Course;
  readonly judgement: number;
  readonly missingCount: number;
}

function print({ burst, byRoute, judgement, missingCount }: Printed): void {
  const row = (label: string, of: (course: Course) => number, words: (value: number) => string) =>
    [label, words(of(burst)), words(of(byRoute)), `${(of(byRoute) / of(burst)).toFixed(1)} ×`] as const;
  const nodeCount = clusters.length * NODES_A_CLUSTER;
  printRows(
    `${missingCount} of ${nodeCount} routes in ${clusters.length} tables to bring to the gateway; ${burst.deliveryCount} events: ${EVENT_COUNT} of them twice, shuffled, a tenth late (seed ${SEED})`,
    [
      ["", "the app", "a PUT for each route", "ratio"],
      row("ARM writes", ({ writes }) => writes, String),
      row("ARM reads", ({ reads }) => reads, String),
      row("until equal", ({ equalSeconds }) => equalSeconds, durationText),
      row(
        "CPU, with the local Azure's",
        ({ cpuMs }) => cpuMs,
        (ms) => `${ms.toFixed(0)} ms`,
      ),
      ["last event to seen equal", durationText(burst.seenEqualSeconds)],
      ["taking an event in", `${(burst.eventMs / burst.deliveryCount).toFixed(1)} ms, over HTTP`],
      ["judging all nodes", `${judgement.toFixed(1)} ms`],
    ],
  );
}
