import { dueLook } from "../domain/routeSchedule.ts";
import type { DurableInstances } from "../durableInstances.ts";
import type { RouteSyncInput } from "../orchestrators/routeSync.ts";

/** Sees to it that the environment's routes are looked at after this instant; gives back the instance that does. */
export async function startRouteSync(
  instances: DurableInstances,
  hint: Omit<RouteSyncInput, "dueAt">,
  nowEpochMs: number,
): Promise<string> {
  const { instanceId, dueEpochMs } = dueLook(hint.environment, nowEpochMs);
  if ((await instances.find(instanceId)) !== undefined) return instanceId;
  const input: RouteSyncInput = { ...hint, dueAt: new Date(dueEpochMs).toISOString() };
  try {
    await instances.start("routeSync", instanceId, input);
  } catch (error) {
    // Two hints may start the same look at once: one start is refused, and both mean the same instance.
    if ((await instances.find(instanceId)) === undefined) throw error;
  }
  return instanceId;
}
