import type { SeededRandom } from "../test/domain/seededRandom.ts";

export interface Delivery {
  readonly event: Readonly<Record<string, unknown>>;
  /** From the beginning of the burst. */
  readonly atSeconds: number;
}

export interface BurstOptions {
  /** Operation and resource of each kind of event. */
  readonly kinds: readonly (readonly [operationName: string, resourceId: string])[];
  readonly eventCount: number;
  readonly random: SeededRandom;
  event(operationName: string, resourceId: string): Readonly<Record<string, unknown>>;
}

/** Most come within this time, in an order of their own. */
const BURST_SECONDS = 60;
/** One in ten deliveries is late by up to so much. */
const LATE_SECONDS = 120;
const LATE_SHARE_PERCENT = 10;

/** Every event twice, some late, in the order in which they arrive. */
export function burstEvents({ kinds, eventCount, random, event }: BurstOptions): readonly Delivery[] {
  const events = Array.from({ length: eventCount }, (_, index) => {
    const [operationName, resourceId] = kinds[random.below(kinds.length)] ?? ["", ""];
    return { ...event(operationName, resourceId), id: `burst-${index}` };
  });
  return [...events, ...events]
    .map((each) => ({ event: each, atSeconds: random.below(BURST_SECONDS) + lateness(random) }))
    .sort((left, right) => left.atSeconds - right.atSeconds);
}

function lateness(random: SeededRandom): number {
  return random.below(100) < LATE_SHARE_PERCENT ? random.below(LATE_SECONDS) : 0;
}
