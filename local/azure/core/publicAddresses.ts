import type { SeededRandom } from "./seededRandom.ts";
import type { StateTable } from "./stateTable.ts";

/**
 * Blocks of Azure's public space that addresses are drawn from, as the first two octets.
 * Source: learn.microsoft.com/azure/virtual-network/service-tags-overview ("AzureCloud" in the downloadable list), checked 2026-11.
 */
const BLOCKS = ["20.31", "20.50", "20.76", "40.68", "51.124", "52.157"] as const;

/** An address of Azure's public space that was not given out before. */
export function drawPublicAddress(random: SeededRandom, given: StateTable<true>): string {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const block = BLOCKS[Math.floor(random.next() * BLOCKS.length)] ?? BLOCKS[0];
    const address = `${block}.${Math.floor(random.next() * 256)}.${1 + Math.floor(random.next() * 254)}`;
    if (given.has(address)) continue;
    given.set(address, true);
    return address;
  }
  throw new Error(`No free public address after ${MOST_ATTEMPTS} draws; ${given.size} are given out.`);
}

/** 390,000 addresses to draw from: so many misses in a row mean that they are used up. */
const MOST_ATTEMPTS = 1_000;
