import { afterEach, describe, expect, it } from "vitest";
import type { FaultMatch } from "../../local/azure/core/faultScript.ts";
import type { RecordedRequest } from "../../local/azure/localAzure.ts";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, openWorld, type World } from "../harness/world.ts";
import { writtenTwice } from "../harness/writtenTwice.ts";

let world: World;
afterEach(() => world.close());

/** The request that decides a step, and how many like it come before. */
interface Deciding {
  readonly stepId: string;
  readonly match: FaultMatch;
  readonly after?: number;
}

const answer = { status: 400, code: "InvalidParameter", message: "Azure does not want this." };
const refuse = ({ match, after = 0 }: Deciding) => ({ match, when: "begin", answer, after });

/** They read what other steps read, too, or ask the internet. */
const notDecidedByOneRequest = ["verifyDefaultRoute", "verifyIngress"];

/** Reached by retries, as what runs in the cluster is, because a world for each would take long. */
const late = ["defaultRoute", "cluster"];

/** In the order in which the plan comes to them; `after` counts the commands that look at what stands already. */
const inTheCluster: readonly Deciding[] = [
  { stepId: "ingressController", match: command(), after: 0 },
  { stepId: "ingressController", match: command(), after: 1 },
  { stepId: "application", match: command(), after: 3 },
  { stepId: "verifyBackendHealth", match: { method: "POST", path: "/backendhealth$" } },
  { stepId: "verifyIngressController", match: command(), after: 4 },
  { stepId: "verifyEgressAllowed", match: command(), after: 5 },
  { stepId: "verifyEgressRefused", match: command(), after: 9 },
];

function command(): FaultMatch {
  return { method: "POST", path: "/runCommand$" };
}

/** The write of each resource. Ids of role assignments hang on the identities' ids, which differ from world to world. */
function writesOf(built: TicketStatus): readonly Deciding[] {
  return built.steps.flatMap(({ id, kind, resourceId }) => {
    if (kind !== "resource" || resourceId === undefined) return [];
    const path = resourceId.replace(/(roleAssignments)\/.*$/, "$1/[^/]+");
    return [{ stepId: id, match: { method: "PUT", path: `${path}$` } }];
  });
}

function expectStopped(end: TicketStatus, stepId: string, writes: readonly RecordedRequest[]): void {
  const about = `${stepId} refused`;
  expect(end.failure, about).toMatchObject({ stepId, code: answer.code });
  expect(end.makespanSeconds, about).toBeLessThan(end.criticalPathSeconds);
  const knownEpochMs = Date.parse(end.steps.find(({ id }) => id === stepId)?.finishedAt ?? "");
  expect(
    writes.filter(({ atEpochMs }) => atEpochMs > knownEpochMs),
    about,
  ).toEqual([]);
  expect(
    end.steps.filter(({ state }) => state === "running" || state === "waiting"),
    about,
  ).toEqual([]);
  expect(
    end.steps.filter(({ state, writes: count }) => state === "skipped" && count > 0),
    about,
  ).toEqual([]);
}

/** The first of the steps that write the same type of resource: the others would meet the same. */
function oneOfEachKind(refusals: readonly Deciding[]): readonly Deciding[] {
  const kindOf = ({ match }: Deciding): string => /.*\/([A-Za-z]+)\/[^/]+\$$/.exec(match.path ?? "")?.[1] ?? "";
  return [...new Map(refusals.toReversed().map((each) => [kindOf(each), each])).values()].toReversed();
}

/** Runs one ticket into each refusal in turn, and gives back those whose step was done before its turn came. */
async function refusedOneAfterTheOther(refusals: readonly Deciding[]): Promise<readonly Deciding[]> {
  await world.close();
  world = await openWorld();
  const passedOver: Deciding[] = [];
  let isAccepted = false;
  for (const each of refusals) {
    const steps = isAccepted ? (await world.status("CHG0001")).steps : [];
    if (steps.some(({ id, state }) => id === each.stepId && (state === "done" || state === "unchanged"))) {
      passedOver.push(each);
      continue;
    }
    world.azure.setFaults([refuse(each)]);
    if (isAccepted) await world.post("/api/tickets/CHG0001/retry");
    else await world.submit(seedTicket("CHG0001"));
    isAccepted = true;
    expectStopped(await world.ended("CHG0001"), each.stepId, world.writes());
  }
  return passedOver;
}

describe("a step that Azure refuses", () => {
  it("ends the ticket, whichever step it is: what was begun is followed to its end, no write comes after, no lane waits on", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const built = await world.status("CHG0001");
    const lookup = { stepId: "kubernetesVersion", match: { method: "GET", path: "/kubernetesVersions$" } };
    const deciding = [...writesOf(built), lookup];
    const covered = [...deciding, ...inTheCluster].map(({ stepId }) => stepId);
    expect(built.steps.map(({ id }) => id).filter((id) => !covered.includes(id))).toEqual(notDecidedByOneRequest);
    let open = oneOfEachKind(deciding.filter(({ stepId }) => !late.includes(stepId)));
    expect(open.length).toBeGreaterThan(12);
    // One ticket meets as many refusals as it can, a retry after each; what it got done meanwhile is met by a next one.
    while (open.length > 0) {
      const before = open.length;
      open = await refusedOneAfterTheOther(open);
      expect(open.length).toBeLessThan(before);
    }
  }, 180_000);

  it("is where a retry goes on, one late step after the other, and nothing is written twice", async () => {
    world = await openStandingWorld([seedTicket("CHG0001")]);
    const writes = writesOf(await world.status("CHG0001")).filter(({ stepId }) => late.includes(stepId));
    await world.close();
    const refusals = [...writes, ...inTheCluster];
    expect(writes.map(({ stepId }) => stepId).sort()).toEqual([...late].sort());
    world = await openWorld({ faults: refusals.slice(0, 1).map(refuse) });
    await world.submit(seedTicket("CHG0001"));
    for (const [index, { stepId }] of refusals.entries()) {
      expectStopped(await world.ended("CHG0001"), stepId, world.writes());
      world.azure.setFaults(refusals.slice(index + 1, index + 2).map(refuse));
      expect((await world.post("/api/tickets/CHG0001/retry")).status).toBe(202);
    }
    expect(await world.ended("CHG0001")).toMatchObject({ state: "succeeded", attempt: refusals.length + 1 });
    expect(writtenTwice(world)).toEqual([]);
  }, 120_000);
});
