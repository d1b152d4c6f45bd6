/** What passes between operations and lanes outside of their own histories. */

import { environmentReleased } from "../domain/operation.ts";
import type { DurableInstance } from "../durableInstances.ts";
import type { ActivityHandlers } from "./activityTypes.ts";

/** A lane's instance may not exist yet when the first step of another lane ends; the throw makes the durable retry tell it again. */
export const announceStep: ActivityHandlers["announceStep"] = async (
  { instanceIds, eventName, announcement },
  { instances },
) => {
  for (const instanceId of instanceIds) {
    const isTold = await instances.raise(instanceId, eventName, announcement);
    if (!isTold) throw new Error(`The lane ${instanceId} is not there to be told of ${eventName}; it is told again.`);
  }
  return null;
};

export const wakeOperation: ActivityHandlers["wakeOperation"] = async ({ ticketNumber }, { instances }) => {
  await instances.raise(ticketNumber, environmentReleased, null);
  return null;
};

export const isOperationRunning: ActivityHandlers["isOperationRunning"] = async (
  { ticketNumber, attempt },
  { instances },
) => {
  const instance = await instances.find(ticketNumber);
  return instance !== undefined && !instance.isEnded && attemptOf(instance) === attempt;
};

export const isLaneRunning: ActivityHandlers["isLaneRunning"] = async (instanceId, { instances }) =>
  (await instances.find(instanceId))?.isEnded !== true;

function attemptOf(instance: DurableInstance): number | undefined {
  const { input } = instance;
  return typeof input === "object" && input !== null && "attempt" in input ? Number(input.attempt) : undefined;
}
