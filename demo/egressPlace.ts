import * as z from "zod";
import type { Operator } from "./operator.ts";
import { readEnvironment } from "./readEnvironment.ts";
import type { Stack } from "./stack.ts";

/** Where the demonstration looks. */
export interface EgressPlace {
  readonly appUrl: string;
  readonly environment: string;
  readonly ticketSystemUrl: string;
  readonly clusterId: string;
  /** Of the workspace with the firewall's log. */
  readonly customerId: string;
  readonly policyId: string;
}

const NETWORK = "2024-05-01";

const ticketOutputs = z.object({
  outputs: z.object({ clusterId: z.string(), firewallId: z.string(), firewallWorkspaceCustomerId: z.string() }),
});
const firewall = z.object({ properties: z.object({ firewallPolicy: z.object({ id: z.string() }) }) });

export async function egressPlace(
  operator: Operator,
  stack: Omit<Stack, "azure">,
  environment: string,
): Promise<EgressPlace> {
  const { appUrl, ticketSystemUrl } = stack;
  if (ticketSystemUrl === undefined) throw new Error("Alerts go nowhere: there is no stand-in of the ticket system.");
  const { lastTicket } = await readEnvironment({ appUrl, environment });
  const ticket = await fetch(`${appUrl}/api/tickets/${lastTicket}`);
  const { outputs } = ticketOutputs.parse(await ticket.json());
  const { properties } = firewall.parse(await operator.arm("GET", outputs.firewallId, NETWORK));
  return {
    appUrl,
    environment,
    ticketSystemUrl,
    clusterId: outputs.clusterId,
    customerId: outputs.firewallWorkspaceCustomerId,
    policyId: properties.firewallPolicy.id,
  };
}
