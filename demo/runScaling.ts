/**
 * The demonstration itself: an operator scales a node pool, and nobody touches a route.
 *
 * On a good day there is nothing to see: the app has copied a node's route before the ingress controller has put its pods
 * into the gateway. So the events of the scale-out are made late, as they are on a bad day of Event Grid.
 */
import * as z from "zod";
import type { DemoScreen } from "./demoScreen.ts";
import { DemoWatch } from "./demoWatch.ts";
import { deployOnNodes } from "./nodeApplications.ts";
import type { Operator } from "./operator.ts";
import type { ScalingView } from "./renderScaling.ts";
import { scalingLines } from "./scalingLines.ts";
import { lookAtScaling, type ScalingLook } from "./scalingLook.ts";
import type { ScalingPlace } from "./scalingPlace.ts";
import { firstRecord, isRight, type ScalingRecord, shortcomings, withLook } from "./scalingRecord.ts";

export interface ScalingEnd {
  readonly record: ScalingRecord;
  readonly joined: readonly string[];
  readonly writes: { readonly inAzure: number; readonly byApp: number };
  readonly elapsedSeconds: number;
  /** What should have been seen and was not. */
  readonly shortcomings: readonly string[];
}

const CONTAINER_SERVICE = "2025-05-01";
const COUNTS = { before: 2, out: 5, in: 3 } as const;

/** The usual sweep, every five minutes. Nodes come three minutes after they were asked for, and their pods two minutes later. */
const SWEEP_SECONDS = 300;
const GOOD_MOMENT = { fromSeconds: 150, toSeconds: 200 } as const;

function isBetweenSweeps(epochMs: number): boolean {
  const phaseSeconds = (epochMs / 1000) % SWEEP_SECONDS;
  return phaseSeconds >= GOOD_MOMENT.fromSeconds && phaseSeconds <= GOOD_MOMENT.toSeconds;
}

const pool = z.object({ properties: z.looseObject({ count: z.number() }) });
const requestLog = z.object({
  requests: z.array(z.object({ method: z.string(), path: z.string(), status: z.number() })),
});
const faults = z.object({ scripts: z.array(z.unknown()), random: z.record(z.string(), z.unknown()).nullable() });

export interface ScalingOptions {
  readonly operator: Operator;
  readonly place: ScalingPlace;
  readonly screen: DemoScreen<ScalingView>;
  /** The app sweeps as often as usual: it scales when a sweep is not about to heal what a late event leaves. */
  readonly sweeps: boolean;
  /** Ends it from outside. */
  readonly signal: AbortSignal;
}

export async function runScaling({ operator, place, screen, sweeps, signal }: ScalingOptions): Promise<ScalingEnd> {
  const deployed = new Set<string>();
  const requestsBefore = (await requests(operator)).length;
  const first = await lookAtScaling(operator, place, deployed);
  const writesBefore = writesOfApp(first);
  const watch = new DemoWatch<ScalingLook, ScalingRecord>({
    first,
    firstSeen: firstRecord(first),
    look: () => lookAtScaling(operator, place, deployed),
    withLook: (record, look) => withLook(record, look, first.atEpochMs),
    linesOf: (before, now) => scalingLines(before, now, first.atEpochMs),
    show: (moment) => screen.show({ ...moment, writesOfApp: writesOfApp(moment.look) - writesBefore }),
    close: () => screen.close(),
    signal,
    pauseMs: 0,
  });
  const deploy = async (nodes: readonly string[]): Promise<void> => {
    await deployOnNodes(operator, place, nodes);
    for (const node of nodes) deployed.add(node);
  };
  watch.headline = "Beforehand: an application on each node, under a host of its own.";
  await scale(operator, place, COUNTS.before);
  const begun = await watch.until("the beginning", ({ nodes }) => nodes.length === COUNTS.before);
  await deploy(begun.nodes.map(({ name }) => name));
  await watch.until("200 from each node", (look) => isRight(look, COUNTS.before));

  if (sweeps) await watch.until("the time between two sweeps", ({ atEpochMs }) => isBetweenSweeps(atEpochMs));
  watch.headline = `The operator scales ${COUNTS.before} → ${COUNTS.out}. Events are late by 5 to 10 minutes, else there were no 502 to see.`;
  const set = faults.parse(await operator.local("GET", "/_local/faults"));
  await operator.local("PUT", "/_local/faults", { ...set, random: { ...set.random, eventLate: 1 } });
  await scale(operator, place, COUNTS.out);
  const grown = await watch.until("the new nodes", ({ nodes }) => nodes.length === COUNTS.out);
  const joined = grown.nodes.map(({ name }) => name).filter((name) => !deployed.has(name));
  await deploy(joined);
  await watch.until("200 from each new node", (look, { syncs }) => {
    return isRight(look, COUNTS.out) && syncs.at(-1)?.healthyAt !== undefined;
  });
  await operator.local("PUT", "/_local/faults", { ...set, random: set.random ?? undefined });

  watch.headline = `The operator scales ${COUNTS.out} → ${COUNTS.in}. Events come at once; the routes that go lead to nodes that are gone.`;
  const syncCount = watch.seen.syncs.length;
  await scale(operator, place, COUNTS.in);
  await watch.until("equal tables", (look, { syncs }) => isRight(look, COUNTS.in) && syncs.length > syncCount);
  screen.close();

  const record = watch.seen;
  const byApp = writesOfApp(record.last) - writesBefore;
  const inAzure = (await requests(operator)).slice(requestsBefore).filter(isWriteOf(place.gatewayTableId)).length;
  const writes = { inAzure, byApp };
  const { elapsedSeconds } = watch;
  return { record, joined, writes, elapsedSeconds, shortcomings: shortcomings(record, joined, writes) };
}

/** The operator's own request: the agent pool as it is, with another count. Nothing is sent when it has that count. */
async function scale(operator: Operator, { poolId }: ScalingPlace, count: number): Promise<void> {
  const { properties } = pool.parse(await operator.arm("GET", poolId, CONTAINER_SERVICE));
  if (properties.count === count) return;
  await operator.arm("PUT", poolId, CONTAINER_SERVICE, { properties: { ...properties, count } });
}

function writesOfApp({ environment }: ScalingLook): number {
  return environment.gatewayRoutes?.counters.writeCount ?? 0;
}

async function requests(operator: Operator) {
  return requestLog.parse(await operator.local("GET", "/_local/requests")).requests;
}

const isWriteOf =
  (tableId: string) =>
  ({ method, path, status }: { readonly method: string; readonly path: string; readonly status: number }): boolean =>
    method !== "GET" && status >= 200 && status < 300 && path.toLowerCase().startsWith(tableId.toLowerCase());
