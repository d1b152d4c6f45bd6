import { coreOf } from "../core/coreOf.ts";
import type { AzureWorld } from "../core/resourceType.ts";

export interface Blob {
  readonly container: string;
  /** Path inside the container. */
  readonly name: string;
  readonly contentType: string;
  readonly text: string;
  readonly createdAtEpochMs: number;
}

const TABLE = "blobs";

/** Puts a block blob into a container; false when there is no such container. */
export function writeBlob(world: AzureWorld, container: string, name: string, text: string): boolean {
  const resource = world.store.get(container);
  if (resource === undefined) return false;
  const blob = {
    container: resource.id,
    name,
    contentType: "application/json",
    text,
    createdAtEpochMs: world.clock.now(),
  };
  coreOf(world).state.table<Blob>(TABLE).set(`${resource.id.toLowerCase()}|${name}`, blob);
  return true;
}

/** The blobs of a container, oldest first. */
export function blobsOf(world: AzureWorld, container: string): readonly Blob[] {
  const prefix = `${container.toLowerCase()}|`;
  const rows = coreOf(world).state.table<Blob>(TABLE).entries();
  return [...rows].filter(([key]) => key.startsWith(prefix)).map(([, blob]) => blob);
}

export function removeBlobs(world: AzureWorld, container: string): void {
  const table = coreOf(world).state.table<Blob>(TABLE);
  for (const { name } of blobsOf(world, container)) table.delete(`${container.toLowerCase()}|${name}`);
}
