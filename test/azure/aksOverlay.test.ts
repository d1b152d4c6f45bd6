import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { listField, textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { networkProfile, poolBody, UPGRADE } from "./aksLab.ts";
import { LAB_SEED, type PodNetworkLab, startPodNetworkLab } from "./aksPodNetworkLab.ts";
import { sampleManifests } from "./kubernetesSample.ts";

async function hostOf(lab: PodNetworkLab): Promise<string> {
  return `${textField(lab.net.get("publicIPAddresses/gw-ip"), "properties", "ipAddress")}.nip.io`;
}

async function itemsOf(lab: PodNetworkLab, command: string): Promise<JsonObject[]> {
  return listField(await lab.json(command), "items");
}

describe(`an overlay cluster (seed ${LAB_SEED})`, () => {
  let lab: PodNetworkLab;
  let host: string;
  beforeAll(async () => {
    lab = await startPodNetworkLab({ networkPluginMode: "overlay" }, { gateway: true });
    host = await hostOf(lab);
  });
  afterAll(async () => {
    expect(lab.net.azure.taskFailures).toEqual([]);
    await lab.stop();
  });

  it("has nodes with a /24 each that wait for no route, and 250 pods a node", async () => {
    expect((await lab.nodes()).map(({ podCidr, address, network }) => [podCidr, address, network])).toEqual([
      ["10.244.0.0/24", "10.0.5.4", undefined],
      ["10.244.1.0/24", "10.0.5.5", undefined],
    ]);
    expect(lab.get(lab.clusterId)).toMatchObject({
      properties: { networkProfile: { podCidr: "10.244.0.0/16" }, agentPoolProfiles: [{ maxPods: 250 }] },
    });
  });

  it("shows itself by the label of its node network configurations", async () => {
    const configs = await itemsOf(lab, "kubectl get nodenetworkconfigs --namespace kube-system --output json");
    expect(
      configs.map((config) => textField(config, "metadata", "labels", "kubernetes.azure.com/podnetwork-type")),
    ).toEqual(["overlay", "overlay"]);
  });

  it("is reached with no route table at all once the controller has extended the overlay to the gateway's subnet", async () => {
    await lab.installIngress(host);
    const [extension] = await itemsOf(lab, "kubectl get overlayextensionconfigs --namespace kube-system --output json");
    expect(extension).toMatchObject({
      metadata: { name: "agic-overlay-extension-config" },
      spec: { extensionIPRange: "10.0.4.0/24" },
      status: { state: "Succeeded" },
    });
    expect(
      textField(lab.net.get("virtualNetworks/spoke/subnets/gw"), "properties", "routeTable", "id"),
    ).toBeUndefined();
    expect(await lab.ask(host)).toMatch(/^200 sample-/);
  });

  it("leaves the table of its subnet alone, however it is scaled", async () => {
    const { etag } = lab.net.get("routeTables/aks-rt");
    lab.scale(4);
    await lab.advance(600);
    expect(await lab.nodes()).toHaveLength(4);
    expect(lab.routes()).toEqual([]);
    expect(lab.net.get("routeTables/aks-rt").etag).toBe(etag);
    expect(await lab.ask(host)).toMatch(/^200/);
  });

  it("is not reached any more once the release is uninstalled: its pre-delete job closes the overlay", async () => {
    await lab.run("helm uninstall ingress-azure --namespace kube-system");
    const extensions = "kubectl get overlayextensionconfigs --namespace kube-system --output json";
    expect(await itemsOf(lab, extensions)).toEqual([]);
    expect(await lab.ask(host)).toBe("502");
  });

  it("does not change its mind: neither mode nor plugin nor range", () => {
    const put = (profile: JsonObject): string =>
      lab.put(lab.clusterId, lab.clusterBody({ networkProfile: networkProfile(profile) }));
    expect(put({ networkPlugin: "kubenet" })).toBe("400 PropertyChangeNotAllowed");
    expect(put({ networkPluginMode: "overlay", podCidr: "10.245.0.0/16" })).toBe("400 PropertyChangeNotAllowed");
    expect(put({})).toBe("200");
  });
});

describe(`an ingress controller of 1.7 in an overlay (seed ${LAB_SEED})`, () => {
  it("does not extend the overlay, and the gateway answers 502", async () => {
    const lab = await startPodNetworkLab({ networkPluginMode: "overlay" }, { gateway: true });
    const host = await hostOf(lab);
    lab.trustAgic();
    lab.grant(lab.agicIdentity, "contributor", lab.net.group);
    await lab.advance(60);
    await lab.run(UPGRADE.replace("1.9.8", "1.7.5"), { "values.json": lab.values() });
    await lab.run("kubectl apply --filename m.json", { "m.json": sampleManifests(host) });
    await lab.advance(300);
    const extensions = "kubectl get overlayextensionconfigs --namespace kube-system --output json";
    expect(await itemsOf(lab, extensions)).toEqual([]);
    expect(await lab.ask(host)).toBe("502");
    await lab.stop();
  });
});

describe(`a kubenet cluster that becomes an overlay (seed ${LAB_SEED})`, () => {
  it("has other nodes under the same names, no node route left, and pods that the gateway reaches without any", async () => {
    const lab = await startPodNetworkLab({ networkPlugin: "kubenet" }, { gateway: true });
    const host = await hostOf(lab);
    await lab.installIngress(host);
    expect(lab.routes()).toHaveLength(2);
    const before = await lab.nodes();
    const body = lab.clusterBody({
      networkProfile: networkProfile({ networkPluginMode: "overlay" }),
      agentPoolProfiles: [poolBody(lab)],
    });
    expect(lab.put(lab.clusterId, body)).toBe("200");
    await lab.advance(599);
    expect(lab.routes()).toHaveLength(2);
    await lab.advance(1);
    const after = await lab.nodes();
    expect(after.map((node) => node.name)).toEqual(before.map((node) => node.name));
    expect(after.map((node) => node.podCidr)).toEqual(["10.244.2.0/24", "10.244.3.0/24"]);
    expect(after.map((node) => node.network)).toEqual([undefined, undefined]);
    await lab.advance(300);
    expect(lab.routes()).toEqual([]);
    expect(lab.net.get("routeTables/aks-rt")).toMatchObject({
      properties: { routes: [{ properties: { addressPrefix: "0.0.0.0/0" } }] },
    });
    expect(await lab.ask(host)).toMatch(/^200/);
    lab.scale(3);
    await lab.advance(600);
    expect(lab.routes()).toEqual([]);
    expect(lab.net.azure.taskFailures).toEqual([]);
    await lab.stop();
  });
});
