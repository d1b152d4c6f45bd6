import { readFileSync } from "node:fs";
import type { TicketStatus } from "../../src/contracts/ticketStatus.ts";
import { watchHost } from "./watchHost.ts";
import type { World } from "./world.ts";

/** The shipped sample of an action under another number, with parts of it replaced. */
export function sampleTicket(
  action: "addCluster" | "switchTraffic" | "retireCluster" | "decommission",
  number: string,
  parts: Record<string, unknown> = {},
) {
  const sample = JSON.parse(readFileSync(new URL(`../../samples/${action}.json`, import.meta.url), "utf8"));
  return { ...sample, ticket: { ...sample.ticket, number }, ...parts };
}

/** Submits the ticket and lets time pass until it has ended. */
export async function carriedOut(world: World, ticket: { ticket: { number: string } }): Promise<TicketStatus> {
  const answer = await world.submit(ticket);
  if (answer.status !== 202) throw new Error(`${ticket.ticket.number}: ${answer.status} ${await answer.text()}`);
  return world.ended(ticket.ticket.number);
}

/** The same, with the production host asked for all the while. */
export async function watched(world: World, ticket: { ticket: { number: string } }) {
  const built = await world.status("CHG0001");
  const watch = watchHost(world, built.outputs.ingressHost ?? "");
  const end = await carriedOut(world, ticket);
  return { end, ...(await watch.ended()) };
}

/** Writes of the app that Azure took, as "METHOD path". */
export function acceptedWrites(world: World): readonly string[] {
  return world
    .writes()
    .filter((write) => write.status >= 200 && write.status < 300)
    .map(({ method, path }) => `${method} ${path.toLowerCase()}`);
}
