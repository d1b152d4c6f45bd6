import { afterAll, beforeAll, expect, it } from "vitest";
import type { OutsideRow } from "../../local/azure/logs/rowsFromOutside.ts";
import { type EgressLab, openEgressLab } from "./egressLab.ts";

let lab: EgressLab;
beforeAll(async () => {
  lab = await openEgressLab();
});
afterAll(async () => {
  expect(lab.world.azure.taskFailures).toEqual([]);
  await lab.world.close();
});

it("every rule that is proposed is one that ARM takes, in groups of its own beside each other", async () => {
  const at = new Date(lab.world.clock.now()).toISOString();
  const row = (cells: OutsideRow["row"]): OutsideRow => ({
    ingestedAt: at,
    row: {
      TimeGenerated: at,
      _ResourceId: lab.firewallId.toLowerCase(),
      Action: "Deny",
      SourceIp: "10.0.5.4",
      SourcePort: 40_000,
      ...cells,
    },
  });
  const long = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.example`;
  lab.world.azure.addLogRows(lab.workspaceId, "AZFWApplicationRule", [
    row({ Fqdn: "quay.io", DestinationPort: 443, Protocol: "HTTPS" }),
    row({ Fqdn: "shop.example", DestinationPort: 8080, Protocol: "HTTP" }),
    row({ Fqdn: "db.example", DestinationPort: 1433, Protocol: "MSSQL" }),
    row({ Fqdn: long, DestinationPort: 443, Protocol: "HTTPS" }),
    row({ Fqdn: "20.1.2.3", DestinationPort: 443, Protocol: "HTTPS" }),
  ]);
  lab.world.azure.addLogRows(lab.workspaceId, "AZFWNetworkRule", [
    row({ DestinationIp: "203.0.113.10", DestinationPort: 22, Protocol: "TCP" }),
    row({ DestinationIp: "203.0.113.10", DestinationPort: 53, Protocol: "UDP" }),
    row({ DestinationIp: "203.0.113.10", DestinationPort: 0, SourcePort: 0, Protocol: "ICMP Type=8" }),
  ]);
  await lab.minutes(10);
  const cases = await lab.cases();
  expect(cases).toHaveLength(8);
  expect(cases.filter(({ proposal }) => proposal === undefined)).toEqual([]);
  const { properties } = (await lab.arm("GET", lab.firewallId)).body;
  const groups = cases.map(({ id }) => `${properties.firewallPolicy.id}/ruleCollectionGroups/egress-${id}`);
  for (const [index, group] of groups.entries()) {
    const { json, bicep } = cases[index]?.proposal ?? { json: "", bicep: "" };
    const priority = Number(/^param priority int = (\d+)$/m.exec(bicep)?.[1]);
    const answer = await lab.arm("PUT", group, { properties: { priority, ruleCollections: [JSON.parse(json)] } });
    expect([200, 201, 202], group).toContain(answer.status);
    await lab.minutes(6);
  }
  for (const group of groups)
    expect((await lab.arm("GET", group)).body.properties.provisioningState, group).toBe("Succeeded");
  const together = cases.map(({ proposal }) => JSON.parse(proposal?.json ?? ""));
  const one = `${properties.firewallPolicy.id}/ruleCollectionGroups/all-in-one`;
  const answer = await lab.arm("PUT", one, { properties: { priority: 400, ruleCollections: together } });
  expect([200, 201, 202]).toContain(answer.status);
});
