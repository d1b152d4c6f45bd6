import type { OrchestrationContext } from "durable-functions";
import { joinedFailure } from "../domain/joinedFailure.ts";
import { noCalls, sumCalls } from "../domain/laneProgress.ts";
import type { OperationKey } from "../domain/operation.ts";
import type { FirstLook } from "../domain/operationPlan.ts";
import { nextTrySeconds, patienceSeconds } from "../domain/pace.ts";
import { type RefusalStreak, refusalStreak, streakSeconds } from "../domain/refusalStreak.ts";
import type { CallCounts, Failure } from "../domain/stepOutcome.ts";
import { callActivity, callEnvironment, type Steps, sleepSeconds } from "./calls.ts";

/** Patience ends long before that; a loop that waits has an end. */
const LOOKS_MAX = 1000;

export interface Look {
  /** What keeps the ticket from being carried out; undefined when nothing does, or when the ticket is stopped. */
  readonly obstacle: Failure | undefined;
  readonly calls: CallCounts;
}

/** Looks what is in the way, as Azure is before the first write. */
export function* obstaclesBefore(
  context: OrchestrationContext,
  operation: OperationKey,
  input: FirstLook,
): Steps<Look> {
  let calls = noCalls;
  let streak: RefusalStreak | undefined;
  for (let look = 0; look < LOOKS_MAX; look++) {
    const report = yield* callActivity(context, "findObstacles", input);
    calls = sumCalls(calls, report.calls);
    if (report.kind === "seen") return { obstacle: joinedFailure(report.obstacles), calls };
    const { failure, retryAfterSeconds } = report;
    streak = refusalStreak(streak, failure.code, context.df.currentUtcDateTime.getTime());
    if (streakSeconds(streak) >= patienceSeconds(failure)) return { obstacle: failure, calls };
    yield* sleepSeconds(context, nextTrySeconds(streak.tries, retryAfterSeconds));
    // The lanes are asked as well, and say of each step why it was left.
    if ((yield* callEnvironment(context, input.spec.name, "findStop", operation)).stop !== undefined) break;
  }
  return { obstacle: undefined, calls };
}
