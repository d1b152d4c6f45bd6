import type { WriteContext } from "../core/resourceType.ts";

/**
 * Whether a child is written inside its parent's PUT: then the parent is being written itself, and has checked the new
 * set of children as a whole; a check against what is stored would compare with siblings that are about to change.
 */
export function isWrittenInline(context: WriteContext): boolean {
  const parent = context.id.parentId === undefined ? undefined : context.world.store.get(context.id.parentId);
  return parent?.body.properties?.provisioningState !== "Succeeded";
}
