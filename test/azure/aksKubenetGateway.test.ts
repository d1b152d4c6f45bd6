import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { listField, textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { routeThroughGateway } from "../../local/azure/network/routeThroughGateway.ts";
import { traceFlow } from "../../local/azure/network/traceFlow.ts";
import { LAB_SEED, type PodNetworkLab, startPodNetworkLab } from "./aksPodNetworkLab.ts";
import { curlJob, sampleManifests } from "./kubernetesSample.ts";
import { gatewaySubnetBody } from "./networkSeed.ts";

let lab: PodNetworkLab;
let host: string;
beforeAll(async () => {
  lab = await startPodNetworkLab({ networkPlugin: "kubenet" }, { gateway: true });
  host = `${textField(lab.net.get("publicIPAddresses/gw-ip"), "properties", "ipAddress")}.nip.io`;
});
afterAll(async () => {
  expect(lab.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

async function cniWarnings(): Promise<JsonObject[]> {
  const events = await lab.json("kubectl get events --namespace kube-system --output json");
  return listField(events, "items").filter((event) => event.reason === "FailedCNIConfiguration");
}

async function samplePods(): Promise<JsonObject[]> {
  return listField(await lab.json("kubectl get pods --namespace default --selector app=sample --output json"), "items");
}

function gatewayTable(): string | undefined {
  return textField(lab.net.get("virtualNetworks/spoke/subnets/gw"), "properties", "routeTable", "id");
}

describe(`a gateway in front of kubenet (seed ${LAB_SEED})`, () => {
  it("waits with the first command until a node has its route, and gives pods addresses of their node's /24", async () => {
    await lab.installIngress(host);
    const pods = await samplePods();
    const nodes = await lab.nodes();
    for (const pod of pods) {
      const node = nodes.find((candidate) => candidate.name === textField(pod, "spec", "nodeName"));
      const [third = ""] = (node?.podCidr ?? "").split(".0/");
      expect(textField(pod, "status", "podIP")).toMatch(new RegExp(`^${third.replaceAll(".", "\\.")}\\.\\d+$`));
      expect(textField(pod, "status", "hostIP")).toBe(node?.address);
    }
  });

  it("is not helped by the ingress controller: its table has a default route to the firewall, and it warns", async () => {
    const [warning] = await cniWarnings();
    expect(warning?.message).toContain("(this is relevant for AKS clusters using 'Kubenet' network plugin)");
    expect(warning?.message).toMatch(/LinkedAuthorizationFailed|ApplicationGatewaySubnetUserDefinedRouteNotAllowed/);
    expect(gatewayTable()).toBeUndefined();
    lab.grant(lab.agicIdentity, "networkContributor", lab.net.id("routeTables/aks-rt"));
    await lab.advance(60);
    await lab.run("kubectl apply --filename m.json", { "m.json": sampleManifests(host, { replicas: 3 }) });
    await lab.advance(120);
    expect((await cniWarnings()).map((event) => event.message).join()).toContain(
      "ApplicationGatewaySubnetUserDefinedRouteNotAllowed",
    );
    expect(gatewayTable()).toBeUndefined();
  });

  it("answers 502 without routes, 200 with the pod routes in the gateway's own table", async () => {
    expect(await lab.ask(host)).toBe("502");
    await lab.copyRoutes();
    await lab.net.make(
      "virtualNetworks/spoke/subnets/gw",
      gatewaySubnetBody(lab.net, { routeTable: { id: lab.net.id("routeTables/gw-rt") } }),
    );
    expect(await lab.ask(host)).toMatch(/^200 sample-/);
  });

  it("is answered only through the pod's own node", async () => {
    const wrong = listField(lab.net.get("routeTables/gw-rt"), "properties", "routes").map((route) => ({
      name: route.name,
      properties: {
        addressPrefix: textField(route, "properties", "addressPrefix"),
        nextHopType: "VirtualAppliance",
        nextHopIpAddress: "10.0.5.77",
      },
    }));
    await lab.net.make("routeTables/gw-rt", { properties: { routes: wrong } });
    expect(await lab.ask(host)).toBe("502");
    await lab.copyRoutes();
    expect(await lab.ask(host)).toMatch(/^200/);
  });

  it("loses new nodes' pods until somebody copies their routes", async () => {
    lab.scale(4);
    await lab.advance(330);
    await lab.run("kubectl apply --filename m.json", { "m.json": sampleManifests(host, { replicas: 8 }) });
    await lab.advance(180);
    const gateway = lab.net.world.store.get(lab.gatewayId);
    if (gateway === undefined) throw new Error("The gateway is gone.");
    const health = lab.net.world.armRequest({
      principal: lab.net.azure.operator,
      method: "POST",
      path: `${lab.gatewayId}/backendhealth`,
      apiVersion: "2024-05-01",
    });
    expect(health.status).toBe(202);
    const asked = new Set<number>();
    for (let turn = 0; turn < 20; turn++) {
      const request = { host, path: "/ping", clientAddress: "203.0.113.7" };
      asked.add(routeThroughGateway(lab.net.world, gateway, request).status);
    }
    // The gateway's probes keep requests away from pods that it cannot reach.
    expect(asked).toEqual(new Set([200]));
    const nodes = await lab.nodes();
    const routed = new Set(lab.routes("gw-rt").map((route) => route.split(" ")[2]));
    expect(nodes.filter((node) => !routed.has(node.address))).toHaveLength(2);
    await lab.copyRoutes();
    expect(lab.routes("gw-rt")).toEqual(await lab.wantedRoutes());
  });

  it("hands packets from one node to another node's pods by the cluster's own table", async () => {
    const [first, second] = await lab.nodes();
    const flow = {
      sourceAddress: first?.address ?? "",
      destination: { address: (second?.podCidr ?? "").replace(".0/24", ".9") },
      port: 80,
      protocol: "HTTP",
    } as const;
    expect(traceFlow(lab.net.world, flow)).toMatchObject({ allowed: true, handedTo: second?.address });
  });

  it("lets pods out with their node's address", async () => {
    const workspace = `${lab.net.group}/providers/Microsoft.OperationalInsights/workspaces/fw-log`;
    lab.put(workspace, { location: "westeurope", properties: {} });
    await lab.advance(120);
    lab.put(
      `${lab.net.id("azureFirewalls/fw")}/providers/Microsoft.Insights/diagnosticSettings/all`,
      {
        properties: {
          workspaceId: workspace,
          logAnalyticsDestinationType: "Dedicated",
          logs: [{ category: "AZFWApplicationRule", enabled: true }],
        },
      },
      "2021-05-01-preview",
    );
    await lab.run("kubectl apply --filename j.json", { "j.json": curlJob("out", "https://example.com/") });
    await lab.advance(90);
    const rows = lab.net.azure
      .logRows(workspace, "AZFWApplicationRule")
      .map(({ row }) => row)
      .filter((row) => row.Fqdn === "example.com");
    const addresses = (await lab.nodes()).map((node) => node.address);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every((row) => addresses.includes(String(row.SourceIp)))).toBe(true);
  });
});

describe(`an ingress controller beside a table of one's own (seed ${LAB_SEED})`, () => {
  it("skips its association, says so in its log, and warns no more", async () => {
    const before = (await cniWarnings()).length;
    const pods = await lab.json("kubectl get pods --namespace kube-system --selector app=ingress-azure --output json");
    expect(listField(pods, "items")).toHaveLength(1);
    await lab.run("kubectl apply --filename m.json", { "m.json": sampleManifests(host, { replicas: 2 }) });
    await lab.advance(120);
    expect((await cniWarnings()).length).toBe(before);
    expect(gatewayTable()).toBe(lab.net.id("routeTables/gw-rt"));
    const logs = lab.net.world.store.below(lab.clusterId).map((record) => JSON.stringify(record.body));
    expect(logs.some((text) => text.includes("Skipping associating Application Gateway subnet"))).toBe(true);
  });
});
