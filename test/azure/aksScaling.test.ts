import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type ManagedClusterEvent,
  onManagedClusterEvent,
} from "../../local/azure/containerService/managedClusterEvent.ts";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { listField, textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { poolBody } from "./aksLab.ts";
import { LAB_SEED, type PodNetworkLab, startPodNetworkLab } from "./aksPodNetworkLab.ts";
import { deployment } from "./kubernetesSample.ts";

let lab: PodNetworkLab;
let events: string[];
let forget: () => void;
beforeEach(async () => {
  lab = await startPodNetworkLab({ networkPlugin: "kubenet" });
  await lab.advance(60);
  events = [];
  forget = onManagedClusterEvent(({ eventType, data }: ManagedClusterEvent) =>
    events.push(`${eventType.split(".")[2]} ${data.nodePoolName}`),
  );
});
afterEach(async () => {
  forget();
  expect(lab.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

const pool = (): string => `${lab.clusterId}/agentPools/nodepool1`;
const put = (more: JsonObject): string => lab.put(pool(), { properties: { ...poolBody(lab), ...more } });
const state = () => textField(lab.get(pool()), "properties", "provisioningState");

async function samplePods(): Promise<JsonObject[]> {
  return listField(await lab.json("kubectl get pods --namespace default --selector app=sample --output json"), "items");
}

async function runSample(replicas: number): Promise<void> {
  const manifest = deployment("mcr.microsoft.com/samples/dummy-logger:latest", replicas);
  await lab.run("kubectl apply --filename m.json", { "m.json": manifest });
  await lab.advance(60);
}

function isRunning(pod: JsonObject): boolean {
  return textField(pod, "status", "phase") === "Running";
}

describe(`scaling (seed ${LAB_SEED})`, () => {
  it("takes 180 s; pods of removed nodes run elsewhere; Event Grid hears of no rolling", async () => {
    lab.scale(4);
    await lab.advance(300);
    await runSample(8);
    expect(new Set((await samplePods()).map((pod) => textField(pod, "spec", "nodeName"))).size).toBe(4);
    lab.scale(1);
    await lab.advance(170);
    expect(await lab.nodes()).toHaveLength(4);
    await lab.advance(90);
    const [node] = await lab.nodes();
    const pods = await samplePods();
    expect(pods).toHaveLength(8);
    expect(pods.every(isRunning)).toBe(true);
    expect(new Set(pods.map((pod) => textField(pod, "spec", "nodeName")))).toEqual(new Set([node?.name]));
    expect(new Set(pods.map((pod) => textField(pod, "status", "podIP"))).size).toBe(8);
    expect(events).toEqual([]);
  });
});

describe(`the cluster autoscaler (seed ${LAB_SEED})`, () => {
  const bounds = { enableAutoScaling: true, minCount: 1, maxCount: 4 };

  it("adds nodes for pods without a place, up to its bound, and nobody writes the agent pool", async () => {
    await lab.stop();
    lab = await startPodNetworkLab({ networkPlugin: "kubenet" }, { pool: { ...bounds, maxPods: 10 } });
    await lab.advance(60);
    await runSample(25);
    expect((await samplePods()).filter(isRunning)).toHaveLength(20);
    await lab.advance(330);
    expect(await lab.nodes()).toHaveLength(3);
    expect((await samplePods()).every(isRunning)).toBe(true);
    expect(lab.get(pool())).toMatchObject({ properties: { count: 3 } });
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
    await runSample(55);
    await lab.advance(330);
    expect(await lab.nodes()).toHaveLength(4);
    expect((await samplePods()).filter(isRunning)).toHaveLength(40);
    const writes = lab.net.azure.internalRequests.filter(({ path, method }) => method === "PUT" && path === pool());
    expect(writes).toEqual([]);
  });

  it("is moved within its bounds by aks.autoscale", async () => {
    put(bounds);
    await lab.advance(240);
    lab.net.world.schedule("aks.autoscale", 0, { poolId: pool(), count: 9 });
    await lab.advance(300);
    expect(await lab.nodes()).toHaveLength(4);
    lab.net.world.schedule("aks.autoscale", 0, { poolId: pool(), count: 0 });
    await lab.advance(300);
    expect(await lab.nodes()).toHaveLength(1);
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
  });

  it("says in words that a pool has none", async () => {
    const silenced = vi.spyOn(console, "error").mockImplementation(() => undefined);
    lab.net.world.schedule("aks.autoscale", 0, { poolId: pool(), count: 3 });
    await lab.advance(1);
    silenced.mockRestore();
    expect(lab.net.azure.taskFailures.join()).toContain("has no autoscaler");
    (lab.net.azure.taskFailures as string[]).length = 0;
  });
});

describe(`a node made again (seed ${LAB_SEED})`, () => {
  it("keeps its name and has another address, another pod range and another route; its pods run elsewhere meanwhile", async () => {
    await runSample(4);
    const [before, other] = await lab.nodes();
    lab.net.world.schedule("aks.reimageNode", 0, { clusterId: lab.clusterId, node: before?.name ?? "" });
    await lab.advance(60);
    expect((await lab.nodes()).map((node) => node.name)).toEqual([other?.name]);
    expect((await samplePods()).every((pod) => textField(pod, "spec", "nodeName") === other?.name)).toBe(true);
    await lab.advance(300);
    const [after] = await lab.nodes();
    expect(after?.name).toBe(before?.name);
    expect(after?.address).not.toBe(before?.address);
    expect(after?.podCidr).not.toBe(before?.podCidr);
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
    expect(events).toEqual([]);
  });
});

describe(`an upgrade with surge (seed ${LAB_SEED})`, () => {
  it("makes every node new with the latest image, beside a surge node, and says when it began and ended", async () => {
    await lab.advance(7 * 24 * 3600);
    await runSample(4);
    const before = await lab.nodes();
    const upgrade = lab.net.world.armRequest({
      principal: lab.net.azure.operator,
      method: "POST",
      path: `${pool()}/upgradeNodeImageVersion`,
      apiVersion: "2025-05-01",
    });
    expect(upgrade.status).toBe(202);
    expect(state()).toBe("UpgradingNodeImageVersion");
    expect(put({ count: 3 })).toBe("409 OperationNotAllowed");
    expect(events).toEqual(["NodePoolRollingStarted nodepool1"]);
    await lab.advance(125);
    expect(await lab.nodes()).toHaveLength(3);
    await lab.advance(245);
    await lab.advance(10);
    expect(state()).toBe("Succeeded");
    expect(events).toEqual(["NodePoolRollingStarted nodepool1", "NodePoolRollingSucceeded nodepool1"]);
    await lab.advance(300);
    const after = await lab.nodes();
    expect(after.map((node) => [node.name, node.address])).toEqual(before.map((node) => [node.name, node.address]));
    expect(after.map((node) => node.podCidr)).not.toEqual(before.map((node) => node.podCidr));
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
    expect((await samplePods()).filter(isRunning)).toHaveLength(4);
    expect(lab.get(pool())).toMatchObject({
      properties: { count: 2, nodeImageVersion: "AKSUbuntu-2204gen2containerd-202611.10.0" },
    });
  });

  it("is over at once when the nodes have the latest image already", async () => {
    const poller = lab.client.agentPools.upgradeNodeImageVersion("lab", "aks", "nodepool1");
    await poller.submitted();
    await lab.advance(20);
    expect(state()).toBe("Succeeded");
    expect(events).toEqual([]);
  });

  it("follows another version of the pool, which may not be newer than its control plane", async () => {
    expect(put({ orchestratorVersion: "1.35.1" })).toBe("400 NodePoolMcVersionIncompatible");
    const body = lab.clusterBody({
      networkProfile: { networkPlugin: "kubenet" },
      kubernetesVersion: "1.35.1",
      agentPoolProfiles: [poolBody(lab, { count: 4, upgradeSettings: { maxSurge: "50%" } })],
    });
    expect(lab.put(lab.clusterId, body)).toBe("200");
    await lab.advance(300);
    expect(events).toEqual([]);
    expect(put({ count: 4, orchestratorVersion: "1.35.1" })).toBe("200");
    await lab.advance(125);
    expect(await lab.nodes()).toHaveLength(6);
    await lab.advance(260);
    expect(state()).toBe("Succeeded");
    const list = await lab.json("kubectl get nodes --output json");
    expect(
      new Set(listField(list, "items").map((node) => textField(node, "status", "nodeInfo", "kubeletVersion"))),
    ).toEqual(new Set(["v1.35.1"]));
    expect(events).toEqual(["NodePoolRollingStarted nodepool1", "NodePoolRollingSucceeded nodepool1"]);
    await lab.advance(300);
    expect(lab.routes()).toEqual(await lab.wantedRoutes());
    expect(put({ orchestratorVersion: "1.34.5" })).toBe("400 OperationNotAllowed");
  });
});
