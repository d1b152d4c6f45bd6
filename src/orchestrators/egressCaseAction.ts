import type { OrchestrationContext } from "durable-functions";
import type { ActionOutcome, CaseAction } from "../domain/deniedEgress/caseActions.ts";
import { callEgressCases, nowIso, type Steps } from "./calls.ts";
import { raiseAlerts } from "./raiseAlerts.ts";

export interface EgressCaseActionInput {
  readonly environment: string;
  readonly action: Omit<CaseAction, "at">;
}

/** Does with a case what somebody has asked for, and has those told who heard of it. */
export function* egressCaseAction(context: OrchestrationContext): Steps<ActionOutcome> {
  const { environment, action } = context.df.getInput<EgressCaseActionInput>();
  const outcome = yield* callEgressCases(context, environment, "act", { ...action, at: nowIso(context) });
  if (outcome.kind === "done") yield* raiseAlerts(context, environment, outcome.alerts);
  return outcome;
}
