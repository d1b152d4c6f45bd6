import { afterEach, describe, expect, it } from "vitest";
import { openRouteLab, type RouteLab } from "./routeLab.ts";

let lab: RouteLab;
afterEach(async () => {
  expect(lab.world.azure.taskFailures).toEqual([]);
  await lab.world.close();
});

/** A sweep comes every five minutes, and its look seconds later. */
const SWEEP_SECONDS = 330;
/** AKS takes three minutes to scale, its table is written within two more, and the gateway's follows. */
const SCALED_SECONDS = 330;

describe("the sweep", () => {
  it("heals what no event told, and a route that somebody deleted, and leaves those of others", async () => {
    lab = await openRouteLab({ events: false });
    await lab.scale(4);
    await lab.seconds(300 + SWEEP_SECONDS);
    const source = await lab.routes(lab.tableOf());
    expect(source).toHaveLength(4);
    expect(await lab.routes(lab.gatewayTable)).toEqual(source);
    const foreign = { addressPrefix: "192.168.7.0/24", nextHopType: "VirtualAppliance", nextHopIpAddress: "10.0.0.9" };
    const [first] = (await lab.arm("GET", lab.gatewayTable)).body.properties.routes;
    await lab.arm("DELETE", first.id);
    await lab.seconds(30);
    await lab.arm("PUT", `${lab.gatewayTable}/routes/office`, { properties: foreign });
    await lab.seconds(SWEEP_SECONDS);
    expect(await lab.routes(lab.gatewayTable)).toEqual([...source, "192.168.7.0/24 → 10.0.0.9"].sort());
    expect(lab.gatewayWrites()).toBe(2);
    expect((await lab.state()).findings).toEqual([]);
  });

  it("finds the node whose route AKS has reported and not written, and says so until it is there", async () => {
    lab = await openRouteLab({ events: false });
    lab.loseAksWrites();
    await lab.scale(3);
    // The node is overdue ten minutes after it came; the next sweep must have it.
    await lab.seconds(180 + 600 + SWEEP_SECONDS);
    const [finding, ...others] = (await lab.state()).findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "NodeWithoutRoute", cluster: "secureaks1", isOpen: true });
    expect(finding?.subject).toMatch(/^aks-nodepool1-\d+-vmss000002$/);
    expect(finding?.advice).toContain("AKS may have lost the write");
    await lab.seconds(SWEEP_SECONDS);
    expect((await lab.state()).findings[0]?.since).toBe(finding?.since);
    lab.world.azure.setFaults([]);
    await lab.seconds(300 + SWEEP_SECONDS);
    expect((await lab.state()).findings).toEqual([]);
    expect(await lab.routes(lab.gatewayTable)).toHaveLength(3);
  });

  it("empties the table after a cluster has left kubenet, without a brake, and says so", async () => {
    lab = await openRouteLab({ events: false });
    const { body } = await lab.arm("GET", lab.clusterId());
    const networkProfile = { ...body.properties.networkProfile, networkPlugin: "azure", networkPluginMode: "overlay" };
    await lab.arm("PUT", lab.clusterId(), { ...body, properties: { ...body.properties, networkProfile } });
    await lab.seconds(900 + SWEEP_SECONDS);
    expect(await lab.routes(lab.gatewayTable)).toEqual([]);
    expect((await lab.state()).findings).toMatchObject([{ code: "ClusterLeftKubenet", cluster: "secureaks1" }]);
    expect((await lab.state()).held).toBeUndefined();
  });
});

describe("a write of the gateway's table", () => {
  const match = { method: "PUT", path: "dzk8sappgw1-rt$", principal: "app" };

  it("is made again when Azure took it and failed, and when it was refused, with what Azure said kept", async () => {
    lab = await openRouteLab();
    const failed = { status: 500, code: "InternalServerError", message: "An error occurred." };
    const refused = { status: 403, code: "RequestDisallowedByPolicy", message: "Policy 'no routes' forbids it." };
    lab.world.azure.setFaults([
      { match, when: "finish", answer: failed },
      { match, when: "begin", answer: refused, after: 1 },
    ]);
    await lab.scale(3);
    await lab.seconds(330);
    const source = await lab.routes(lab.tableOf());
    expect(source).toHaveLength(3);
    expect(await lab.routes(lab.gatewayTable)).toEqual(source);
    const { passes, findings, counters } = await lab.state();
    expect(passes.find(({ failure }) => failure !== undefined)).toMatchObject({
      failure: { code: "RequestDisallowedByPolicy", advice: expect.stringContaining("exemption") },
    });
    expect(findings).toEqual([]);
    expect(counters.failedPassCount).toBe(1);
    expect(passes.some(({ reason, writtenAt }) => reason !== "sweep" && writtenAt !== undefined)).toBe(true);
  });
});

describe("the backends after a write", () => {
  it("are asked for during five minutes, and what was wrong with them at last is kept with the pass", async () => {
    lab = await openRouteLab();
    // Off its subnet the table has no effect, and the gateway reaches no pod.
    const { subnets } = (await lab.arm("GET", lab.gatewayTable)).body.properties;
    const { id, properties } = (await lab.arm("GET", subnets[0].id)).body;
    await lab.arm("PUT", id, { properties: { ...properties, routeTable: undefined } });
    await lab.scale(3);
    await lab.seconds(SCALED_SECONDS);
    const written = async () => (await lab.status()).gatewayRoutes?.passes.find(({ writtenAt }) => writtenAt);
    expect(await written()).not.toHaveProperty("unwell");
    await lab.seconds(300);
    const { writtenAt = "", unwell, ...pass } = (await written()) ?? {};
    expect(pass).not.toHaveProperty("healthyAt");
    expect(pass).not.toHaveProperty("secondsToHealthy");
    expect(unwell?.seen).toMatch(/^Not healthy, of \d+ backend servers: 10\.244\.\d+\.\d+ Unhealthy \(.+\)/);
    const askedSeconds = (Date.parse(unwell?.askedUntil ?? "") - Date.parse(writtenAt)) / 1000;
    expect(askedSeconds).toBeGreaterThanOrEqual(300);
    expect(askedSeconds).toBeLessThan(330);
    expect((await lab.state()).findings).toMatchObject([{ code: "GatewayTableDetached", isOpen: true }]);
    // The watch has ended: nobody asks any more.
    const asked = (): number => lab.world.azure.requests.filter(({ path }) => /backendhealth$/i.test(path)).length;
    const before = asked();
    expect(before).toBeGreaterThan(10);
    await lab.seconds(600);
    expect(asked()).toBe(before);
  });
});

describe("a table that Azure never stops writing", () => {
  it("is read ever more rarely, named, and put right when it stands at last", async () => {
    lab = await openRouteLab({ events: false });
    const { store } = lab.world.azure.world;
    const standing = async (provisioningState: string): Promise<void> => {
      const table = store.get(lab.gatewayTable);
      if (table === undefined) throw new Error(`${lab.gatewayTable} is gone.`);
      store.put({ ...table, body: { ...table.body, properties: { ...table.body.properties, provisioningState } } });
    };
    await standing("Updating");
    await lab.scale(3);
    await lab.seconds(SWEEP_SECONDS + 900);
    const { passes } = await lab.state();
    expect(passes.find(({ failure }) => failure?.code === "NotFinishedInTime")).toMatchObject({
      failure: { message: "Azure: dzk8sappgw1-rt is being written, still after 15 minutes." },
    });
    expect(passes[0]?.reads).toBeLessThan(500);
    expect(lab.gatewayWrites()).toBe(0);
    await standing("Succeeded");
    await lab.seconds(SWEEP_SECONDS);
    expect(await lab.routes(lab.gatewayTable)).toEqual(await lab.routes(lab.tableOf()));
    expect(await lab.routes(lab.gatewayTable)).toHaveLength(3);
    expect(lab.gatewayWrites()).toBe(1);
  });
});

describe("the brake", () => {
  it("keeps the routes of nodes that live until exactly that loss is confirmed, and then lets it through once", async () => {
    lab = await openRouteLab();
    const before = await lab.routes(lab.gatewayTable);
    // AKS would put them back within two minutes.
    lab.loseAksWrites();
    const routes = (await lab.arm("GET", lab.tableOf())).body.properties.routes;
    for (const route of routes) {
      if (route.properties.addressPrefix === "0.0.0.0/0") continue;
      await lab.arm("DELETE", route.id);
      await lab.seconds(5);
    }
    await lab.seconds(40);
    const { held, findings } = await lab.state();
    expect(await lab.routes(lab.tableOf())).toEqual([]);
    expect(await lab.routes(lab.gatewayTable)).toEqual(before);
    expect(findings.map(({ code }) => code)).toContain("Braked");
    expect(held).toMatchObject({ lostCount: 2, ownCount: 2, reason: "mostRoutes" });
    const confirm = (digest: unknown): Promise<Response> =>
      lab.world.post(`/api/environments/kubenet/routes/confirm`, { digest });
    expect((await confirm("another")).status).toBe(400);
    expect((await confirm("0d1a1a3e-6c53-5a0c-9d0c-6c1f3f1f6a58")).status).toBe(409);
    expect((await confirm(held?.digest)).status).toBe(202);
    await lab.seconds(25);
    expect(await lab.routes(lab.gatewayTable)).toEqual([]);
    expect((await lab.state()).confirmed).toBeUndefined();
    // AKS writes them again, and the gateway follows.
    lab.world.azure.setFaults([]);
    await lab.seconds(300);
    expect(await lab.routes(lab.gatewayTable)).toEqual(before);
    expect(lab.gatewayWrites()).toBe(2);
  });
});
