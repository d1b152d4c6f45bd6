import { endOperation } from "./endOperation.ts";
import { stepGroupDeletion } from "./groupDeletion.ts";
import type { LocalWorld } from "./localWorld.ts";
import type { JsonObject } from "./resourceType.ts";

/** What the core itself schedules; modules' tasks have names of their own. */
export const coreTasks: Readonly<Record<string, (data: JsonObject, world: LocalWorld) => void>> = {
  "core.endOperation": (data, world) => endOperation(world, String(data.operationId)),
  "core.deleteGroup": (data, world) => stepGroupDeletion(world, String(data.operationId)),
};
