import type { EgressWatchState } from "../domain/deniedEgress/egressWatchState.ts";
import type { EnvironmentState } from "../domain/environmentLock.ts";
import { type EnvironmentView, environmentView } from "../domain/environmentView.ts";
import type { RouteSyncState } from "../domain/routeSyncState.ts";
import type { DurableInstances } from "../durableInstances.ts";

/** Names of environments are safe as keys; anything else was never accepted and is not asked for. */
export function isEnvironmentName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,39}$/.test(name);
}

/** Reads what is known of an environment; undefined when there is none of that name. */
export async function readEnvironment(
  instances: Pick<DurableInstances, "entityState">,
  name: string,
  nowEpochMs: number,
): Promise<EnvironmentView | undefined> {
  if (!isEnvironmentName(name)) return undefined;
  const [environment, routes, egress] = await Promise.all([
    instances.entityState({ name: "environment", key: name }),
    instances.entityState({ name: "gatewayRoutes", key: name }),
    instances.entityState({ name: "egressCases", key: name }),
  ]);
  if (environment === undefined) return undefined;
  const { leaving } = (environment as EnvironmentState).built ?? {};
  return environmentView({
    environment: environment as EnvironmentState,
    ...(leaving === undefined ? {} : { leaving }),
    routes: routes as RouteSyncState | undefined,
    egress: egress as EgressWatchState | undefined,
    nowEpochMs,
  });
}
