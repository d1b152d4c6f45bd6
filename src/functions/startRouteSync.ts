import { dueLook } from "../domain/routeSchedule.ts";
import type { DurableInstances } from "../durableInstances.ts";
import type { RouteSyncInput } from "../orchestrators/routeSync.ts";

/** Sees to it that the environment's routes are looked at after this instant. */
export async function startRouteSync(
  instances: Pick<DurableInstances, "find" | "start">,
  hint: Omit<RouteSyncInput, "dueAt">,
  nowEpochMs: number,
): Promise<void> {
  const { instanceId, dueEpochMs } = dueLook(hint.environment, nowEpochMs);
  const input: RouteSyncInput = { ...hint, dueAt: new Date(dueEpochMs).toISOString() };
  const isStarted = async (): Promise<boolean> => {
    const known = await instances.find(instanceId);
    return (known?.input as RouteSyncInput | undefined)?.dueAt === input.dueAt;
  };
  if (await isStarted()) return;
  try {
    await instances.start("routeSync", instanceId, input);
  } catch (error) {
    // Two hints may start the same look at once: one start is refused, and both mean the same instance.
    if (!(await isStarted())) throw error;
  }
}
