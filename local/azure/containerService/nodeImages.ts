import type { AzureWorld } from "../core/resourceType.ts";

const DAY_MS = 24 * 3600 * 1000;
const WEEK_MS = 7 * DAY_MS;
/** A Tuesday: 6 January 1970. Node images come out about weekly. Source: learn.microsoft.com/azure/aks/node-image-upgrade. */
const FIRST_RELEASE_EPOCH_MS = 5 * DAY_MS;

/** The node image that new nodes are made of: last Tuesday's. */
export function latestNodeImage(world: AzureWorld): string {
  const weeks = Math.floor((world.clock.now() - FIRST_RELEASE_EPOCH_MS) / WEEK_MS);
  const [year, month, day] = new Date(FIRST_RELEASE_EPOCH_MS + weeks * WEEK_MS).toISOString().slice(0, 10).split("-");
  return `AKSUbuntu-2204gen2containerd-${year}${month}.${day}.0`;
}
