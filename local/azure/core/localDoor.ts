import type { ArmResponse } from "./armRequest.ts";
import { parseFaultScripts, type RandomFaults } from "./faultScript.ts";
import type { LocalWorld } from "./localWorld.ts";
import type { RequestLog } from "./requestLog.ts";
import type { Json, JsonObject } from "./resourceType.ts";

/**
 * The stand-in's own door, which Azure does not have:
 *   /_local/faults    GET what is set · PUT {scripts?, random?} replaces · POST [scripts] adds · DELETE clears
 *   /_local/requests  GET what was asked (?from=INDEX) · DELETE forgets it
 *   /_local/stats     GET counts, the time, what runs, and mistakes of the stand-in itself
 *   /_local/log       GET rows of a workspace's table (?workspace=RESOURCE_ID&table=NAME)
 * and the doors that modules add, e.g. /_local/blobs.
 */
export interface LocalDoor {
  readonly world: LocalWorld;
  readonly log: RequestLog;
  readonly taskFailures: readonly string[];
}

export function answerLocalDoor(door: LocalDoor, method: string, url: URL, body: string): ArmResponse {
  try {
    const result = dispatch(door, method, url, body);
    return (
      result ??
      failure(404, `There is no ${method} ${url.pathname}. Doors: ${[...OWN_DOORS, ...moduleDoors(door)].join(", ")}.`)
    );
  } catch (error) {
    return failure(400, (error as Error).message);
  }
}

function dispatch(door: LocalDoor, method: string, url: URL, body: string): ArmResponse | undefined {
  switch (`${method} ${url.pathname}`) {
    case "GET /_local/faults":
      return showFaults(door);
    case "PUT /_local/faults": {
      const { scripts = [], random } = JSON.parse(body) as { scripts?: unknown; random?: RandomFaults };
      door.world.faults.setScripts(parseFaultScripts(scripts));
      door.world.faults.setRandom(random);
      return showFaults(door);
    }
    case "POST /_local/faults":
      door.world.faults.addScripts(parseFaultScripts(JSON.parse(body)));
      return showFaults(door);
    case "DELETE /_local/faults":
      door.world.faults.setScripts([]);
      door.world.faults.setRandom(undefined);
      return showFaults(door);
    case "GET /_local/requests":
      return ok({
        requests: door.log.requests.slice(Number(url.searchParams.get("from") ?? 0)),
        internalRequests: door.log.internalRequests,
      });
    case "DELETE /_local/requests":
      door.log.clear();
      return ok({});
    case "GET /_local/stats":
      return ok(stats(door));
    case "GET /_local/log": {
      const workspace = url.searchParams.get("workspace");
      const table = url.searchParams.get("table");
      if (workspace === null || table === null) throw new Error("Say ?workspace=RESOURCE_ID&table=NAME.");
      return ok({ rows: door.world.workspaceLog.read(workspace, table) });
    }
    default:
      return answerModuleDoor(door, method, url, body);
  }
}

const OWN_DOORS = ["/_local/faults", "/_local/requests", "/_local/stats", "/_local/log"];

function moduleDoors({ world }: LocalDoor): readonly string[] {
  return world.registry.modules.flatMap((module) =>
    Object.keys(module.localDoors ?? {}).map((key) => key.split(" ")[1] ?? ""),
  );
}

function answerModuleDoor({ world }: LocalDoor, method: string, url: URL, body: string): ArmResponse | undefined {
  for (const { localDoors } of world.registry.modules) {
    const show = localDoors?.[`${method} ${url.pathname}`];
    if (show !== undefined) return ok(world.state.turn(() => show({ query: url.searchParams, body }, world)));
  }
  return undefined;
}

function showFaults({ world }: LocalDoor): ArmResponse {
  return ok({ scripts: world.faults.scripts, random: world.faults.random ?? null, hits: world.faults.randomCounts });
}

function stats({ world, log, taskFailures }: LocalDoor): object {
  const count = (keys: readonly string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
    return counts;
  };
  return {
    now: new Date(world.clock.now()).toISOString(),
    requests: log.requests.length,
    byMethod: count(log.requests.map((request) => request.method)),
    byStatus: count(log.requests.map((request) => String(request.status))),
    byCode: count(log.requests.flatMap((request) => request.code ?? [])),
    resourcesByType: count(world.store.below("/").map((resource) => resource.type)),
    operationsInProgress: world.operations.running.map(({ verb, resourceId }) => `${verb} ${resourceId}`),
    mistakesOfTheStandIn: taskFailures,
  };
}

function ok(value: object): ArmResponse {
  return { status: 200, headers: {}, body: value as { [key: string]: Json } };
}

function failure(status: number, message: string): ArmResponse {
  return { status, headers: {}, body: { error: message } satisfies JsonObject };
}
