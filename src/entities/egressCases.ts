import type { Alert } from "../domain/alerts/alert.ts";
import { type ActionOutcome, actedOn, type CaseAction } from "../domain/deniedEgress/caseActions.ts";
import { commit, type Failed, type FailedPass, failRead, type ReadPass } from "../domain/deniedEgress/commitReading.ts";
import {
  type BeginRead,
  beginRead,
  type Committed,
  displaceRead,
  type EgressWatchState,
  emptyEgressWatch,
  endRead,
  forgetEnvironment,
} from "../domain/deniedEgress/egressWatchState.ts";
import { entityFunction } from "./entityFunction.ts";

/** The operations of the entity `egressCases`, by name, with what they take and give back. Its key is the environment's name. */
export interface EgressCasesOperations {
  begin: { input: Parameters<typeof beginRead>[1]; output: BeginRead };
  displace: { input: Parameters<typeof displaceRead>[1]; output: BeginRead };
  commit: { input: ReadPass; output: Committed };
  fail: { input: FailedPass; output: Failed };
  end: { input: Parameters<typeof endRead>[1]; output: null };
  act: { input: CaseAction; output: ActionOutcome };
  /** The environment is gone. */
  forget: { input: Parameters<typeof forgetEnvironment>[1]; output: readonly Alert[] };
}

/**
 * What is known of one environment's denied egress: how far the log was read, what was counted of the minutes that will be
 * read again, and the cases. All of it moves at once, so that no crash can count a connection twice or lose it.
 */
export const egressCases = entityFunction<EgressWatchState, EgressCasesOperations>("egressCases", emptyEgressWatch, {
  begin: beginRead,
  displace: displaceRead,
  commit,
  fail: failRead,
  end: (state, instance) => [endRead(state, instance), null],
  act: actedOn,
  forget: forgetEnvironment,
});
