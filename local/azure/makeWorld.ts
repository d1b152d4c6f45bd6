import { fileURLToPath } from "node:url";
import { assignStartRoles } from "./authorization/startRoles.ts";
import { FaultInjector } from "./core/faultInjector.ts";
import { LocalWorld } from "./core/localWorld.ts";
import type { RequestLog } from "./core/requestLog.ts";
import type { Principal } from "./core/resourceType.ts";
import type { TypeRegistry } from "./core/typeRegistry.ts";
import type { WorldState } from "./core/worldState.ts";
import { setFunctionApp } from "./eventGrid/functionApps.ts";
import type { LocalAzureOptions } from "./localAzure.ts";
import { alertTopicIdIn, destinationsIn, standOwnApp } from "./ownApp.ts";

export const TENANT_ID = "00000000-0000-4000-8000-000000000001";
export const SUBSCRIPTION_ID = "00000000-0000-4000-8000-000000000002";

export const APP: Principal = {
  objectId: "00000000-0000-4000-8000-000000000011",
  appId: "00000000-0000-4000-8000-000000000012",
  kind: "ServicePrincipal",
  displayName: "app",
};

export const OPERATOR: Principal = {
  objectId: "00000000-0000-4000-8000-000000000021",
  appId: "00000000-0000-4000-8000-000000000022",
  kind: "ServicePrincipal",
  displayName: "operator",
};

const DEFAULT_SEED = 1;
const DEFAULT_PROPAGATION_SECONDS = 30;
const DEFAULT_REPLICATION_SECONDS = 15;

interface WorldParts {
  readonly state: WorldState;
  readonly registry: TypeRegistry;
  readonly log: RequestLog;
  readonly taskFailures: string[];
  /** Where ARM answers, once its door is open. */
  readonly armUrl: () => string;
}

/** A world over the state as it is: new and empty, or as an earlier process left it. The two first principals are in it. */
export function makeWorld(options: LocalAzureOptions, parts: WorldParts): LocalWorld {
  const { state, registry, log, taskFailures, armUrl } = parts;
  const seed = options.seed ?? DEFAULT_SEED;
  const faults = new FaultInjector(seed);
  faults.setScripts(options.faults ?? []);
  faults.setRandom(options.randomFaults);
  const world = new LocalWorld({
    clock: options.clock,
    state,
    registry,
    faults,
    tenantId: TENANT_ID,
    subscriptionId: SUBSCRIPTION_ID,
    seed,
    propagationSeconds: options.propagationSeconds ?? DEFAULT_PROPAGATION_SECONDS,
    replicationSeconds: options.replicationSeconds ?? DEFAULT_REPLICATION_SECONDS,
    armUrl,
    onInternalRequest: (request) => log.add(request, true),
    onTaskFailure(task, error) {
      taskFailures.push(`${task}: ${String(error)}`);
      console.error(`The local Azure's task ${task} failed:`, error);
    },
  });
  const roleDirectory = options.roleDirectory ?? fileURLToPath(new URL("../../infra/roles", import.meta.url));
  state.turn(() => {
    for (const principal of [APP, OPERATOR]) {
      if (world.directory.get(principal.objectId) === undefined) world.directory.add(principal, 0);
    }
    for (const [siteId, url] of Object.entries(options.functionApps ?? {})) setFunctionApp(world, siteId, url);
    standOwnApp(world);
    assignStartRoles(world, {
      app: APP,
      operator: OPERATOR,
      roleDirectory,
      destinations: destinationsIn(world.subscriptionId),
      topics: [alertTopicIdIn(world.subscriptionId)],
    });
  });
  return world;
}
