import type { TicketStatus } from "../contracts/ticketStatus.ts";
import { type LaneStatus, laneInstanceId, type OperationStatus } from "../domain/operation.ts";
import { undertakingOf } from "../domain/operationPlan.ts";
import type { Step } from "../domain/step.ts";
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
  const { ticket, order, environment, standing, attempt, createdAt } = instance.input as OperationInput;
  const foreseen = undertakingOf(order, standing);
  const key = { ticketNumber: number, attempt };
  const operation = (instance.customStatus ?? undefined) as OperationStatus | undefined;
  const found = await Promise.all((operation?.lanes ?? []).map((lane) => instances.find(laneInstanceId(key, lane))));
  const lanes = found.flatMap((lane) => lane ?? []);
  // What stood there may have changed between the ticket's acceptance and its start: the lanes know what is carried out.
  const isBegun = lanes.length > 0 && lanes.length === found.length;
  const steps = isBegun ? stepsOf(lanes) : foreseen.plan.steps;
  const view = ticketView({
    plan: { ...foreseen.plan, steps },
    attempt,
    createdAt,
    operation,
    runtime: { isEnded: instance.isEnded, text: `${instance.runtimeStatus}. ${textOf(instance.output)}` },
    lanes: lanes.flatMap((lane) => (lane.customStatus ? [lane.customStatus as LaneStatus] : [])),
    nowEpochMs,
  });
  return {
    ticket,
    action: order.action,
    environment,
    ...view,
  } as TicketStatus;
}

function stepsOf(lanes: readonly DurableInstance[]): readonly Step[] {
  return lanes.flatMap((lane) => (lane.input as LaneInput).steps).sort((one, other) => one.place - other.place);
}

function textOf(output: unknown): string {
  return typeof output === "string" ? output : "";
}
