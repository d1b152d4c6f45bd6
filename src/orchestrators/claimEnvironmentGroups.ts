import type { OrchestrationContext } from "durable-functions";
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import { groupClaimOf, groupHeldFailure } from "../domain/groupClaims.ts";
import type { OperationKey } from "../domain/operation.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { callActivity, callGroupClaims, type Steps } from "./calls.ts";

/** Claims that terminated operations left behind are taken away one by one; more than these are not met at once. */
const ROUNDS_MAX = 10;

/**
 * Claims the environment's resource groups for the operation. A group that another environment is being built in is not
 * waited for: it will belong to that one. Gives back the failure then, nothing when the groups are the operation's.
 */
export function* claimEnvironmentGroups(
  context: OrchestrationContext,
  spec: EnvironmentSpec,
  key: OperationKey,
): Steps<Failure | undefined> {
  for (let round = 1; ; round++) {
    const answer = yield* callGroupClaims(context, spec.subscriptionId, "claim", groupClaimOf(spec, key));
    if (answer.kind === "granted") return undefined;
    const isRunning = yield* callActivity(context, "isOperationRunning", answer.by.operation);
    if (isRunning || round === ROUNDS_MAX) return groupHeldFailure(answer);
    yield* callGroupClaims(context, spec.subscriptionId, "release", answer.by.operation);
  }
}
