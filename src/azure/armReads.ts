import pLimit from "p-limit";
import type { ArmClient } from "./armClient.ts";

/** The part of ARM that changes nothing. */
export type ArmReads = Pick<ArmClient, "get">;

/** Reads of which so many run at once, and the others wait: ARM counts them by the minute. */
export function armReads(arm: ArmReads, parallelCount: number): ArmReads {
  const limit = pLimit(parallelCount);
  return {
    get: (id, apiVersion) => limit(() => arm.get(id, apiVersion)),
  };
}
