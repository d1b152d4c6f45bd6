/** The door for ticket systems: checks, hands over to the operation's orchestration, answers at once. */
import type { HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import { standingFor } from "../domain/environmentLock.ts";
import { environmentReleased, type OperationKey } from "../domain/operation.ts";
import { orderMistakes } from "../domain/orderMistakes.ts";
import { type DurableInstances, durableInstances } from "../durableInstances.ts";
import type { OperationInput } from "../orchestrators/operation.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { problem } from "./problem.ts";
import { readTicket } from "./readTicket.ts";
import { environmentState, inputOf, mistaken, NUMBER_TAKEN, orderOf, sentTicket } from "./sentTicket.ts";

/** `POST /api/tickets`: 202 with our own status URL; never a durable management URL, which carries a key for the whole hub. */
export const submitTicket =
  (subscriptionId: string) =>
  async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const sent = await sentTicket(request);
    if ("refusal" in sent) return sent.refusal;
    const { ticket } = sent;
    const { number } = ticket.ticket;
    const fingerprint = fingerprintOf(ticket);
    const instances = durableInstances(context);
    const known = await inputOf(instances, number);
    if (known === undefined) {
      const order = orderOf(ticket, subscriptionId);
      const environment = ticket.environment.name;
      const standing = standingFor(await environmentState(instances, environment), order.action);
      const mistakes = orderMistakes(order, environment, standing);
      if (mistakes.length > 0) return mistaken(mistakes, "changed");
      const { system, requestedBy } = ticket.ticket;
      const input: OperationInput = {
        ticket: { number, system, requestedBy },
        order,
        environment,
        ...(standing === undefined ? {} : { standing }),
        fingerprint,
        attempt: 1,
        createdAt: new Date().toISOString(),
      };
      const racing = await startOnce(instances, number, input);
      if (racing.fingerprint !== fingerprint) return sameNumberOtherContent(number);
    } else if (known.fingerprint !== fingerprint) {
      return sameNumberOtherContent(number);
    }
    return accepted(request, number);
  };

/** `GET /api/tickets/{number}` */
export async function getTicket(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const number = request.params.number ?? "";
  const status = await readTicket(durableInstances(context), number, Date.now());
  return status === undefined ? noSuchTicket(number) : { status: 200, jsonBody: status };
}

/** `POST /api/tickets/{number}/cancel`: what Azure has begun is followed to its end, nothing new is begun, nothing is deleted. */
export async function cancelTicket(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const number = request.params.number ?? "";
  const instances = durableInstances(context);
  const status = await readTicket(instances, number, Date.now());
  const input = await inputOf(instances, number);
  if (status === undefined || input === undefined) return noSuchTicket(number);
  if (["succeeded", "failed", "cancelled"].includes(status.state)) {
    return problem({
      status: 409,
      title: "Nothing to cancel",
      detail: `Ticket ${number} has already ended: ${status.state}.`,
    });
  }
  const operation: OperationKey = { ticketNumber: number, attempt: input.attempt };
  const environment = { name: "environment", key: input.environment };
  await instances.signalEntity(environment, "requestStop", { operation, stop: { kind: "cancelled" } });
  await instances.raise(number, environmentReleased, null);
  return accepted(request, number);
}

/** `POST /api/tickets/{number}/retry`: goes through the plan again; what is right already is not written. */
export async function retryTicket(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const number = request.params.number ?? "";
  const instances = durableInstances(context);
  const status = await readTicket(instances, number, Date.now());
  const input = await inputOf(instances, number);
  if (status === undefined || input === undefined) return noSuchTicket(number);
  if (status.state !== "failed" && status.state !== "cancelled") {
    return problem({
      status: 409,
      title: "Nothing to retry",
      detail: `Ticket ${number} is ${status.state}; only a failed or cancelled one is retried.`,
    });
  }
  await startOnce(instances, number, { ...input, attempt: input.attempt + 1 });
  return accepted(request, number);
}

/** Two requests may start the same ticket at once: one start is refused, and both find the same instance. Gives back what that instance runs on. */
async function startOnce(instances: DurableInstances, number: string, input: OperationInput): Promise<OperationInput> {
  try {
    await instances.start("operation", number, input);
    return input;
  } catch (error) {
    const winner = await inputOf(instances, number);
    if (winner === undefined || winner.attempt < input.attempt) throw error;
    return winner;
  }
}

function accepted(request: HttpRequest, number: string): HttpResponseInit {
  const statusUrl = new URL(`/api/tickets/${encodeURIComponent(number)}`, request.url).href;
  return { status: 202, headers: { location: statusUrl, "retry-after": "5" }, jsonBody: { ticket: number, statusUrl } };
}

function noSuchTicket(number: string): HttpResponseInit {
  return problem({
    status: 404,
    title: "No such ticket",
    detail: `No ticket ${JSON.stringify(number)} was ever accepted here.`,
  });
}

function sameNumberOtherContent(number: string): HttpResponseInit {
  const detail = `Ticket ${number} ${NUMBER_TAKEN}`;
  return problem({ status: 409, title: "Same number, other content", detail });
}
