import type { OrchestrationContext, Task } from "durable-functions";
import { environmentReleased, type OperationKey } from "../domain/operation.ts";
import { callActivity, callEnvironment, type Steps } from "./calls.ts";

/** Without an event it asks again by itself after this time, and looks whether the one before it is still alive. */
const FIRST_WAIT_SECONDS = 60;
const LONGEST_WAIT_SECONDS = 300;
/** About a day of waiting. */
const ROUNDS_MAX = 300;

/** Waits until the environment is this operation's; tells on the way for whom it waits. */
export function* awaitEnvironment(
  context: OrchestrationContext,
  environmentName: string,
  key: OperationKey,
  publishWait: (holder: OperationKey) => void,
): Steps<"granted" | "cancelled" | "gaveUp"> {
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const admission = yield* callEnvironment(context, environmentName, "acquire", key);
    if (admission.kind !== "waiting") return admission.kind;
    publishWait(admission.behind);
    const isWoken = yield* wokenWithin(context, Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * round));
    if (isWoken) continue;
    const isRunning = yield* callActivity(context, "isOperationRunning", admission.behind);
    // An operation that was terminated from outside never releases what it holds.
    if (!isRunning) yield* callEnvironment(context, environmentName, "release", admission.behind);
  }
  yield* callEnvironment(context, environmentName, "release", key);
  return "gaveUp";
}

/** Both tasks are fresh at every call and the timer is cancelled: `Task.any` over tasks that were yielded before would run them again. */
function* wokenWithin(context: OrchestrationContext, seconds: number): Steps<boolean> {
  const woken = context.df.waitForExternalEvent(environmentReleased);
  const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + seconds * 1000));
  const first: Task = yield context.df.Task.any([woken, timer]);
  if (first !== woken) return false;
  timer.cancel();
  return true;
}
