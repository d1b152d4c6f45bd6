/** What a plan would do if it were carried out now: read from Azure, decided as the steps decide, nothing written. */
import type { Difference } from "./ownedFields.ts";
import type { Step } from "./step.ts";
import type { CallCounts, Failure } from "./stepOutcome.ts";

/**
 * | would     | means                                                                          |
 * |-----------|--------------------------------------------------------------------------------|
 * | create    | it is not there                                                                |
 * | change    | it is there, and the fields named differ                                       |
 * | delete    | the environment created it                                                     |
 * | leave     | it would be deleted, but is not the environment's, or holds what is not        |
 * | unchanged | it is right already, or gone already                                           |
 * | run       | a look-up, a proof, or a command in a cluster that is made first               |
 * | unknown   | only carrying it out tells: it is inside the cluster, or hangs on what is made |
 * | refuse    | the step would end the ticket, and says why                                    |
 */
export const wouldWords = ["create", "change", "delete", "leave", "unchanged", "run", "unknown", "refuse"] as const;

export type Would = (typeof wouldWords)[number];

export interface StepForecast {
  readonly would: Would;
  /** Absent where the id itself is known only later. */
  readonly resourceId?: string;
  /** The fields that would be changed. */
  readonly differences?: readonly Difference[];
  /** Why, in words. */
  readonly reason?: string;
  /** What is asked for and would stay otherwise, in sentences. */
  readonly warnings?: readonly string[];
  /** Why it would be refused, or could not be read. */
  readonly failure?: Failure;
}

export type ForecastStep = Pick<Step, "id" | "title" | "cluster" | "lane" | "kind"> & StepForecast;

export interface Forecast {
  /** What would end the ticket before its first write. */
  readonly obstacles: readonly Failure[];
  readonly steps: readonly ForecastStep[];
  /** What the reading took. */
  readonly calls: CallCounts;
}
