import { LocalWorld } from "./localWorld.ts";
import type { AzureWorld } from "./resourceType.ts";

/** The core behind the seam, for the modules that are a part of it (directory, providers, role checks, deliveries). */
export function coreOf(world: AzureWorld): LocalWorld {
  if (world instanceof LocalWorld) return world;
  throw new Error(
    "Microsoft.Resources, Authorization, ManagedIdentity, EventGrid and Storage run in the local Azure's own world only.",
  );
}
