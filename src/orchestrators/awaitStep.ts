import type { OrchestrationContext, Task } from "durable-functions";
import {
  type LaneStep,
  laneInstanceId,
  type OperationKey,
  type StepAnnouncement,
  stepEndedEvent,
} from "../domain/operation.ts";
import { callActivity, type Steps } from "./calls.ts";

/** Without a word it looks after this time whether the other lane is still alive. */
const LOOK_AFTER_SECONDS = 300;
/** About two days; no operation takes as long. */
const ROUNDS_MAX = 600;

/** What the other lane says of a step. One that was terminated, or has crashed, says nothing any more: that is a step that did not come. */
export function* awaitStep(
  context: OrchestrationContext,
  operation: OperationKey,
  { id, lane }: LaneStep["awaits"][number],
): Steps<StepAnnouncement | "laneEnded"> {
  const instanceId = laneInstanceId(operation, lane);
  let hasEnded = false;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    // Fresh at every round: the runtime gives an event to the newest that waits for it.
    const told = context.df.waitForExternalEvent(stepEndedEvent(id));
    const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + LOOK_AFTER_SECONDS * 1000));
    const first: Task = yield context.df.Task.any([told, timer]);
    if (first === told) {
      timer.cancel();
      return told.result as StepAnnouncement;
    }
    const isRunning = yield* callActivity(context, "isLaneRunning", instanceId);
    if (told.isCompleted) return told.result as StepAnnouncement;
    // Its last word may still be on its way when it has just ended: only the second look counts.
    if (!isRunning && hasEnded) return "laneEnded";
    hasEnded = !isRunning;
  }
  return "laneEnded";
}
