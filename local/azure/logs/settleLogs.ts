import type { LocalWorld } from "../core/localWorld.ts";
import { ClusterObjects } from "../kubernetes/clusterObjects.ts";
import { numberField } from "../kubernetes/jsonFields.ts";
import { podInventory, podInventoryWorkspaces } from "./podInventory.ts";
import { recordStandingTraffic } from "./standingTraffic.ts";

const CLUSTER_TYPE = "Microsoft.ContainerService/managedClusters";

/** How far back rows are made up for a cluster whose log nobody has asked for, in ms. */
const MOST_BACK_MS = 24 * 3_600_000;

/**
 * Writes what standing clusters have logged since somebody last asked: a cluster in which nothing happens costs no simulated
 * event. What is written stays, so that no row appears in a past that a query has already seen.
 */
export function settleLogs(world: LocalWorld): void {
  const now = world.clock.now();
  for (const { id } of world.store.list(CLUSTER_TYPE, "/")) {
    const cluster = new ClusterObjects(world, id);
    const settled = numberField(cluster.note("LocalLog", "", "settled"), "atEpochMs") ?? 0;
    if (settled >= now) continue;
    const span = { fromEpochMs: Math.max(settled, now - MOST_BACK_MS), toEpochMs: now };
    recordStandingTraffic(world, id, span);
    for (const workspaceId of podInventoryWorkspaces(world, id)) {
      const block = podInventory(world, id, span);
      if (block !== undefined) world.workspaceLog.appendBlock(workspaceId, "KubePodInventory", block);
    }
    cluster.putNote("LocalLog", "", "settled", { atEpochMs: now });
  }
}
