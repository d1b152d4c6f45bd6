import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { QueryEngine } from "../../local/azure/logs/kql/queryEngine.ts";
import { kqlAttacks } from "../harness/kqlAttacks.ts";
import { type EgressLab, openEgressLab } from "./egressLab.ts";

/** Stands in each of the texts below and in no query of ours. */
const MARK = "zq7x";
const texts = kqlAttacks.map((attack, index) => `${MARK}${index}${attack}${MARK}`);

let lab: EgressLab;
const queries: string[] = [];

beforeAll(async () => {
  const execute = QueryEngine.prototype.execute;
  vi.spyOn(QueryEngine.prototype, "execute").mockImplementation(function (this: QueryEngine, query, ...rest) {
    queries.push(query);
    return execute.call(this, query, ...rest);
  });
  lab = await openEgressLab();
});
afterAll(async () => {
  expect(lab.world.azure.taskFailures).toEqual([]);
  await lab.world.close();
  vi.restoreAllMocks();
});

describe("whoever can write into the log, or ask the app", () => {
  it("puts nothing into a query with what a connection is about, and stops no reading", async () => {
    const at = new Date(lab.world.clock.now()).toISOString();
    const common = { TimeGenerated: at, _ResourceId: lab.firewallId.toLowerCase() };
    const rows = (cells: (text: string, index: number) => Readonly<Record<string, string | number>>) =>
      texts.map((text, index) => ({ ingestedAt: at, row: { ...common, ...cells(text, index) } }));
    const from = { Action: "Deny", SourceIp: "10.0.5.4", SourcePort: 7, DestinationPort: 443, Protocol: "HTTPS" };
    const { azure } = lab.world;
    azure.addLogRows(lab.workspaceId, "AZFWApplicationRule", [
      ...rows((text) => ({ ...from, Fqdn: text })),
      ...rows((text) => ({ ...from, TargetUrl: `${text}/${text}` })),
      ...rows((text) => ({ ...from, Fqdn: "a.example", Rule: text, RuleCollection: text, ActionReason: text })),
      ...rows((text) => ({ ...from, Fqdn: "b.example", Protocol: text })),
      ...rows((text) => ({ ...from, Fqdn: "c.example", SourceIp: text })),
    ]);
    azure.addLogRows(
      lab.workspaceId,
      "AZFWThreatIntel",
      rows((text) => ({ ...from, Fqdn: text, ThreatDescription: text, DestinationIp: text })),
    );
    azure.addLogRows(
      lab.workspaceId,
      "AzureDiagnostics",
      rows((text, index) => ({
        ResourceType: "AZUREFIREWALLS",
        Category: "AzureFirewallApplicationRule",
        OperationName: "AzureFirewallApplicationRuleLog",
        msg_s: `HTTP request from 10.0.5.4:${index + 5000} to ${text}:80. Url: ${text}. Action: Deny. No rule matched.`,
      })),
    );
    lab.refuse({ name: "quay.io" });
    await lab.minutes(15);
    expect((await lab.cases("?destination=quay.io")).map(({ count }) => count)).toEqual([1]);
    expect((await lab.cases()).length).toBeGreaterThan(20);
    const { counters, findings } = await lab.status();
    expect([counters.failedPassCount, findings]).toEqual([0, []]);
  });

  it("puts nothing into a query with what is asked at the doors", async () => {
    const { world } = lab;
    const get = (path: string): Promise<Response> => fetch(`${world.url()}${path}`);
    const [quay] = await lab.cases("?destination=quay.io");
    const now = new Date(world.clock.now()).toISOString();
    const statuses = new Set<number>();
    for (const text of texts) {
      const said = encodeURIComponent(text.toWellFormed());
      const answers = [
        await get(`/api/egress/cases?destination=${said}&cluster=${said}`),
        await get(`/api/egress/cases?environment=${said}&state=${said}`),
        await get(`/api/egress/cases/${said}`),
        await get(`/api/environments/${said}`),
        await lab.act(quay?.id ?? "", "suppress", { by: text.slice(0, 20), reason: text, until: later(1) }),
        await world.post("/api/egress/backtest", { environment: text, from: later(-1), to: now }),
        await world.post("/api/egress/backtest", { environment: "seed", from: text, to: now }),
      ];
      for (const { status } of answers) statuses.add(status);
    }
    await lab.minutes(10);
    expect([...statuses].sort()).toEqual([200, 202, 400, 404]);
  });

  it("is not found in any query that was asked meanwhile", () => {
    expect(queries.length).toBeGreaterThan(4);
    expect(queries.filter((query) => query.includes(MARK))).toEqual([]);
  });
});

function later(days: number): string {
  return new Date(lab.world.clock.now() + days * 24 * 3_600_000).toISOString();
}
