import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { startInternetProxy } from "../../local/azure/internet/internetProxy.ts";
import { listField, numberField, textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { type AksLab, startAksLab, UPGRADE } from "./aksLab.ts";
import { sampleManifests } from "./kubernetesSample.ts";

let lab: AksLab;
let proxy: { readonly url: string; stop(): Promise<void> };
let host: string;

beforeAll(async () => {
  lab = await startAksLab({ gateway: true });
  await lab.makeCluster();
  proxy = await startInternetProxy(() => lab.net.world);
  host = `${textField(lab.net.get("publicIPAddresses/gw-ip"), "properties", "ipAddress")}.nip.io`;
});
afterAll(async () => {
  await proxy.stop();
  expect(lab.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

async function ingressPod(): Promise<JsonObject> {
  const pods = await lab.json("kubectl get pods --namespace kube-system --selector app=ingress-azure --output json");
  return listField(pods, "items")[0] ?? {};
}

async function isReady(): Promise<boolean> {
  const pod = await ingressPod();
  return listField(pod, "status", "conditions").some((entry) => entry.type === "Ready" && entry.status === "True");
}

async function eventReasons(namespace: string): Promise<string[]> {
  const events = await lab.json(`kubectl get events --namespace ${namespace} --output json`);
  return listField(events, "items").map((event) => `${event.reason}: ${event.message}`);
}

function part(collection: string, start: string): JsonObject | undefined {
  return listField(lab.get(lab.gatewayId), "properties", collection).find((candidate) =>
    String(candidate.name).startsWith(start),
  );
}

function poolAddresses(): string[] {
  return listField(part("backendAddressPools", "pool-default-sample"), "properties", "backendAddresses").flatMap(
    (entry) => textField(entry, "ipAddress") ?? [],
  );
}

function askInternet(url: string, method = "GET"): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(proxy.url);
    const call = request({ hostname, port, method, path: url, headers: { host: new URL(url).host } }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.on("error", reject).end();
  });
}

describe("the ingress controller", () => {
  it("is installed by helm in 20 s, which says so as helm does", async () => {
    const before = lab.net.clock.now();
    const end = await lab.run(UPGRADE, { "values.json": lab.values() });
    expect(lab.net.clock.now() - before).toBe(20_000);
    expect(end).toMatchObject({ provisioningState: "Succeeded", exitCode: 0 });
    expect(end.logs).toContain('Release "ingress-azure" does not exist. Installing it now.');
    expect(end.logs).toContain("STATUS: deployed\nREVISION: 1");
  });

  it("crashes after ten tries, again and again, while no federated credential trusts its service account", async () => {
    await lab.advance(60);
    expect(await isReady()).toBe(false);
    await lab.advance(60);
    const status = listField(await ingressPod(), "status", "containerStatuses")[0];
    expect(numberField(status, "restartCount")).toBeGreaterThan(0);
    expect(textField(status, "lastState", "terminated", "reason")).toBe("Error");
    expect(await eventReasons("kube-system")).toEqual(
      expect.arrayContaining([expect.stringMatching(/FailedAccess: .*AADSTS70025/)]),
    );
  });

  it("is not ready while the credential trusts somebody else", async () => {
    lab.trustAgic("system:serviceaccount:default:ingress-azure");
    await lab.advance(300);
    expect(await isReady()).toBe(false);
    expect(await eventReasons("kube-system")).toEqual(expect.arrayContaining([expect.stringMatching(/AADSTS700213/)]));
  });

  it("is not ready while it may sign in but not write the gateway and join its subnet", async () => {
    lab.trustAgic();
    lab.grant(lab.agicIdentity, "reader", lab.net.group);
    await lab.advance(600);
    expect(await isReady()).toBe(false);
    expect(await eventReasons("kube-system")).toEqual(
      expect.arrayContaining([expect.stringMatching(/applicationGateways\/write/)]),
    );
    lab.grant(lab.agicIdentity, "contributor", lab.gatewayId);
    await lab.advance(900);
    expect(await isReady()).toBe(false);
    expect(await eventReasons("kube-system")).toEqual(
      expect.arrayContaining([expect.stringMatching(/subnets\/join\/action/)]),
    );
  });

  it("becomes ready by itself once all rights are there", async () => {
    lab.grant(lab.agicIdentity, "networkContributor", lab.net.id("virtualNetworks/spoke/subnets/gw"));
    await lab.advance(600);
    expect(await isReady()).toBe(true);
    expect(
      (await lab.run("kubectl rollout status deployment/ingress-azure --namespace kube-system --timeout=20s")).logs,
    ).toBe('deployment "ingress-azure" successfully rolled out\n');
  });

  it("takes the gateway over: the default rule of its own stands there instead of the one it was made with", () => {
    expect(listField(lab.get(lab.gatewayId), "properties", "backendAddressPools").map((pool) => pool.name)).toEqual([
      "defaultaddresspool",
    ]);
    expect(lab.get(lab.gatewayId)).toMatchObject({ tags: { "managed-by-k8s-ingress": "1.9.8" } });
  });

  it("turns an ingress into listener, rule, pool, settings and probe under the names that the real one makes", async () => {
    const end = await lab.run("kubectl apply --filename m.json", { "m.json": sampleManifests(host) });
    expect(end.logs).toBe(
      "deployment.apps/sample created\nservice/sample created\ningress.networking.k8s.io/sample created\n",
    );
    await lab.advance(90);
    expect(part("httpListeners", "fl-")).toMatchObject({ properties: { hostName: host, protocol: "Http" } });
    expect(part("backendHttpSettingsCollection", "bp-default-sample-80-80-sample")).toMatchObject({
      properties: { port: 80, protocol: "Http" },
    });
    expect(part("probes", "pb-default-sample-80-sample")).toMatchObject({
      properties: { path: "/healthz", host, interval: 5, timeout: 1, unhealthyThreshold: 3 },
    });
    expect(part("requestRoutingRules", "rr-")).toMatchObject({ properties: { ruleType: "Basic" } });
    expect(poolAddresses()).toHaveLength(2);
    expect(String(part("httpListeners", "fl-")?.name).slice(3)).toBe(
      String(part("requestRoutingRules", "rr-")?.name).slice(3),
    );
  });

  it("writes the gateway's address into the status of the ingress", async () => {
    const ingress = await lab.json("kubectl get ingress sample --namespace default --output json");
    expect(textField(ingress, "status", "loadBalancer", "ingress", 0, "ip")).toBe(host.replace(".nip.io", ""));
  });

  it("lets the internet reach the pods, which see an instance of the gateway and are told the client", async () => {
    const answer = await askInternet(`http://${host}/ping`);
    expect(answer.status).toBe(200);
    const body = JSON.parse(answer.body) as JsonObject;
    expect(body.source).toMatch(/^10\.0\.4\./);
    expect(textField(body, "headers", "x-forwarded-for")).toMatch(/^203\.0\.113\.7:\d+$/);
  });

  it("answers 404 for a host without an ingress, 502 for names that do not exist, 405 for CONNECT", async () => {
    expect((await askInternet(`http://${host.replace(".nip.io", "")}/ping`)).status).toBe(404);
    expect((await askInternet("http://no.such.invalid/")).status).toBe(502);
    const { hostname, port } = new URL(proxy.url);
    const status = await new Promise((resolve, reject) => {
      const call = request({ hostname, port, method: "CONNECT", path: "example.com:443" });
      call
        .on("connect", (response) => resolve(response.statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(405);
  });

  it("follows the pods when the deployment is scaled", async () => {
    await lab.run("kubectl apply --filename m.json", { "m.json": sampleManifests(host, { replicas: 4 }) });
    await lab.advance(120);
    expect(poolAddresses()).toHaveLength(4);
  });

  it("does not see that somebody else changed the gateway, but puts it right with its next write", async () => {
    const gateway = lab.get(lab.gatewayId);
    const pools = listField(gateway, "properties", "backendAddressPools");
    lab.put(lab.gatewayId, {
      ...gateway,
      properties: {
        ...(gateway.properties as JsonObject),
        backendAddressPools: [...pools, { name: "foreign", properties: { backendAddresses: [] } }],
      },
    });
    await lab.advance(600);
    expect(part("backendAddressPools", "foreign")).toBeDefined();
    await lab.run("kubectl apply --filename m.json", { "m.json": sampleManifests(host, { replicas: 1 }) });
    await lab.advance(60);
    expect(part("backendAddressPools", "foreign")).toBeUndefined();
    expect(poolAddresses()).toHaveLength(1);
  });

  it("lists, shows and removes the release as helm does", async () => {
    const releases = (await lab.json(
      "helm list --namespace kube-system --filter ^ingress-azure$ --output json",
    )) as unknown as JsonObject[];
    expect(releases).toMatchObject([
      { name: "ingress-azure", revision: "1", status: "deployed", chart: "ingress-azure-1.9.8" },
    ]);
    expect(await lab.json("helm get values ingress-azure --namespace kube-system --output json")).toEqual(lab.values());
    expect((await lab.run("helm uninstall ingress-azure --namespace kube-system")).logs).toBe(
      'release "ingress-azure" uninstalled\n',
    );
    expect(await lab.json("helm list --namespace kube-system --filter ^ingress-azure$ --output json")).toEqual([]);
    expect(await lab.run("helm get values ingress-azure --namespace kube-system --output json")).toMatchObject({
      exitCode: 1,
      logs: "Error: release: not found\n",
    });
    expect(await ingressPod()).toEqual({});
  });

  it("is refused by helm with values that are not carried out here, or a version that is not there", async () => {
    const values = lab.values();
    const withSecret = { ...values, armAuth: { type: "servicePrincipal", existingSecret: "agic" } };
    expect(await lab.run(UPGRADE, { "values.json": withSecret })).toMatchObject({
      exitCode: 1,
      logs: expect.stringContaining("armAuth.type=servicePrincipal"),
    });
    const noIdentity = { ...values, armAuth: { type: "workloadIdentity" } };
    expect((await lab.run(UPGRADE, { "values.json": noIdentity })).logs).toContain(
      "armAuth.identityClientID is required if using Workload Identity",
    );
    expect((await lab.run(UPGRADE.replace("1.9.8", "9.9.9"), { "values.json": values })).logs).toContain(
      "ingress-azure:9.9.9: not found",
    );
    expect((await lab.run(UPGRADE, {})).logs).toContain("open values.json: no such file or directory");
  });
});
