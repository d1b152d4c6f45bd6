/**
 * A race that must end equal, whatever its seed: two kubenet clusters scale at once, their ingress controllers write the
 * gateway, somebody writes routes of his own between the app's reads and its writes, Azure refuses and loses the app's
 * requests, Event Grid loses, repeats and shuffles its events.
 */
import assert from "node:assert/strict";
import type { RandomFaultCounts } from "../../local/azure/localAzure.ts";
import { contextOf, sampleManifests } from "../azure/kubernetesSample.ts";
import { SeededRandom } from "../domain/seededRandom.ts";
import { sampleTicket } from "../harness/clusterTickets.ts";
import { sampleTicket as provisionTicket } from "../harness/tickets.ts";
import { type ForeignRoute, type ForeignWriter, startForeignWriter } from "./foreignWriter.ts";
import { ENVIRONMENT, openRouteLab, type RouteLab } from "./routeLab.ts";

const second = { name: "secureaks2", networkPlugin: "kubenet", podCidr: "10.245.0.0/16" };
const clusters = ["secureaks1", "secureaks2"] as const;

/** Two kubenet clusters behind one gateway. */
export const twoClusters = [
  provisionTicket("kubenet.json", "CHG0001"),
  sampleTicket("addCluster", "CHG0002", { environment: { name: ENVIRONMENT }, cluster: second }),
];

/** Shares of the app's requests, and of the events, that suffer. */
const unpleasant = (seed: number) => ({
  seed,
  throttled: 0.08,
  unavailable: 0.04,
  conflict: 0.15,
  preconditionFailed: 0.1,
  loseAnswer: 0.04,
  reset: 0.02,
  superseded: 0.1,
  eventLate: 0.2,
  eventOvertaken: 0.2,
  eventDuplicated: 0.3,
  eventLost: 0.1,
});

/** A route of somebody else's in the gateway's table. */
const office = { addressPrefix: "192.168.7.0/24", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.0.9" };

/** Seconds between two scalings: most, so that some come into the middle of others. */
const PAUSE_SECONDS_MAX = 400;
/** Longer than AKS's scaling, its route controller, a late event and the sweep after it take together. */
const SETTLED_SECONDS = 1500;
const NODES_MAX = 5;
/** A last foreign write has settled by then, and what it stood in the way of has been looked at again. */
const QUIET_SECONDS = 330;

/** Throws when a seed's race does not end as it must; says in a line what it was. */
export async function routeRace(seed: number): Promise<string> {
  const lab = await openRouteLab({ tickets: twoClusters });
  try {
    await lab.arm("PUT", `${lab.gatewayTable}/routes/office`, { properties: office });
    await lab.seconds(10);
    const { azure } = lab.world;
    azure.setFaults([], { ...unpleasant(seed), principal: azure.app.objectId });
    const writer = startForeignWriter(lab, seed);
    const scalings = await runRace(lab, new SeededRandom(seed)).finally(writer.end);
    const faults = azure.randomFaultCounts;
    azure.setFaults([], {});
    await lab.seconds(QUIET_SECONDS);
    await expectOwnRoutesRight(lab, new Map([["office", office], ...writer.routes]));
    assert.deepEqual(azure.taskFailures, []);
    return `${scalings.join(", ")}; ${lab.gatewayWrites()} writes of the gateway's table; ${suffered(lab, writer, faults)}`;
  } finally {
    await lab.world.close();
  }
}

function suffered({ world: { azure } }: RouteLab, writer: ForeignWriter, faults: RandomFaultCounts): string {
  const overtaken = azure.requests.filter(({ status }) => status === 412).length - (faults.preconditionFailed ?? 0);
  const counts = Object.entries(faults).map(([kind, count]) => `${kind} ${count}`);
  return `${writer.writeCount} foreign writes, ${overtaken} of them faster than the app's; ${counts.join(", ")}`;
}

async function runRace(lab: RouteLab, random: SeededRandom): Promise<readonly string[]> {
  const scalings: string[] = [];
  for (let round = 0; round < 4; round++) {
    const cluster = round < 2 ? clusters[round === 0 ? 0 : 1] : clusters[random.below(2)];
    const count = 1 + random.below(NODES_MAX);
    if (await hasScaled(lab, count, cluster)) scalings.push(`${cluster} to ${count}`);
    if (random.below(2) === 0) await movePods(lab, cluster, 1 + random.below(4));
    // The first two at once, the others whenever it may be.
    if (round > 0) await lab.seconds(random.below(PAUSE_SECONDS_MAX));
  }
  await lab.seconds(SETTLED_SECONDS);
  return scalings;
}

/** An operator is told to come again while his pool is at work; he lets it be. */
async function hasScaled(lab: RouteLab, count: number, cluster: string | undefined): Promise<boolean> {
  try {
    await lab.scale(count, cluster);
    return true;
  } catch (error) {
    assert.match(String(error), /OperationNotAllowed|OperationPreempted|Conflict|InProgress/);
    return false;
  }
}

/** Has the cluster's ingress controller write the gateway, by an application that comes or changes. */
async function movePods(lab: RouteLab, cluster: string | undefined, replicas: number): Promise<void> {
  const command = "kubectl apply --filename m.json";
  const context = contextOf({ "m.json": sampleManifests(`${cluster}.race.example.com`, { replicas }) });
  await lab.arm("POST", `${lab.clusterId(cluster)}/runCommand`, { command, context });
}

async function expectOwnRoutesRight(lab: RouteLab, foreign: ReadonlyMap<string, ForeignRoute>): Promise<void> {
  const { routes } = (await lab.arm("GET", lab.gatewayTable)).body.properties as { readonly routes: readonly Route[] };
  const others = routes.filter(({ name }) => foreign.has(name));
  const seen = new Map(others.map(({ name, properties }) => [name, whatHeSays(properties)]));
  assert.deepEqual(seen, foreign, "a foreign route was touched");
  const own = routes.filter(({ name }) => !foreign.has(name)).map(({ properties }) => inWords(properties));
  const sources = await Promise.all(clusters.map((cluster) => lab.routes(lab.tableOf(cluster))));
  assert.deepEqual(own.sort(), sources.flat().sort(), "the gateway's table is not equal to the clusters'");
  // Azure refuses a table with a default route there (400): none was ever sent.
  const refused = lab.world.writes().filter(({ path, status }) => /-rt$/.test(path) && status === 400);
  assert.deepEqual(refused, [], "a table was written that Azure can not take");
}

interface Route {
  readonly name: string;
  readonly properties: ForeignRoute;
}

function whatHeSays({ addressPrefix, nextHopType, nextHopIpAddress }: ForeignRoute): ForeignRoute {
  return { addressPrefix, nextHopType, nextHopIpAddress };
}

function inWords({ addressPrefix, nextHopIpAddress }: ForeignRoute): string {
  return `${addressPrefix} → ${nextHopIpAddress}`;
}
