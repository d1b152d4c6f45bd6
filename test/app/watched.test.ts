/** What somebody sees who looks at a ticket again and again. */
import { afterEach, describe, expect, it } from "vitest";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openWorld, type World } from "../harness/world.ts";

let world: World;
afterEach(() => world.close());

const ticketOrder = ["queued", "running", "stopping", "succeeded", "failed", "cancelled"];
const stepOrder = ["waiting", "running", "done", "unchanged", "failed", "skipped"];

/** Looks every few Azure-seconds until the ticket has ended. */
async function watched(number: string): Promise<readonly TicketStatus[]> {
  const looks: TicketStatus[] = [];
  await world.until(number, (status) => {
    looks.push(status);
    return ["succeeded", "failed", "cancelled"].includes(status.state);
  });
  return looks;
}

function expectOnlyForward(looks: readonly TicketStatus[]): void {
  for (const [index, look] of looks.entries()) {
    const before = looks[index - 1];
    if (before === undefined) continue;
    const about = `${before.state} ${before.progressPercent} % → ${look.state} ${look.progressPercent} %`;
    expect(look.progressPercent, about).toBeGreaterThanOrEqual(before.progressPercent);
    expect(look.elapsedSeconds, about).toBeGreaterThanOrEqual(before.elapsedSeconds);
    expect(ticketOrder.indexOf(look.state), about).toBeGreaterThanOrEqual(ticketOrder.indexOf(before.state));
    for (const [position, step] of look.steps.entries()) {
      const earlier = before.steps[position];
      const what = `${step.id}: ${earlier?.state} → ${step.state}`;
      expect(stepOrder.indexOf(step.state), what).toBeGreaterThanOrEqual(stepOrder.indexOf(earlier?.state ?? ""));
      expect(step.writes, what).toBeGreaterThanOrEqual(earlier?.writes ?? 0);
    }
    expect(Object.keys(look.outputs)).toEqual(expect.arrayContaining(Object.keys(before.outputs)));
  }
}

describe("a watched ticket", () => {
  it("only goes forward while newer operations cancel its own, and is carried through: seed 4", async () => {
    world = await openWorld({ randomFaults: { seed: 4, principal: "app", superseded: 0.2, throttled: 0.03 } });
    await world.submit(seedTicket("CHG0001"));
    const looks = await watched("CHG0001");
    expectOnlyForward(looks);
    const end = looks.at(-1);
    expect(end?.failure).toBeUndefined();
    expect(end).toMatchObject({ state: "succeeded", progressPercent: 100 });
    // What was superseded is written again only when it is still wrong.
    expect(end?.steps.filter((step) => step.state === "unchanged" && step.writes > 0)).toEqual([]);
    const waits = looks.flatMap((look) => look.steps.map((step) => step.waitingFor ?? ""));
    expect(waits.some((wait) => wait.includes("superseded"))).toBe(true);
    expect(looks.length).toBeGreaterThan(30);
  });

  it("keeps the progress that it had when a long step fails at its end", async () => {
    const answer = { status: 200, code: "AllocationFailed", message: "No capacity in this zone." };
    const match = { method: "PUT", path: "/azureFirewalls/" };
    world = await openWorld({ faults: [{ match, when: "finish", answer }] });
    await world.submit(seedTicket("CHG0001"));
    const looks = await watched("CHG0001");
    expectOnlyForward(looks);
    expect(looks.map((look) => look.state)).toContain("stopping");
    expect(looks.at(-1)?.state).toBe("failed");
  });
});
