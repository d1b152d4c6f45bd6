import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { ClusterObjects } from "../../local/azure/kubernetes/clusterObjects.ts";
import { textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { runCommandLine } from "../../local/azure/kubernetes/runCommandLine.ts";
import { startLocalAzure } from "../../local/azure/localAzure.ts";
import { VirtualClock } from "../../local/clock.ts";
import { startAksLab } from "./aksLab.ts";
import { contextOf, deployment } from "./kubernetesSample.ts";

const directory = mkdtempSync(join(tmpdir(), "kubernetes-restart-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("a cluster", () => {
  it("goes on where it was when the local Azure is started again", async () => {
    const statePath = join(directory, "state.sqlite");
    const lab = await startAksLab({ statePath });
    await lab.makeCluster();
    const context = contextOf({ "m.json": deployment("mcr.microsoft.com/samples/dummy-logger:latest", 2) });
    await lab.run("kubectl apply --filename m.json", {
      "m.json": deployment("mcr.microsoft.com/samples/dummy-logger:latest", 2),
    });
    await lab.advance(5);
    const stoppedAt = lab.net.clock.now();
    await lab.stop();

    const clock = new VirtualClock(stoppedAt);
    const azure = await startLocalAzure({ clock, statePath, seed: 7 });
    try {
      const phases = () =>
        new ClusterObjects(azure.world, lab.clusterId).list("Pod").map((pod) => textField(pod, "status", "phase"));
      expect(phases()).toEqual(["Pending", "Pending"]);
      await clock.advance(30_000);
      expect(phases()).toEqual(["Running", "Running"]);
      const again = runCommandLine(azure.world, lab.clusterId, { command: "kubectl apply --filename m.json", context });
      expect(again).toEqual({ exitCode: 0, logs: "deployment.apps/sample unchanged\n" });
      const body = azure.world.store.get(lab.clusterId)?.body as JsonObject;
      expect(textField(body, "properties", "provisioningState")).toBe("Succeeded");
    } finally {
      await azure.stop();
    }
  });
});
