/** What the door for tickets and the door for dry runs have in common: both read a ticket, and look what stands. */
import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import { parseTicket, type Ticket, type TicketMistake } from "../contracts/ticket.ts";
import type { EnvironmentState } from "../domain/environmentLock.ts";
import { environmentSpec } from "../domain/environmentSpec.ts";
import type { Order } from "../domain/operationPlan.ts";
import type { DurableInstances } from "../durableInstances.ts";
import type { OperationInput } from "../orchestrators/operation.ts";
import { jsonBody } from "./jsonBody.ts";
import { problem } from "./problem.ts";

/** The ticket in a request, or the answer that says all that is wrong with it. */
export async function sentTicket(
  request: HttpRequest,
): Promise<{ readonly ticket: Ticket } | { readonly refusal: HttpResponseInit }> {
  const body = await jsonBody(request, "A ticket");
  if ("refusal" in body) return body;
  const parsed = parseTicket(body.json);
  return parsed.ok ? { ticket: parsed.ticket } : { refusal: mistaken(parsed.mistakes, "created") };
}

/** What the ticket asks for, in the subscription that this app serves. */
export function orderOf(ticket: Ticket, subscriptionId: string): Order {
  switch (ticket.action) {
    case "provision":
      return { action: "provision", spec: environmentSpec(ticket.environment, subscriptionId) };
    case "decommission":
      return { action: "decommission" };
    case "addCluster":
      return { action: "addCluster", request: { cluster: ticket.cluster, application: ticket.application } };
    case "switchTraffic":
      return { action: "switchTraffic", to: ticket.to };
    case "retireCluster":
      return { action: "retireCluster", cluster: ticket.cluster.name };
  }
}

/** Who works on an environment, and what is remembered of it; undefined when it was never heard of. */
export async function environmentState(
  instances: DurableInstances,
  name: string,
): Promise<EnvironmentState | undefined> {
  return (await instances.entityState({ name: "environment", key: name })) as EnvironmentState | undefined;
}

/** What a ticket was accepted with; undefined when it never was. */
export async function inputOf(instances: DurableInstances, number: string): Promise<OperationInput | undefined> {
  return (await instances.find(number))?.input as OperationInput | undefined;
}

/** The end of a sentence that begins with the ticket. */
export const NUMBER_TAKEN = "was accepted before with another content. Send the change under a new number.";

export function mistaken(mistakes: readonly TicketMistake[], what: "created" | "changed"): HttpResponseInit {
  const count = mistakes.length;
  const detail = `The ticket has ${count} mistake${count === 1 ? "" : "s"}; nothing was ${what}.`;
  return problem({ status: 400, title: "The ticket cannot be carried out", detail, mistakes });
}
