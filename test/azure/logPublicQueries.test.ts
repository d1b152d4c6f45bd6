import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { START } from "./coreLab.ts";
import { type LogLab, startLogLab } from "./logLab.ts";

/** Seconds after the start at which all rows are there. */
const READ_AT = 7_200;

const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

const DECISIONS = {
  AZFWNetworkRule: [
    {
      TimeGenerated: at(4_000),
      SourceIp: "10.0.0.4",
      DestinationIp: "13.69.65.17",
      DestinationPort: 443,
      Action: "Deny",
    },
    {
      TimeGenerated: at(6_000),
      SourceIp: "10.0.0.5",
      DestinationIp: "51.141.32.51",
      DestinationPort: 123,
      Action: "Allow",
    },
  ],
  AZFWApplicationRule: [
    { TimeGenerated: at(5_000), SourceIp: "10.0.0.4", Fqdn: "quay.io", DestinationPort: 443, Action: "Deny" },
  ],
  AZFWFatFlow: [{ TimeGenerated: at(5_000), SourceIp: "10.0.0.4", FlowRate: 7.5 }],
  AzureDiagnostics: [
    "TCP request from 10.0.0.4:51990 to 13.69.65.17:443. Action: Deny. ",
    "TCP request from 193.238.46.72:50522 to 40.119.154.83:3389 was DNAT'ed to 10.0.2.4:3389",
    "ICMP Type=8 request from 10.0.2.4 to 10.0.3.4. Action: Allow. ",
  ].map((msg_s, index) => ({
    TimeGenerated: at(4_000 + index),
    Category: "AzureFirewallNetworkRule",
    OperationName: index === 1 ? "AzureFirewallNatRuleLog" : "AzureFirewallNetworkRuleLog",
    msg_s,
  })),
  KubePodInventory: [
    {
      TimeGenerated: at(5_000),
      Name: "dns-1",
      Namespace: "kube-system",
      Computer: "node-1",
      PodStatus: "Pending",
      PodLabel: '[{"app":"dns"}]',
      ContainerStatus: "waiting",
      ContainerStatusReason: "CrashLoopBackOff",
      ContainerLastStatus: '{"reason":"Error"}',
      ContainerRestartCount: 5,
    },
  ],
};

let lab: LogLab;
beforeAll(async () => {
  lab = await startLogLab();
  for (const [table, rows] of Object.entries(DECISIONS)) {
    const ingestedAt = at(READ_AT - 60);
    lab.azure.addLogRows(
      lab.workspaceId,
      table,
      rows.map((row) => ({ row, ingestedAt })),
    );
  }
  await lab.clock.advance(START + READ_AT * 1000 - lab.clock.now());
});
afterAll(() => lab.stop());

interface PublicQuery {
  readonly source: string;
  readonly query: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

const QUERIES: readonly PublicQuery[] = [
  {
    source: "learn.microsoft.com/azure/azure-monitor/reference/queries/azfwnetworkrule (All firewall decisions)",
    query: "AZFWNetworkRule\n| union AZFWApplicationRule\n| take 100 | summarize count() by Type",
    rows: [
      { Type: "AZFWNetworkRule", count_: 2 },
      { Type: "AZFWApplicationRule", count_: 1 },
    ],
  },
  {
    source: "learn.microsoft.com/azure/firewall/log-analytics-samples (Network rules log data query)",
    query: `AzureDiagnostics
| where Category == "AzureFirewallNetworkRule"
//case 1: for records that look like this: TCP request from 10.0.2.4:51990 to 13.69.65.17:443. Action: Deny//Allow
| parse msg_s with Protocol " request from " SourceIP ":" SourcePortInt:int " to " TargetIP ":" TargetPortInt:int *
| parse msg_s with * ". Action: " Action1a
| parse msg_s with * " was " Action1b " to " NatDestination
//case 2: for ICMP records
| parse msg_s with Protocol2 " request from " SourceIP2 " to " TargetIP2 ". Action: " Action2
| extend TargetPort = tostring(TargetPortInt)
| extend
    Action = case(Action1a == "", case(Action1b == "",Action2,Action1b), Action1a),
    SourceIP = case(SourceIP == "", SourceIP2, SourceIP),
    TargetPort = case(TargetPort == "", "N/A", TargetPort)
| project SourceIP, TargetPort, Action, NatDestination`,
    rows: [
      { SourceIP: "10.0.0.4", TargetPort: "443", Action: "Deny. ", NatDestination: "" },
      { SourceIP: "193.238.46.72", TargetPort: "3389", Action: "DNAT'ed", NatDestination: "10.0.2.4:3389" },
      { SourceIP: "10.0.2.4", TargetPort: "N/A", Action: "Allow. ", NatDestination: "" },
    ],
  },
  {
    source: "learn.microsoft.com/azure/azure-monitor/reference/queries/kubepodinventory (Pods in crash loop)",
    query: `//Determines whether Pods/Containers has Crash-Loop phase
KubePodInventory
| where ContainerStatus  == 'waiting'
| where ContainerStatusReason == 'CrashLoopBackOff' or ContainerStatusReason == 'Error'
| extend ContainerLastStatus=todynamic(ContainerLastStatus)
| summarize RestartCount = arg_max(ContainerRestartCount, Computer, Namespace, ContainerLastStatus.reason) by Name`,
    rows: [
      {
        Name: "dns-1",
        RestartCount: 5,
        Computer: "node-1",
        Namespace: "kube-system",
        ContainerLastStatus_reason: "Error",
      },
    ],
  },
  {
    source: "learn.microsoft.com/azure/azure-monitor/reference/queries/kubepodinventory (Find In KubePodInventory)",
    query: `let SearchValue =  "crashloop";//Please update term you would like to find in the table.
KubePodInventory
| where * contains tostring(SearchValue)
| project Name`,
    rows: [{ Name: "dns-1" }],
  },
  {
    source: "github.com/Azure/Azure-Sentinel Solutions/Azure Firewall, Several deny actions registered",
    query: `let threshold = 1;
union isfuzzy=true(
AZFWApplicationRule
| where Action == "Deny"
| summarize count() by SourceIp, Fqdn
| where count_ >= ["threshold"]),
(AZFWFlowTrace
| where Action == "Deny"
| summarize count() by SourceIp
| where count_ >= ["threshold"]),
(AzureDiagnostics
| where OperationName in ("AzureFirewallApplicationRuleLog","AzureFirewallNetworkRuleLog")
| extend msg_s_replaced0 = replace(@"\\s\\s",@" ",msg_s)
| extend msg_s_replaced1 = replace(@"\\.\\s",@" ",msg_s_replaced0)
| extend msg_a = split(msg_s_replaced1," ")
| extend srcAddr_a = split(msg_a[3],":") , destAddr_a = split(msg_a[5],":")
| extend SourceIp = tostring(srcAddr_a[0]), Fqdn = tostring(destAddr_a[0]), Action = tostring(msg_a[7])
| where Action == "Deny"
| summarize count() by SourceIp, Fqdn
| where count_ >= ["threshold"])`,
    rows: [
      { SourceIp: "10.0.0.4", Fqdn: "quay.io", count_: 1 },
      { SourceIp: "10.0.0.4", Fqdn: "13.69.65.17", count_: 1 },
    ],
  },
  {
    source: "github.com/Azure/Azure-Sentinel Solutions/Azure Firewall, Abnormal Deny Rate for Source IP",
    query: `let Deny = (union isfuzzy=true (AZFWNetworkRule | extend Fqdn = DestinationIp), AZFWApplicationRule | where Action == "Deny");
Deny
| summarize count() by SourceIp, bin(TimeGenerated, 1h), Fqdn
| summarize Avg = avg(count_), Std = stdev(count_), Buckets = count() by SourceIp
| extend LearningThreshold = max_of(Avg + 3 * Std, 5.0)`,
    rows: [{ SourceIp: "10.0.0.4", Avg: 1, Std: 0, Buckets: 2, LearningThreshold: 5 }],
  },
  {
    source: "github.com/Azure/Azure-Sentinel Parsers/ASimNetworkSession/Parsers/ASimNetworkSessionAzureFirewall.yaml",
    query: `let parser = (disabled:bool=false) {
  let Rules = AzureDiagnostics | where not(disabled) | where isnotempty(msg_s) | project msg_s, OperationName;
  let Sessions = Rules
    | where OperationName in ("AzureFirewallNetworkRuleLog","AzureFirewallThreatIntelLog")
    | parse-where msg_s with NetworkProtocol:string " request from " SrcIpAddr:string ":" SrcPortNumber:int " to " DstIpAddr:string ":" DstPortNumber:int ". Action: " DvcAction:string "." *
    | project-away msg_s;
  union Sessions
  | extend EventResult = iff(DvcAction == "Allow", "Success", "Failure")
  | project-keep Src*, Dst*, Event*
};
parser (disabled=false)`,
    rows: [
      {
        SrcIpAddr: "10.0.0.4",
        SrcPortNumber: 51_990,
        DstIpAddr: "13.69.65.17",
        DstPortNumber: 443,
        EventResult: "Failure",
      },
    ],
  },
  {
    source: "github.com/Azure/Azure-Network-Security, the flow trace workshop (a port as a text)",
    query: 'AZFWNetworkRule | where DestinationPort == "443" | project SourceIp',
    rows: [{ SourceIp: "10.0.0.4" }],
  },
  {
    source: "learn.microsoft.com/azure/azure-monitor/logs/api/cross-workspace-queries (union *)",
    query: "union * | where TimeGenerated > ago(1d) | summarize Tables = dcount(Type), TenantIds = dcount(TenantId)",
    rows: [{ Tables: 5, TenantIds: 1 }],
  },
  {
    source: "learn.microsoft.com/azure/azure-monitor/reference/queries/azfwfatflow",
    query: "AZFWFatFlow | where FlowRate >= 5.0 | summarize MaxMbps=max(FlowRate) by SourceIp | top 50 by MaxMbps desc",
    rows: [{ SourceIp: "10.0.0.4", MaxMbps: 7.5 }],
  },
];

describe("public queries over the firewall's log and the pods", () => {
  it("give what Azure would give", async () => {
    for (const { source, query, rows } of QUERIES) expect(await lab.ask(query), source).toEqual(rows);
  });

  it("are refused aloud where only Azure can execute them", async () => {
    const unsupported = [
      "find in (AZFWNetworkRule) where Action == 'Deny'",
      "AZFWNetworkRule | evaluate pivot(Action, count(), SourceIp)",
      "AZFWNetworkRule | extend g = geo_info_from_ip_address(DestinationIp)",
      'externaldata(ip: string)[@"https://example.com/x.csv"]',
      'workspace("log-other").AZFWNetworkRule | count',
    ];
    for (const query of unsupported) {
      const work = lab.client().queryWorkspace(lab.customerId, query, { duration: "P1D" });
      await expect(work, query).rejects.toMatchObject({ statusCode: 501, code: "NotImplementedInLocalAzure" });
    }
  });
});
