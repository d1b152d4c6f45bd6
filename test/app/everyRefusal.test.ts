import { afterEach, describe, expect, it } from "vitest";
import type { FaultMatch } from "../../local/azure/core/faultScript.ts";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import { firstFailureEpochMs } from "../harness/firstFailure.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

const refusal = { status: 400, code: "InvalidParameter", message: "Azure does not want this." };

/** They read what other steps read, too, or ask the internet. */
const notDecidedByOneRequest = ["verifyDefaultRoute", "verifyIngress"];

/** The request that each step makes to Azure and that decides it. Ids of role assignments hang on the identities' ids. */
function decidingRequests(built: TicketStatus): readonly (readonly [string, FaultMatch, number])[] {
  const puts = built.steps.flatMap(({ id, kind, resourceId }) => {
    const path = resourceId?.replace(/roleAssignments\/.*$/, "roleAssignments/");
    return kind === "resource" && path !== undefined
      ? ([[id, { method: "PUT", path: `${path}${path.endsWith("/") ? "" : "$"}` }, 0]] as const)
      : [];
  });
  const command = { method: "POST", path: "/runCommand$" };
  return [
    ...puts,
    ["kubernetesVersion", { method: "GET", path: "/kubernetesVersions$" }, 0],
    ["ingressController", command, 0],
    ["ingressController", command, 1],
    ["application", command, 4],
    ["verifyIngressController", command, 7],
    ["verifyEgressAllowed", command, 8],
    ["verifyEgressRefused", command, 12],
    ["verifyBackendHealth", { method: "POST", path: "/backendhealth$" }, 0],
  ];
}

describe("a step that Azure refuses", () => {
  it("ends the ticket, whichever step it is: what was begun is followed to its end, no write comes after, no lane waits on", async () => {
    world = await openWorld();
    await world.submit(seedTicket("CHG0001"));
    const built = await world.ended("CHG0001");
    const requests = decidingRequests(built);
    expect([...new Set(requests.map(([id]) => id))].sort()).toEqual(
      built.steps
        .map(({ id }) => id)
        .filter((id) => !notDecidedByOneRequest.includes(id))
        .sort(),
    );
    for (const [stepId, match, after] of requests) {
      await world.close();
      world = await openWorld({ faults: [{ match, when: "begin", answer: refusal, after }] });
      await world.submit(seedTicket("CHG0001"));
      const end = await world.ended("CHG0001");
      const about = `${stepId} refused`;
      expect(end.failure, about).toMatchObject({ stepId, code: refusal.code });
      expect(end.makespanSeconds, about).toBeLessThan(end.criticalPathSeconds);
      expect(
        world.writes().filter((write) => write.atEpochMs > firstFailureEpochMs(end)),
        about,
      ).toEqual([]);
      expect(
        end.steps.filter(({ state }) => state === "running" || state === "waiting"),
        about,
      ).toEqual([]);
      expect(
        end.steps.filter(({ state, writes }) => state === "skipped" && writes > 0),
        about,
      ).toEqual([]);
    }
  }, 240_000);
});
