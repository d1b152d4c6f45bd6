import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";

/** The instant at which the first failure was known. */
export function firstFailureEpochMs(status: TicketStatus): number {
  return Math.min(
    ...status.steps.filter((step) => step.state === "failed").map((step) => Date.parse(step.finishedAt ?? "")),
  );
}
