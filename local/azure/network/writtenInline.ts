import type { AzureWorld } from "../core/resourceType.ts";

/**
 * Whether a child is written or removed inside its parent's PUT. Then the parent is being written itself and has checked
 * the new children as a whole; a check against what is stored would compare with siblings that are about to change.
 */
export function isWrittenInline(world: AzureWorld, parentId: string | undefined): boolean {
  const parent = parentId === undefined ? undefined : world.store.get(parentId);
  return parent?.body.properties?.provisioningState === "Updating";
}
