import type { InvocationContext, Timer } from "@azure/functions";
import { followsRoutes, type IndexedEnvironment } from "../domain/environmentIndex.ts";
import type { RouteSyncState } from "../domain/routeSyncState.ts";
import { type DurableInstances, durableInstances } from "../durableInstances.ts";
import { readIndex } from "./routeEvents.ts";
import { startRouteSync } from "./startRouteSync.ts";

/** Has the routes of every environment looked at, whatever events came or did not. */
export const sweepRoutes =
  (subscriptionId: string) =>
  async (_timer: Timer, context: InvocationContext): Promise<void> => {
    const instances = durableInstances(context);
    const { environments } = await readIndex(instances, subscriptionId);
    for (const environment of environments) {
      if (!(await isWorthALook(instances, environment))) continue;
      const hint = { environment: environment.name, reason: "sweep", why: "the sweep" } as const;
      await startRouteSync(instances, hint, Date.now());
    }
  };

/** One whose last cluster with routes has gone may still have findings to close. */
async function isWorthALook(instances: DurableInstances, environment: IndexedEnvironment): Promise<boolean> {
  if (followsRoutes(environment)) return true;
  const state = await instances.entityState({ name: "gatewayRoutes", key: environment.name });
  return ((state as RouteSyncState | undefined)?.findings.length ?? 0) > 0;
}
