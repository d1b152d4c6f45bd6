/** What instances that keep routes right ask and tell of each other. */
import type { ActivityHandlers } from "./activityTypes.ts";

export const isInstanceRunning: ActivityHandlers["isInstanceRunning"] = async ({ instanceId }, { instances }) => {
  const instance = await instances.find(instanceId);
  return instance !== undefined && !instance.isEnded;
};

export const watchBackends: ActivityHandlers["watchBackends"] = async ({ instanceId, watch }, { instances }) => {
  if ((await instances.find(instanceId)) === undefined) await instances.start("backendWatch", instanceId, watch);
  return null;
};
