import { readFileSync } from "node:fs";

interface SampleTicket {
  readonly ticket: Record<string, unknown>;
  readonly environment?: Record<string, unknown>;
}

/** The seed's sample under another number, with parts of its environment replaced. */
export function seedTicket(number: string, environment: Record<string, unknown> = {}): SampleTicket {
  return sampleTicket("seed.json", number, environment);
}

/** A shipped sample under another number, with parts of its environment replaced. */
export function sampleTicket(name: string, number: string, environment: Record<string, unknown> = {}): SampleTicket {
  const sample = JSON.parse(readFileSync(new URL(`../../samples/${name}`, import.meta.url), "utf8")) as SampleTicket;
  return {
    ...sample,
    ticket: { ...sample.ticket, number },
    environment: { ...sample.environment, ...environment },
  };
}

/** Resource groups of their own for an environment beside the seed's. */
export function groupsOf(environment: string): Record<"network" | "gateway" | "cluster", string> {
  return { network: `${environment}-network`, gateway: `${environment}-gateway`, cluster: `${environment}-cluster` };
}
