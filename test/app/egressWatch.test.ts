import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { environmentList } from "../../src/contracts/environmentStatus.ts";
import { contextOf, curlJob } from "../azure/kubernetesSample.ts";
import { carriedOut, sampleTicket } from "../harness/clusterTickets.ts";
import { type EgressLab, ENVIRONMENT, openEgressLab } from "./egressLab.ts";

let lab: EgressLab;
afterEach(async () => {
  expect(lab.world.azure.taskFailures).toEqual([]);
  await lab.world.close();
});

const HOUR = 60;
const inWords = async (): Promise<readonly string[]> =>
  (await lab.cases("?state=open,closed"))
    .map(({ destination, count, state }) => `${state} ${destination.name} ×${count}`)
    .sort();

describe("a pod that tries a name which is refused", () => {
  it("is one case, of its node, with a class, a proposal, one alert, and an end when it is quiet", async () => {
    lab = await openEgressLab();
    const { world } = lab;
    const cluster = lab.settingId.replace(
      /securevnets.*/,
      "securek8s/providers/Microsoft.ContainerService/managedClusters/secureaks1",
    );
    const job = contextOf({ "m.json": curlJob("try", "https://quay.io/") });
    await lab.arm("POST", `${cluster}/runCommand`, { command: "kubectl apply --filename m.json", context: job });
    await lab.minutes(45);
    const [found, ...others] = await lab.cases();
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      title: "secureaks1 may not reach quay.io:443 (HTTPS)",
      environment: ENVIRONMENT,
      cluster: "secureaks1",
      class: "imagePull",
      state: "open",
      sources: [{ cluster: "secureaks1", pool: "nodepool1", node: expect.stringMatching(/^aks-/), hiddenBySnat: true }],
    });
    expect(found?.count).toBeGreaterThan(0);
    expect(JSON.parse(found?.proposal?.json ?? "")).toMatchObject({ action: { type: "Allow" } });
    // What the environment's own verification was refused while it was built is no case.
    expect(lab.alerts()).toEqual([`opened ${found?.id}:1`]);
    const { egress, openCaseCount } = await environment();
    expect(openCaseCount).toBe(1);
    expect(egress).toMatchObject({ openCases: [{ class: "imagePull", count: 1 }], findings: [] });
    expect(egress.freshnessSeconds).toBeLessThan(8 * 60);
    const metrics = await (await fetch(`${world.url()}/api/metrics`)).text();
    expect(metrics).toContain(
      `portcullis_egress_open_cases{environment="${ENVIRONMENT}",class="imagePull",severity="${found?.severity}"} 1`,
    );
    expect(metrics).toMatch(/portcullis_egress_freshness_seconds\{environment="seed"\} \d+/);
    expect(metrics).toMatch(/portcullis_egress_ingestion_lag_seconds\{environment="seed"\} \d+/);
    expect(metrics).toContain(`portcullis_egress_passes_failed_total{environment="${ENVIRONMENT}"} 0`);
    await lab.minutes(3 * HOUR);
    expect(await lab.get(found?.id ?? "")).toMatchObject({ state: "closed", count: found?.count });
    expect(lab.alerts().at(-1)).toMatch(`closed ${found?.id}:`);
  });
});

async function environment() {
  const answer = await fetch(`${lab.world.url()}/api/environments`);
  const { environments } = z.parse(environmentList, await answer.json());
  return { egress: await lab.status(), openCaseCount: environments[0]?.openCaseCount };
}

describe("a refused connection", () => {
  it("counts once, however late, often and in whichever schema it comes", async () => {
    lab = await openEgressLab();
    await lab.minutes(5);
    const ago = (minutes: number): string => new Date(lab.world.clock.now() - minutes * 60_000).toISOString();
    lab.refuse(
      // Twice in one window, and again in windows after it.
      { name: "twice.example", at: ago(9) },
      { name: "twice.example", at: ago(9) },
      { name: "twice.example", at: ago(9), ingestedAt: ago(-14) },
      { name: "twice.example", at: ago(9), ingestedAt: ago(-90) },
      // A day and a half late.
      { name: "late.example", at: ago(36 * HOUR) },
      // Later than Azure takes it: it gets the time at which it came.
      { name: "stamped.example", at: ago(60 * HOUR) },
      // In both schemas, one of them much later.
      { name: "both.example", at: ago(4) },
      { name: "both.example", at: ago(4), isLegacy: true },
      { name: "both.example", at: ago(3), isLegacy: true },
      { name: "both.example", at: ago(3), ingestedAt: ago(-40) },
      // In the legacy schema alone.
      { name: "old.example", isLegacy: true },
      // Comes into a minute that has been read already.
      { name: "twice.example", sourcePort: 2 },
    );
    await lab.minutes(10);
    lab.refuse({ name: "twice.example", sourcePort: 3, at: ago(10), ingestedAt: ago(9) });
    await lab.minutes(100);
    expect(await inWords()).toEqual([
      "open both.example ×2",
      "open late.example ×1",
      "open old.example ×1",
      "open stamped.example ×1",
      "open twice.example ×3",
    ]);
    expect(lab.alerts().filter((alert) => alert.startsWith("opened"))).toHaveLength(5);
    expect(new Set(lab.alerts()).size).toBe(lab.alerts().length);
  });

  it("of which there are thousands at once opens few cases, and all are counted", async () => {
    lab = await openEgressLab();
    const storm = Array.from({ length: 1500 }, (_, index) => ({
      name: `s${index}.storm.example`,
      sourcePort: index + 1,
    }));
    lab.refuse(...storm, { name: "mcr.microsoft.com" });
    await lab.minutes(15);
    const cases = await lab.cases("?limit=500");
    expect(cases.length).toBeLessThanOrEqual(22);
    expect(cases.reduce((sum, { count }) => sum + count, 0)).toBe(1501);
    expect(cases.find(({ destination }) => destination.name === "mcr.microsoft.com")).toMatchObject({
      class: "breaksAks",
    });
    expect(cases.find(({ destination }) => destination.kind === "many")?.destinations?.count).toBeGreaterThan(1400);
    expect(lab.alerts()).toHaveLength(cases.length);
  });
});

describe("a source address", () => {
  it("that is no node's is the pod's that had it then, where the cluster keeps an inventory", async () => {
    lab = await openEgressLab();
    const { world } = lab;
    const workspace = lab.workspaceId.replace(
      /securevnets.*/,
      "securek8s/providers/Microsoft.OperationalInsights/workspaces",
    );
    const { value } = (await lab.arm("GET", workspace)).body;
    const minute = (ago: number): string => new Date(world.clock.now() - ago * 60_000).toISOString();
    const pod = (name: string, ago: number) => ({
      ingestedAt: minute(0),
      row: { TimeGenerated: minute(ago), PodIp: "10.0.5.77", Namespace: "shop", Name: name, ControllerName: "cart" },
    });
    // The address was another pod's an hour before.
    world.azure.addLogRows(value[0].id, "KubePodInventory", [pod("old-1", 60), pod("cart-1", 4), pod("cart-1", 3)]);
    lab.refuse(
      { name: "api.example", source: "10.0.5.77", at: minute(3) },
      { name: "lost.example", source: "10.0.5.78" },
    );
    await lab.minutes(10);
    const sources = new Map((await lab.cases()).map(({ destination, sources: each }) => [destination.name, each]));
    expect(sources.get("api.example")).toEqual([
      {
        address: "10.0.5.77",
        cluster: "secureaks1",
        pod: { namespace: "shop", name: "cart-1", workload: "cart" },
        hiddenBySnat: false,
      },
    ]);
    expect(sources.get("lost.example")).toEqual([{ address: "10.0.5.78", cluster: "secureaks1", hiddenBySnat: false }]);
  });
});

describe("an environment", () => {
  it("that is taken down has its cases closed with a word why, and is watched no more", async () => {
    lab = await openEgressLab();
    lab.refuse({ name: "quay.io" });
    await lab.minutes(10);
    const [found] = await lab.cases();
    const end = await carriedOut(lab.world, sampleTicket("decommission", "CHG0009"));
    expect(end).toMatchObject({ state: "succeeded" });
    await lab.minutes(2);
    expect(lab.alerts()).toEqual([`opened ${found?.id}:1`, `closed ${found?.id}:2`]);
    const published = lab.world.azure.publishedAlerts().at(-1);
    expect(JSON.stringify(published)).toContain("the environment is gone");
    const queries = lab.queryCount();
    await lab.minutes(30);
    expect(lab.queryCount()).toBe(queries);
    expect(await lab.cases()).toEqual([]);
  });
});
