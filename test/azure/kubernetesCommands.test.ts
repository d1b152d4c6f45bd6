import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { listField, textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { type AksLab, startAksLab } from "./aksLab.ts";
import { deployment } from "./kubernetesSample.ts";

let lab: AksLab;
beforeAll(async () => {
  lab = await startAksLab();
  await lab.makeCluster();
});
afterAll(async () => {
  expect(lab.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

const IMAGE = "mcr.microsoft.com/samples/dummy-logger:latest";
const apply = (manifest: JsonObject) => lab.run("kubectl apply --filename m.json", { "m.json": manifest });
const configMap = (data: JsonObject): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings" },
  data,
});

describe("runCommand", () => {
  it("answers 127 for programs and lines it does not know, and never runs a shell", async () => {
    expect(await lab.run("jq .")).toMatchObject({ exitCode: 127, logs: "sh: 1: jq: not found\n" });
    for (const line of [
      "kubectl get pods -A",
      "kubectl exec -it pod -- sh",
      "helm repo add x https://x",
      "kubectl get pods --namespace default --output yaml",
    ]) {
      expect(await lab.run(line)).toMatchObject({ exitCode: 127, logs: expect.stringContaining("unknown command") });
    }
    for (const line of [
      "kubectl get pods --namespace default --output json; kubectl delete ns default",
      "kubectl get pods --namespace $(id) --output json",
      "kubectl get pods --namespace `id` --output json",
    ]) {
      expect(await lab.run(line)).toMatchObject({ exitCode: 127 });
    }
  });

  it("takes 5 s, and answers nothing before", async () => {
    const poller = lab.client.managedClusters.runCommand("lab", "aks", {
      command: "kubectl get nodes --namespace default --output json",
    });
    await poller.submitted();
    const id = /commandResults\/([^?"]+)/.exec(await poller.serialize())?.[1] ?? "";
    await lab.advance(4);
    expect(await lab.client.managedClusters.getCommandResult("lab", "aks", id)).toBeUndefined();
    await lab.advance(1);
    const result = await lab.client.managedClusters.getCommandResult("lab", "aks", id);
    expect(result).toMatchObject({ provisioningState: "Succeeded", exitCode: 0 });
    expect((result as { finishedAt?: Date }).finishedAt?.getTime()).toBe(lab.net.clock.now());
  });

  it("is refused without the right to it", () => {
    const stranger = {
      objectId: lab.agicIdentity.principalId,
      appId: lab.agicIdentity.clientId,
      kind: "ServicePrincipal",
      displayName: "agic",
    } as const;
    const answer = lab.net.world.armRequest({
      principal: stranger,
      method: "POST",
      path: `${lab.clusterId}/runCommand`,
      apiVersion: "2025-05-01",
      body: { command: "kubectl get nodes --namespace default --output json" },
    });
    expect(answer.status).toBe(403);
  });

  it("says when the context is no zip", async () => {
    const poller = lab.client.managedClusters.runCommand("lab", "aks", {
      command: "kubectl apply --filename m.json",
      context: "bm8gemlw",
    });
    await poller.submitted();
    await lab.advance(5);
    const id = /commandResults\/([^?"]+)/.exec(await poller.serialize())?.[1] ?? "";
    expect(await lab.client.managedClusters.getCommandResult("lab", "aks", id)).toMatchObject({ exitCode: 1 });
  });
});

describe("kubectl apply", () => {
  it("says created, unchanged and configured", async () => {
    expect((await apply(configMap({ a: "1" }))).logs).toBe("configmap/settings created\n");
    expect((await apply(configMap({ a: "1" }))).logs).toBe("configmap/settings unchanged\n");
    expect((await apply(configMap({ b: "2" }))).logs).toBe("configmap/settings configured\n");
    const live = await lab.json("kubectl get configmap settings --namespace default --output json");
    expect(live.data).toEqual({ b: "2" });
  });

  it("leaves a deployment with the server's defaults unchanged", async () => {
    await apply(deployment(IMAGE, 2));
    await lab.advance(60);
    expect((await apply(deployment(IMAGE, 2))).logs).toBe("deployment.apps/sample unchanged\n");
  });

  it("words its refusals as kubectl and the API server do", async () => {
    expect((await lab.run("kubectl apply --filename gone.json")).logs).toBe(
      'error: the path "gone.json" does not exist\n',
    );
    expect((await apply({ apiVersion: "v1", kind: "Gadget", metadata: { name: "x" } })).logs).toContain(
      'no matches for kind "Gadget" in version "v1"',
    );
    expect((await apply({ ...configMap({}), metadata: { name: "Not_Good" } })).logs).toContain("RFC 1123");
    expect((await apply({ ...configMap({}), metadata: { name: "x", namespace: "nowhere" } })).logs).toBe(
      'Error from server (NotFound): error when creating "m.json": namespaces "nowhere" not found\n',
    );
    const crossed = deployment(IMAGE, 1);
    (crossed.spec as JsonObject).selector = { matchLabels: { app: "other" } };
    expect((await apply({ ...crossed, metadata: { name: "crossed" } })).logs).toContain(
      "`selector` does not match template `labels`",
    );
  });
});

describe("kubectl get and delete", () => {
  it("answers nothing for what is not there when that is to be ignored, and NotFound otherwise", async () => {
    expect(
      await lab.run("kubectl get deployment x --namespace default --ignore-not-found --output json"),
    ).toMatchObject({ exitCode: 0, logs: "" });
    expect(await lab.run("kubectl get deployment x --namespace default --output json")).toMatchObject({
      exitCode: 1,
      logs: 'Error from server (NotFound): deployments.apps "x" not found\n',
    });
    expect((await lab.run("kubectl get gadgets --namespace default --output json")).logs).toBe(
      'error: the server doesn\'t have a resource type "gadgets"\n',
    );
  });

  it("prints one object of a file by itself, several as a List, none as nothing", async () => {
    const files = (items: JsonObject[]) => ({ "m.json": { apiVersion: "v1", kind: "List", items } });
    const GET = "kubectl get --filename m.json --ignore-not-found --output json";
    const missing = { ...configMap({}), metadata: { name: "missing" } };
    expect(await lab.json(GET, files([configMap({}), missing]))).toMatchObject({ kind: "ConfigMap" });
    expect(await lab.json(GET, files([configMap({}), deployment(IMAGE, 1)]))).toMatchObject({ kind: "List" });
    expect((await lab.run(GET, files([missing]))).logs).toBe("");
  });

  it("selects by label", async () => {
    const pods = await lab.json("kubectl get po --namespace default --selector app=sample --output json");
    expect(listField(pods, "items")).toHaveLength(2);
    expect(
      listField(await lab.json("kubectl get pods --namespace default --selector app=none --output json"), "items"),
    ).toEqual([]);
  });

  it("deletes with everything that was made for it", async () => {
    const end = await lab.run("kubectl delete --filename m.json --ignore-not-found", {
      "m.json": deployment(IMAGE, 2),
    });
    expect(end.logs).toBe('deployment.apps "sample" deleted\n');
    expect(listField(await lab.json("kubectl get pods --namespace default --output json"), "items")).toEqual([]);
    expect(
      (await lab.run("kubectl delete --filename m.json --ignore-not-found", { "m.json": deployment(IMAGE, 2) })).logs,
    ).toBe("");
  });
});

describe("deployments", () => {
  const pods = async () =>
    listField(await lab.json("kubectl get pods --namespace default --selector app=sample --output json"), "items");
  const rollout = "kubectl rollout status deployment/sample --namespace default --timeout=20s";

  it("run 15 s after they are scheduled, are ready after their probe's delay and available after minReadySeconds", async () => {
    await apply(deployment(IMAGE, 2));
    await lab.advance(14);
    expect((await pods()).map((pod) => textField(pod, "status", "phase"))).toEqual(["Running", "Running"]);
    const early = await lab.run(rollout);
    expect(early).toMatchObject({ exitCode: 0 });
    const nodes = new Set((await pods()).map((pod) => textField(pod, "spec", "nodeName")));
    expect(nodes.size).toBe(2);
  });

  it("are waited for no longer than the time-out says", async () => {
    await apply(deployment("mcr.microsoft.com/samples/unknown:1", 2));
    const before = lab.net.clock.now();
    const end = await lab.run(rollout);
    expect(end).toMatchObject({
      exitCode: 1,
      logs: expect.stringMatching(
        /^Waiting for deployment "sample" rollout to finish: .*\nerror: timed out waiting for the condition\n$/,
      ),
    });
    expect(lab.net.clock.now() - before).toBe(25_000);
  });

  it("keep enough old pods while the new ones do not become ready", async () => {
    await lab.advance(120);
    const ready = (await pods()).filter(
      (pod) =>
        JSON.stringify(pod.status).includes('"lastTransitionTime"') &&
        listField(pod, "status", "conditions").some((entry) => entry.type === "Ready" && entry.status === "True"),
    );
    expect(ready.length).toBeGreaterThanOrEqual(1);
    await apply(deployment(IMAGE, 2));
    await lab.advance(120);
    expect((await lab.run(rollout)).exitCode).toBe(0);
    expect(await pods()).toHaveLength(2);
  });

  it("back off when their image cannot be pulled through the firewall", async () => {
    await apply({ ...deployment("quay.io/sample/app:1", 1), metadata: { name: "sample" } });
    await lab.advance(30);
    const waiting = (await pods()).map((pod) =>
      textField(pod, "status", "containerStatuses", 0, "state", "waiting", "reason"),
    );
    expect(waiting).toContain("ImagePullBackOff");
    await lab.run("kubectl delete --filename m.json --ignore-not-found", { "m.json": deployment(IMAGE, 1) });
  });
});
