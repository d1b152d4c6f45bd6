import { dueLook } from "../domain/routeSchedule.ts";
import type { DurableInstances } from "../durableInstances.ts";
import type { RouteSyncInput } from "../orchestrators/routeSync.ts";
import { startOnce } from "./startOnce.ts";

/** Sees to it that the environment's routes are looked at after this instant. */
export async function startRouteSync(
  instances: Pick<DurableInstances, "find" | "start">,
  hint: Omit<RouteSyncInput, "dueAt">,
  nowEpochMs: number,
): Promise<void> {
  const { instanceId, dueEpochMs } = dueLook(hint.environment, nowEpochMs);
  const input: RouteSyncInput = { ...hint, dueAt: new Date(dueEpochMs).toISOString() };
  await startOnce(instances, {
    orchestrator: "routeSync",
    instanceId,
    input,
    isThis: (known) => (known.input as RouteSyncInput | undefined)?.dueAt === input.dueAt,
  });
}
