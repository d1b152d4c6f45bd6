import type { TicketStatus } from "../contracts/ticketStatus.ts";
import { type LaneStatus, laneInstanceId, lanesOf, type OperationStatus } from "../domain/operation.ts";
import { undertakingOf } from "../domain/operationPlan.ts";
import type { Step, StepGraph } from "../domain/step.ts";
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
  const found = async ({ steps }: StepGraph): Promise<readonly DurableInstance[]> => {
    const lanes = [...lanesOf(steps).keys()].map((lane) => instances.find(laneInstanceId(key, lane)));
    return (await Promise.all(lanes)).flatMap((lane) => lane ?? []);
  };
  const lanes = await found(foreseen.plan);
  const backLanes = foreseen.moveBack === undefined ? [] : await found(foreseen.moveBack.plan);
  const steps = [...(stepsOf(lanes) ?? foreseen.plan.steps), ...(stepsOf(backLanes) ?? [])];
  const view = ticketView({
    plan: { ...foreseen.plan, steps },
    attempt,
    createdAt,
    operation: (instance.customStatus ?? undefined) as OperationStatus | undefined,
    runtime: { isEnded: instance.isEnded, text: `${instance.runtimeStatus}. ${textOf(instance.output)}` },
    lanes: [...lanes, ...backLanes].flatMap((lane) => (lane.customStatus ? [lane.customStatus as LaneStatus] : [])),
    nowEpochMs,
  });
  return {
    ticket,
    action: order.action,
    environment,
    ...view,
  } as TicketStatus;
}

/** The plan that is being carried out: what stood there may have changed between the ticket's acceptance and its start. */
function stepsOf(lanes: readonly DurableInstance[]): readonly Step[] | undefined {
  return lanes[0] === undefined ? undefined : (lanes[0].input as LaneInput).steps;
}

function textOf(output: unknown): string {
  return typeof output === "string" ? output : "";
}
