import { LogsQueryClient } from "@azure/monitor-query-logs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolvePublicName } from "../../local/azure/network/publicDns.ts";
import { seedTicket } from "../harness/tickets.ts";
import { openStandingWorld, type World } from "../harness/world.ts";

const HOUR_MS = 3_600_000;

let world: World;
beforeAll(async () => {
  world = await openStandingWorld([seedTicket("RITM0090001")]);
});
afterAll(() => world.close());

/** Asks a workspace of the environment as its operator. */
async function ask(query: string, workspaceName = "dzk8sfw1-lagw"): Promise<readonly Answered[]> {
  const { azure } = world;
  const workspaces = azure.world.store.list("Microsoft.OperationalInsights/workspaces", "/");
  const workspace = workspaces.find(({ name }) => name === workspaceName);
  const credential = {
    async getToken() {
      const parameters = { resource: "https://api.loganalytics.io", client_id: azure.operator.appId };
      const query = new URLSearchParams({ "api-version": "2019-08-01", ...parameters });
      const answer = await fetch(`${azure.tokenUrl}?${query}`, {
        headers: { "x-identity-header": azure.identityHeader },
      });
      const { access_token: token } = (await answer.json()) as { readonly access_token: string };
      return { token, expiresOnTimestamp: Date.now() + HOUR_MS };
    },
  };
  const client = new LogsQueryClient(credential, { endpoint: azure.logsUrl, tlsOptions: { ca: azure.caPem } });
  const customerId = String(workspace?.body.properties?.customerId);
  const result = await client.queryWorkspace(customerId, query, { duration: "P2D" });
  if (result.status !== "Success") throw new Error(result.partialError.message);
  const [table] = result.tables;
  return (table?.rows ?? []).map((row) =>
    Object.fromEntries((table?.columnDescriptors ?? []).map(({ name }, index) => [name, row[index]])),
  );
}

type Answered = Readonly<Record<string, unknown>>;

/** By network rules for the service tag AzureCloud, or by application rules: which, the environment decides. */
const TRAFFIC = "union isfuzzy=true AZFWNetworkRule, AZFWApplicationRule";

describe("the log of an environment in which nothing happens", () => {
  it("has allowed rows of every node, and none of them twice however often it is asked", async () => {
    for (let quarter = 0; quarter < 8; quarter++) {
      await world.clock.advance(HOUR_MS / 4);
      await ask("print 1");
    }
    const hour = "TimeGenerated > ago(90m) and TimeGenerated <= ago(30m)";
    const address = resolvePublicName(world.azure.world, "mcr.microsoft.com");
    const registry = await ask(
      `${TRAFFIC} | where ${hour} and DestinationIp == "${address}" | summarize Rows = count(), Actions = make_set(Action) by SourceIp`,
    );
    expect(registry.length).toBeGreaterThan(1);
    for (const node of registry) expect(node).toMatchObject({ Rows: 2, Actions: ["Allow"] });
    const doubles = `${TRAFFIC} | summarize Rows = count() by TimeGenerated, SourceIp, SourcePort, DestinationIp, Fqdn | where Rows > 1 | count`;
    expect(await ask(doubles)).toEqual([{ Count: 0 }]);
  });

  it("takes its rows in late, in no order, and shows each from then on", async () => {
    const [delays] = await ask(
      `AZFWNetworkRule | extend Delay = (ingestion_time() - TimeGenerated) / 1s | summarize Least = min(Delay), Median = percentile(Delay, 50), Most = max(Delay)`,
    );
    expect(Number(delays?.Least)).toBeGreaterThanOrEqual(30);
    expect(Number(delays?.Most)).toBeLessThanOrEqual(1200);
    expect(Number(delays?.Median)).toBeGreaterThan(150);
    expect(Number(delays?.Median)).toBeLessThan(600);
  });

  it("knows the pods of a monitored cluster, minute by minute", async () => {
    const pods = await ask(
      `KubePodInventory | where TimeGenerated > ago(30m) and TimeGenerated <= ago(20m) | summarize Minutes = dcount(TimeGenerated), take_any(Computer, ControllerKind, PodStatus, PodIp, ClusterName) by Namespace, Name`,
      "secureaks1",
    );
    expect(pods.length).toBeGreaterThan(0);
    for (const pod of pods) expect(pod).toMatchObject({ Minutes: 10, PodStatus: "Running" });
    expect(pods.map(({ Computer }) => String(Computer)).every((name) => name.startsWith("aks-"))).toBe(true);
  });
});
