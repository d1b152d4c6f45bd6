import type { FaultInjector } from "../core/faultInjector.ts";
import type { JsonObject } from "../core/resourceType.ts";

/**
 * How long a row is under way, in seconds: half of them longer than the median, none outside of the bounds.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time (resource logs: typically 3 to 10 min), checked 2026-11.
 */
const DELAY_SECONDS = { least: 30, median: 300, most: 1200 } as const;

/** How much of a spread there is around the median: two thirds of the rows between a half and the double of it. */
const SPREAD = Math.LN2;

/** A row that is much too late is so by this much, in seconds: 20 minutes to 2.5 days, the short ones more often. */
const LATE_SECONDS = { least: 1200, most: 216_000 } as const;

/** Milliseconds of age at which a row gets the time of its ingestion for its own. Source: learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns (TimeGenerated), checked 2026-11. */
export const RESTAMPED_AFTER_MS = 2 * 24 * 60 * 60 * 1000;

/** When each copy of a row can first be read, in ms after it was written: usually one copy; none when it got lost. */
export function ingestionDelaysMs(random: () => number, faults: FaultInjector, workspaceId: string): readonly number[] {
  const hits = (kind: "logLate" | "logDuplicated" | "logLost", point: string): boolean =>
    faults.takeEvent(kind) || faults.takePoint(point, workspaceId) !== undefined;
  const draw = (): number => usualSeconds(random) * 1000;
  if (hits("logLost", "log.lost")) return [];
  const late = hits("logLate", "log.late") ? lateSeconds(random) * 1000 : 0;
  return hits("logDuplicated", "log.duplicated") ? [draw() + late, draw()] : [draw() + late];
}

function usualSeconds(random: () => number): number {
  const seconds = DELAY_SECONDS.median * Math.exp(SPREAD * normal(random));
  return Math.min(DELAY_SECONDS.most, Math.max(DELAY_SECONDS.least, seconds));
}

function lateSeconds(random: () => number): number {
  return LATE_SECONDS.least * (LATE_SECONDS.most / LATE_SECONDS.least) ** random();
}

/** Box and Muller's normal deviate. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The row as it is kept: what is too old when it is ingested is stamped anew. */
export function restamped(row: JsonObject, ingestedAtEpochMs: number): JsonObject {
  const generated = Date.parse(String(row.TimeGenerated));
  return ingestedAtEpochMs - generated > RESTAMPED_AFTER_MS
    ? { ...row, TimeGenerated: new Date(ingestedAtEpochMs).toISOString() }
    : row;
}
