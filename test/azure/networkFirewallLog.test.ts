import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { resolvePublicName } from "../../local/azure/network/publicDns.ts";
import { recordFlow } from "../../local/azure/network/recordFlow.ts";
import { type Flow, traceFlow } from "../../local/azure/network/traceFlow.ts";
import { type NetworkLab, startNetworkLab } from "./networkLab.ts";
import { makeEgressRoute, makeFirewall, makeNetworks, makePeerings, seedAddresses } from "./networkSeed.ts";

let lab: NetworkLab;
let workspaceId: string;
beforeAll(async () => {
  lab = await startNetworkLab();
  await makeNetworks(lab);
  await makePeerings(lab);
  await makeFirewall(lab);
  await makeEgressRoute(lab);
  workspaceId = `${lab.group}/providers/Microsoft.OperationalInsights/workspaces/law`;
});
afterAll(() => lab.stop());

const dedicated = ["AZFWNetworkRule", "AZFWApplicationRule", "AZFWThreatIntel"];
const legacy = ["AzureFirewallNetworkRule", "AzureFirewallApplicationRule"];

/** Gives the firewall one diagnostic setting, sends one flow, and returns the rows that a table has got. */
function rowsAfter(
  categories: string[],
  flow: Omit<Flow, "sourceAddress">,
  table: string,
  type?: string,
): JsonObject[] {
  const before = lab.azure.logRows(workspaceId, table).length;
  lab.world.store.put({
    id: `${lab.id("azureFirewalls/fw")}/providers/Microsoft.Insights/diagnosticSettings/to-law`,
    name: "to-law",
    type: "Microsoft.Insights/diagnosticSettings",
    body: {
      properties: {
        workspaceId,
        ...(type === undefined ? {} : { logAnalyticsDestinationType: type }),
        logs: categories.map((category) => ({ category, enabled: true })),
      },
    },
  });
  const sent: Flow = { sourceAddress: seedAddresses.node, ...flow };
  recordFlow(lab.world, sent, traceFlow(lab.world, sent), { sourcePort: 40_000 });
  return lab.azure
    .logRows(workspaceId, table)
    .slice(before)
    .map(({ row }) => row);
}

function to(name: string, port: number, protocol: Flow["protocol"]): Omit<Flow, "sourceAddress"> {
  return { destination: { address: resolvePublicName(lab.world, name) ?? "", fqdn: name }, port, protocol };
}

describe("recordFlow into dedicated tables", () => {
  it("writes a denied HTTPS flow as an application rule without rule names", () => {
    expect(rowsAfter(dedicated, to("www.example.com", 443, "HTTPS"), "AZFWApplicationRule", "Dedicated")).toMatchObject(
      [
        {
          Action: "Deny",
          ActionReason: "No rule matched. Proceeding with default action.",
          Fqdn: "www.example.com",
          SourceIp: seedAddresses.node,
          SourcePort: 40_000,
          DestinationPort: 443,
          Protocol: "HTTPS",
          Policy: "policy",
          Rule: "",
          RuleCollection: "",
          _ResourceId: lab.id("azureFirewalls/fw").toLowerCase(),
        },
      ],
    );
  });

  it("has no DestinationIp in application rows, and no Fqdn in network rows", () => {
    const [application] = rowsAfter(dedicated, to("www.example.com", 443, "HTTPS"), "AZFWApplicationRule", "Dedicated");
    expect(application).not.toHaveProperty("DestinationIp");
    const [network] = rowsAfter(dedicated, to("www.example.com", 22, "TCP"), "AZFWNetworkRule", "Dedicated");
    expect(network).toMatchObject({
      Action: "Deny",
      ActionReason: "Default Action",
      DestinationPort: 22,
      Protocol: "TCP",
    });
    expect(network).not.toHaveProperty("Fqdn");
  });

  it("writes an allowed flow with policy, group, collection and rule, as transport in network rows", () => {
    expect(rowsAfter(dedicated, to("mcr.microsoft.com", 443, "HTTPS"), "AZFWNetworkRule", "Dedicated")).toMatchObject([
      {
        Action: "Allow",
        Protocol: "TCP",
        Policy: "policy",
        RuleCollectionGroup: "network",
        RuleCollection: "servicetags",
        Rule: "allow service tags",
      },
    ]);
  });

  it("writes threat intelligence to its own table", () => {
    const flow = to("testmaliciousdomain.eastus.cloudapp.azure.com", 443, "HTTPS");
    expect(rowsAfter(dedicated, flow, "AZFWThreatIntel", "Dedicated")).toMatchObject([
      { Action: "Deny", Fqdn: flow.destination.fqdn },
    ]);
  });

  it("writes nothing for a category that is not asked for, nor without destination type Dedicated", () => {
    const flow = to("www.example.com", 443, "HTTPS");
    expect(rowsAfter(["AZFWNetworkRule"], flow, "AZFWApplicationRule", "Dedicated")).toEqual([]);
    expect(rowsAfter(dedicated, flow, "AZFWApplicationRule")).toEqual([]);
  });

  it("writes nothing for a flow that meets no firewall", () => {
    const flow = { destination: { address: seedAddresses.gatewayInstance }, port: 80, protocol: "HTTP" } as const;
    expect(rowsAfter(dedicated, flow, "AZFWNetworkRule", "Dedicated")).toEqual([]);
  });
});

describe("recordFlow into AzureDiagnostics", () => {
  const from = `${seedAddresses.node}:40000`;
  const cases: [string, () => Omit<Flow, "sourceAddress">, (address: string) => string][] = [
    [
      "a denied HTTPS flow",
      () => to("www.example.com", 443, "HTTPS"),
      () =>
        `HTTPS request from ${from} to www.example.com:443. Action: Deny. No rule matched. Proceeding with default action`,
    ],
    [
      "a denied HTTP flow, with two blanks and its URL",
      () => to("www.example.com", 80, "HTTP"),
      () =>
        `HTTP  request from ${from} to www.example.com:80. Url: www.example.com. Action: Deny. No rule matched. Proceeding with default action`,
    ],
    [
      "a denied TCP flow",
      () => to("www.example.com", 22, "TCP"),
      (address) => `TCP request from ${from} to ${address}:22. Action: Deny.`,
    ],
    [
      "an allowed UDP flow",
      () => to("ntp.ubuntu.com", 123, "UDP"),
      (address) =>
        `UDP request from ${from} to ${address}:123. Action: Allow.. Policy: policy. Rule Collection Group: network. Rule Collection: time. Rule: allow network`,
    ],
    [
      "an allowed HTTPS flow",
      () => to("management.azure.com", 443, "HTTPS"),
      () =>
        `HTTPS request from ${from} to management.azure.com:443. Action: Allow. Policy: policy. Rule Collection Group: application. Rule Collection: aksfwar. Rule: fqdn`,
    ],
    [
      "a TLS flow without a name",
      () => ({ destination: { address: "93.184.1.1" }, port: 443, protocol: "HTTPS" }),
      () => `HTTPS request from ${from}. Action: Deny. Reason: SNI TLS extension was missing.`,
    ],
  ];
  it.each(cases)("words %s as the legacy log does", (_what, flow, message) => {
    const sent = flow();
    const [row] = rowsAfter(legacy, sent, "AzureDiagnostics");
    expect(row).toMatchObject({ ResourceType: "AZUREFIREWALLS", msg_s: message(sent.destination.address) });
  });
});
