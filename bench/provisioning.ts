import { durationText } from "../src/cli/durationText.ts";
import type { TicketStatus } from "../src/contracts/ticketStatus.ts";
import { seedTicket } from "../test/harness/tickets.ts";
import { openWorld, type World } from "../test/harness/world.ts";
import { printRows } from "./printRows.ts";

const LONGEST_SHARE_OF_CRITICAL_PATH = 1.05;

interface Run {
  readonly status: TicketStatus;
  /** In this machine's time. */
  readonly realSeconds: number;
}

/**
 * How long the seed's environment takes in Azure time, with the durations of the local Azure, beside the plan's critical
 * path and beside a script that does one step after another; and what the second run costs. False when the operation is
 * more than 5 % longer than its critical path, or the second run writes.
 */
export async function benchProvisioning(): Promise<boolean> {
  const world = await openWorld();
  const first = await carriedOut(world, "BENCH-1");
  const second = await carriedOut(world, "BENCH-2");
  await world.close();
  const { status } = first;
  const makespanSeconds = status.makespanSeconds ?? Number.NaN;
  const share = makespanSeconds / status.criticalPathSeconds;
  printRows("The seed's environment", [
    ["steps", `${status.steps.length} in ${new Set(status.steps.map((step) => step.lane)).size} lanes`],
    [
      "outcome",
      `${status.state}, ${status.verification.filter((one) => one.ok).length} of ${status.verification.length} verified`,
    ],
    ["operation", `${durationText(makespanSeconds)} (${makespanSeconds.toFixed(1)} s)`],
    ["critical path", `${durationText(status.criticalPathSeconds)} (${status.criticalPathSeconds.toFixed(1)} s)`],
    ["operation / critical path", `${(share * 100).toFixed(1)} %, at most ${LONGEST_SHARE_OF_CRITICAL_PATH * 100} %`],
    [
      "one after another",
      `${durationText(status.sequentialSeconds)} (${(status.sequentialSeconds / makespanSeconds).toFixed(2)} × the operation)`,
    ],
    ["ARM", `${status.azure.writes} writes, ${status.azure.reads} reads, ${status.azure.failures} refused`],
    ["second run", `${second.status.state}, ${second.status.azure.writes} writes, ${second.status.azure.reads} reads`],
    ["real time", `${first.realSeconds.toFixed(1)} s and ${second.realSeconds.toFixed(1)} s`],
  ]);
  return status.state === "succeeded" && share <= LONGEST_SHARE_OF_CRITICAL_PATH && second.status.azure.writes === 0;
}

async function carriedOut(world: World, number: string): Promise<Run> {
  const startedAt = performance.now();
  const answer = await world.submit(seedTicket(number));
  if (answer.status !== 202) throw new Error(`The ticket was answered with ${answer.status}: ${await answer.text()}`);
  const status = await world.ended(number);
  return { status, realSeconds: (performance.now() - startedAt) / 1000 };
}
