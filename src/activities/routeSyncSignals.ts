/** What instances that keep routes right ask and tell of each other. */
import type { BackendWatchInput } from "../domain/backendWatch.ts";
import type { ActivityHandlers } from "./activityTypes.ts";

export const isInstanceRunning: ActivityHandlers["isInstanceRunning"] = async ({ instanceId }, { instances }) => {
  const instance = await instances.find(instanceId);
  return instance !== undefined && !instance.isEnded;
};

export const watchBackends: ActivityHandlers["watchBackends"] = async ({ instanceId, watch }, { instances }) => {
  const known = await instances.find(instanceId);
  const isStarted = (known?.input as BackendWatchInput | undefined)?.writtenAt === watch.writtenAt;
  if (known?.isEnded !== false && !isStarted) await instances.start("backendWatch", instanceId, watch);
  return null;
};
