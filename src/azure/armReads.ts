import pLimit from "p-limit";
import type { ArmClient } from "./armClient.ts";

/** The part of ARM that changes nothing. */
export type ArmReads = Pick<ArmClient, "get">;

/** Reads of one look that run at once: ARM counts them by the minute, and a look at a dozen clusters must not use that up. */
const PARALLEL_READS = 8;

/** The same, with the others waiting. */
export function armReads(arm: ArmReads): ArmReads {
  const limit = pLimit(PARALLEL_READS);
  return {
    get: (id, apiVersion) => limit(() => arm.get(id, apiVersion)),
  };
}
