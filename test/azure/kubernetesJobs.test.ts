import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { listField, numberField, textField } from "../../local/azure/kubernetes/jsonFields.ts";
import { type AksLab, startAksLab } from "./aksLab.ts";
import { curlJob } from "./kubernetesSample.ts";
import { networkRule, ruleCollection } from "./networkSeed.ts";

let lab: AksLab;
let workspaceId: string;

beforeAll(async () => {
  lab = await startAksLab({ gateway: true });
  workspaceId = `${lab.net.group}/providers/Microsoft.OperationalInsights/workspaces/fw-log`;
  lab.put(workspaceId, { location: "westeurope", properties: {} });
  await lab.advance(30);
  const logs = ["AZFWNetworkRule", "AZFWApplicationRule"].map((category) => ({ category, enabled: true }));
  const properties = { workspaceId, logAnalyticsDestinationType: "Dedicated", logs };
  const setting = `${lab.net.id("azureFirewalls/fw")}/providers/Microsoft.Insights/diagnosticSettings/to-log`;
  expect(lab.put(setting, { properties }, "2021-05-01-preview")).toBe("201");
  await lab.makeCluster();
});
afterAll(async () => {
  expect(lab.net.azure.taskFailures).toEqual([]);
  await lab.stop();
});

let count = 0;

/** Runs a job to its end; what it wrote and how it ended. */
async function outcome(url: string, change: (job: JsonObject) => JsonObject = (job) => job) {
  const name = `check-${++count}`;
  await lab.run("kubectl apply --filename m.json", { "m.json": change(curlJob(name, url)) });
  await lab.advance(40);
  const { logs } = await lab.run(`kubectl logs job/${name} --namespace default`);
  const job = await lab.json(`kubectl get job ${name} --namespace default --output json`);
  const pods = await lab.json(`kubectl get pods --namespace default --selector job-name=${name} --output json`);
  const container = listField(listField(pods, "items")[0], "status", "containerStatuses")[0];
  const condition = textField(job, "status", "conditions", 0, "type");
  return { logs, condition, exitCode: numberField(container, "state", "terminated", "exitCode") };
}

/** The last row of a table with that action; commands and image pulls leave Allow rows of their own. */
function lastRow(table: string, action: "Allow" | "Deny"): JsonObject {
  const rows = lab.net.azure.logRows(workspaceId, table).map(({ row }) => row);
  return rows.findLast((row) => row.Action === action) ?? {};
}

describe("a job that runs curl", () => {
  it("completes with the status of a name that the firewall allows, and leaves an Allow row", async () => {
    expect(await outcome("https://mcr.microsoft.com/v2/")).toEqual({ logs: "200", condition: "Complete", exitCode: 0 });
    expect(lastRow("AZFWNetworkRule", "Allow")).toMatchObject({
      SourceIp: expect.stringMatching(/^10\.0\.5\./),
      DestinationPort: 443,
    });
  });

  it("fails with exit code 35 at a name that no application rule allows, and the firewall logs who and where", async () => {
    const end = await outcome("https://www.example.com/");
    expect(end).toEqual({
      logs: "curl: (35) Recv failure: Connection reset by peer\n000",
      condition: "Failed",
      exitCode: 35,
    });
    const row = lastRow("AZFWApplicationRule", "Deny");
    expect(row).toMatchObject({
      Action: "Deny",
      Fqdn: "www.example.com",
      Protocol: "HTTPS",
      ActionReason: "No rule matched. Proceeding with default action.",
    });
    // The node's own address: node-subnet CNI translates what leaves the network.
    const nodes = await lab.json("kubectl get nodes --namespace default --output json");
    const addresses = listField(nodes, "items").map((node) => textField(node, "status", "addresses", 0, "address"));
    expect(addresses).toContain(row.SourceIp);
  });

  it("fails with exit code 22 and status 470 when the firewall answers plain HTTP itself", async () => {
    expect(await outcome("http://www.example.com/")).toEqual({
      logs: "curl: (22) The requested URL returned error: 470\n470",
      condition: "Failed",
      exitCode: 22,
    });
  });

  it("fails with exit code 28 after --max-time when the packet is dropped", async () => {
    const end = await outcome("https://www.example.com:8443/");
    expect(end).toEqual({
      logs: "curl: (28) Connection timed out after 20001 milliseconds\n000",
      condition: "Failed",
      exitCode: 28,
    });
    expect(lastRow("AZFWNetworkRule", "Deny")).toMatchObject({ DestinationPort: 8443, ActionReason: "Default Action" });
  });

  it("fails with exit code 6 at a name that does not exist", async () => {
    expect(await outcome("https://no.such.invalid/")).toEqual({
      logs: "curl: (6) Could not resolve host: no.such.invalid\n000",
      condition: "Failed",
      exitCode: 6,
    });
  });

  it("comes back through the gateway from the firewall's public address", async () => {
    const address = textField(lab.net.get("publicIPAddresses/gw-ip"), "properties", "ipAddress") ?? "";
    const rules = [networkRule("to gateway", ["TCP"], [address], ["80"])];
    await lab.net.make("firewallPolicies/policy/ruleCollectionGroups/gateway", {
      properties: { priority: 400, ruleCollections: [ruleCollection("gateway", 130, rules)] },
    });
    // The gateway has no healthy server yet: its own 502 proves that the request came that far.
    expect(await outcome(`http://${address}/`)).toMatchObject({
      logs: "curl: (22) The requested URL returned error: 502\n502",
    });
  });

  it("is told which options of curl there are, and which programs", async () => {
    const withArgs = (args: string[]) => (job: JsonObject) => {
      const template = structuredClone(job) as { spec: { template: { spec: { containers: { args: string[] }[] } } } };
      for (const container of template.spec.template.spec.containers) container.args = args;
      return template as unknown as JsonObject;
    };
    expect(
      (await outcome("https://mcr.microsoft.com", withArgs(["--insecure", "https://mcr.microsoft.com"]))).logs,
    ).toContain("curl: option --insecure");
    const shell = (job: JsonObject) => JSON.parse(JSON.stringify(job).replace('"curl"', '"bash"')) as JsonObject;
    expect(await outcome("https://mcr.microsoft.com", shell)).toMatchObject({
      condition: "Failed",
      exitCode: 128,
      logs: expect.stringContaining("executable file not found"),
    });
  });
});

describe("jobs", () => {
  it("start again with growing pauses until their back-off limit", async () => {
    const job = curlJob("stubborn", "https://www.example.com/", { backoffLimit: 2 });
    await lab.run("kubectl apply --filename m.json", { "m.json": job });
    await lab.advance(30);
    const pods = async () =>
      listField(
        await lab.json("kubectl get pods --namespace default --selector job-name=stubborn --output json"),
        "items",
      );
    expect(await pods()).toHaveLength(2);
    await lab.advance(120);
    expect(await pods()).toHaveLength(3);
    const live = await lab.json("kubectl get job stubborn --namespace default --output json");
    expect(live.status).toMatchObject({ failed: 3, conditions: [{ type: "Failed", reason: "BackoffLimitExceeded" }] });
  });

  it("are removed with their pods when their time to live is over", async () => {
    await lab.run("kubectl apply --filename m.json", {
      "m.json": curlJob("brief", "https://mcr.microsoft.com/", { ttlSecondsAfterFinished: 60 }),
    });
    await lab.advance(30);
    expect((await lab.run("kubectl get job brief --namespace default --output json")).exitCode).toBe(0);
    await lab.advance(60);
    expect((await lab.run("kubectl get job brief --namespace default --output json")).exitCode).toBe(1);
  });

  it("cannot be changed once they are there, and must not restart in place", async () => {
    const apply = (job: JsonObject) => lab.run("kubectl apply --filename m.json", { "m.json": job });
    await apply(curlJob("fixed", "https://mcr.microsoft.com/"));
    expect((await apply(curlJob("fixed", "https://www.example.com/"))).logs).toContain(
      'The Job "fixed" is invalid: spec.template: Invalid value: field is immutable',
    );
    const always = JSON.parse(
      JSON.stringify(curlJob("always", "https://mcr.microsoft.com/")).replace('"Never"', '"Always"'),
    ) as JsonObject;
    expect((await apply(always)).logs).toContain('valid values: "OnFailure", "Never"');
  });
});
