import type { LocalWorld } from "./localWorld.ts";
import type { Principal } from "./resourceType.ts";

/** Takes a resource and everything below it out of the world, and tells the modules. */
export function settleDelete(world: LocalWorld, resourceId: string, caller: Principal): void {
  const resource = world.store.get(resourceId);
  if (resource === undefined) return;
  const below = world.store.below(resource.id);
  world.store.remove(resource.id);
  for (const gone of [resource, ...below]) {
    world.registry.find(gone.type)?.finishDelete?.(gone, world);
    world.announce({ kind: "delete", resource: gone, caller, ...(gone === resource ? {} : { inline: true }) });
  }
}
