import type { TicketStatus } from "../contracts/ticketStatus.ts";
import { type LaneStatus, laneInstanceId, lanesOf, type OperationStatus } from "../domain/operation.ts";
import { operationPlan } from "../domain/operationPlan.ts";
import type { StepGraph } from "../domain/step.ts";
import { ticketView } from "../domain/ticketView.ts";
import type { DurableInstance, DurableInstances } from "../durableInstances.ts";
import type { LaneInput } from "../orchestrators/lane.ts";
import type { OperationInput } from "../orchestrators/operation.ts";

/** Ticket numbers are safe as instance ids; anything else was never accepted and is not asked for. */
const ticketNumber = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;

/** Reads a ticket's state from its operation and its lanes; undefined when there is no such ticket. */
export async function readTicket(
  instances: DurableInstances,
  number: string,
  nowEpochMs: number,
): Promise<TicketStatus | undefined> {
  const instance = ticketNumber.test(number) ? await instances.find(number) : undefined;
  if (instance === undefined) return undefined;
  const { ticket, action, spec, outputs, attempt, createdAt } = instance.input as OperationInput;
  const foreseen = operationPlan(action, spec, outputs);
  const key = { ticketNumber: number, attempt };
  const lanes = await Promise.all(
    [...lanesOf(foreseen.steps).keys()].map((lane) => instances.find(laneInstanceId(key, lane))),
  );
  const view = ticketView({
    plan: { ...foreseen, ...stepsOf(lanes) },
    attempt,
    createdAt,
    operation: (instance.customStatus ?? undefined) as OperationStatus | undefined,
    runtime: { isEnded: instance.isEnded, text: `${instance.runtimeStatus}. ${textOf(instance.output)}` },
    lanes: lanes.flatMap((lane) => (lane?.customStatus ? [lane.customStatus as LaneStatus] : [])),
    nowEpochMs,
  });
  return {
    ticket,
    action,
    environment: spec.name,
    ...view,
  } as TicketStatus;
}

/** The plan that is being carried out: what stood there may have changed between the ticket's acceptance and its start. */
function stepsOf(lanes: readonly (DurableInstance | undefined)[]): StepGraph | undefined {
  const begun = lanes.find((lane) => lane !== undefined);
  return begun === undefined ? undefined : { steps: (begun.input as LaneInput).steps };
}

function textOf(output: unknown): string {
  return typeof output === "string" ? output : "";
}
