import { parseResourceId } from "../core/resourceId.ts";
import type { AzureWorld, JsonObject, StoredResource } from "../core/resourceType.ts";
import { firewallRules } from "./firewallRules.ts";
import { isKnownThreat } from "./firewallVerdict.ts";
import { flagAt, objectsAt, sameText, textAt } from "./jsonRead.ts";
import type { Flow, FlowVerdict } from "./traceFlow.ts";

/** First of the ports that Linux gives to outgoing connections, and how many there are. */
const ephemeralPorts = { first: 32_768, count: 28_232 } as const;

const legacyCategories = {
  AZFWNetworkRule: ["AzureFirewallNetworkRule", "AzureFirewallNetworkRuleLog"],
  AZFWApplicationRule: ["AzureFirewallApplicationRule", "AzureFirewallApplicationRuleLog"],
  AZFWThreatIntel: ["AzureFirewallNetworkRule", "AzureFirewallThreatIntelLog"],
} as const;

type Deciding = NonNullable<FlowVerdict["firewall"]>;

/**
 * Writes the rows that a flow leaves in the log, for every diagnostic setting of the firewall that asks for them; a flow
 * that met no firewall leaves none. AZFW* categories go to their own tables and need logAnalyticsDestinationType
 * "Dedicated"; the legacy categories have no table of their own and always go to AzureDiagnostics.
 */
export function recordFlow(
  world: AzureWorld,
  flow: Flow,
  verdict: FlowVerdict,
  options: { readonly sourcePort?: number; readonly atEpochMs?: number } = {},
): void {
  const deciding = verdict.firewall;
  const firewall = deciding === undefined ? undefined : world.store.get(deciding.firewallId);
  if (deciding === undefined || firewall === undefined) return;
  const sourcePort = options.sourcePort ?? ephemeralPorts.first + Math.floor(world.random() * ephemeralPorts.count);
  const settings = world.store.children(firewall.id, "Microsoft.Insights/diagnosticSettings");
  for (const setting of settings) {
    const workspaceId = textAt(setting.body, "properties.workspaceId");
    if (workspaceId === undefined) continue;
    record({ world, flow, firewall, setting, workspaceId, sourcePort, atEpochMs: options.atEpochMs }, deciding);
  }
}

interface Recording {
  readonly world: AzureWorld;
  readonly flow: Flow;
  readonly firewall: StoredResource;
  readonly setting: StoredResource;
  readonly workspaceId: string;
  readonly sourcePort: number;
  /** When the flow was, if not now. */
  readonly atEpochMs: number | undefined;
}

function record(recording: Recording, deciding: Deciding): void {
  const { world, setting, workspaceId, flow, firewall, atEpochMs } = recording;
  const dedicated = sameText(textAt(setting.body, "properties.logAnalyticsDestinationType"), "Dedicated");
  if (dedicated && collects(setting, deciding.table)) {
    world.log(workspaceId, deciding.table, dedicatedRow(recording, deciding), atEpochMs);
  }
  const [category, operationName] = legacyCategories[deciding.table];
  if (collects(setting, category)) {
    world.log(workspaceId, "AzureDiagnostics", legacyRow(recording, deciding, category, operationName), atEpochMs);
  }
  const rules = firewallRules(world, firewall);
  const alerts = rules.threatIntelligenceMode === "Alert" && isKnownThreat(rules, flow.destination.fqdn);
  if (alerts && dedicated && collects(setting, "AZFWThreatIntel")) {
    world.log(workspaceId, "AZFWThreatIntel", threatRow(recording, "Alert"), atEpochMs);
  }
}

function collects(setting: StoredResource, category: string): boolean {
  return objectsAt(setting.body, "properties.logs").some(
    (log) =>
      flagAt(log, "enabled") &&
      (sameText(textAt(log, "category"), category) || sameText(textAt(log, "categoryGroup"), "allLogs")),
  );
}

function dedicatedRow(recording: Recording, deciding: Deciding): JsonObject {
  switch (deciding.table) {
    case "AZFWNetworkRule":
      return { ...ruleColumns(recording, deciding), DestinationIp: recording.flow.destination.address };
    case "AZFWApplicationRule":
      return { ...ruleColumns(recording, deciding), ...webColumns(recording) };
    case "AZFWThreatIntel":
      return threatRow(recording, deciding.action);
  }
}

function connectionColumns({ firewall, flow, sourcePort }: Recording): JsonObject {
  return {
    SourceIp: flow.sourceAddress,
    SourcePort: sourcePort,
    DestinationPort: flow.port,
    Protocol: flow.protocol,
    _ResourceId: firewall.id.toLowerCase(),
    SourceSystem: "Azure",
  };
}

function ruleColumns(recording: Recording, deciding: Deciding): JsonObject {
  return {
    ...connectionColumns(recording),
    // A network rule sees transport, whatever runs above it.
    Protocol: deciding.table === "AZFWNetworkRule" ? transportOf(recording.flow) : recording.flow.protocol,
    Action: deciding.action,
    ActionReason: deciding.actionReason,
    Policy: deciding.policy ?? "",
    RuleCollectionGroup: deciding.ruleCollectionGroup ?? "",
    RuleCollection: deciding.ruleCollection ?? "",
    Rule: deciding.rule ?? "",
  };
}

function webColumns({ flow }: Recording): JsonObject {
  return {
    Fqdn: targetOf(flow),
    TargetUrl: "",
    WebCategory: "",
    IsTlsInspected: false,
    IsExplicitProxyRequest: false,
  };
}

function threatRow(recording: Recording, action: string): JsonObject {
  const { flow } = recording;
  return {
    ...connectionColumns(recording),
    Action: action,
    DestinationIp: flow.destination.address,
    Fqdn: flow.destination.fqdn ?? "",
    TargetUrl: "",
    IsTlsInspected: false,
    ThreatDescription: "This is a test threat indicator of the simulated firewall.",
  };
}

function transportOf(flow: Flow): "TCP" | "UDP" {
  return flow.protocol === "UDP" ? "UDP" : "TCP";
}

/** The name of the SNI or Host header; a client that sends an address in the Host header is logged with it. */
function targetOf(flow: Flow): string {
  return flow.destination.fqdn ?? (flow.protocol === "HTTP" ? flow.destination.address : "");
}

function legacyRow(recording: Recording, deciding: Deciding, category: string, operationName: string): JsonObject {
  const id = parseResourceId(recording.firewall.id);
  return {
    Category: category,
    OperationName: operationName,
    ResourceProvider: "MICROSOFT.NETWORK",
    ResourceType: "AZUREFIREWALLS",
    Resource: recording.firewall.name.toUpperCase(),
    ResourceGroup: (id?.resourceGroup ?? "").toUpperCase(),
    ResourceId: recording.firewall.id.toUpperCase(),
    SubscriptionId: id?.subscriptionId ?? "",
    SourceSystem: "Azure",
    _ResourceId: recording.firewall.id.toLowerCase(),
    msg_s: legacyMessage(recording, deciding),
  };
}

/** The sentence of the legacy log, in the shapes that public parsers know. */
function legacyMessage({ flow, sourcePort }: Recording, deciding: Deciding): string {
  const from = `${flow.sourceAddress}:${sourcePort}`;
  const origin = [
    ["Policy", deciding.policy],
    ["Rule Collection Group", deciding.ruleCollectionGroup],
    ["Rule Collection", deciding.ruleCollection],
    ["Rule", deciding.rule],
  ].flatMap(([label, value]) => (value === undefined ? [] : `${label}: ${value}`));
  if (deciding.table !== "AZFWApplicationRule") {
    const start = `${transportOf(flow)} request from ${from} to ${flow.destination.address}:${flow.port}. Action: ${deciding.action}.`;
    return deciding.rule === undefined ? start : `${start}. ${origin.join(". ")}`;
  }
  if (targetOf(flow) === "")
    return `HTTPS request from ${from}. Action: ${deciding.action}. Reason: ${deciding.actionReason}`;
  // The legacy log has two blanks after HTTP.
  const protocol = flow.protocol === "HTTP" ? "HTTP " : "HTTPS";
  const start = `${protocol} request from ${from} to ${targetOf(flow)}:${flow.port}. Action: ${deciding.action}. `;
  if (deciding.rule !== undefined) return `${start}${origin.join(". ")}`;
  const url = flow.protocol === "HTTP" ? `Url: ${targetOf(flow)}. ` : "";
  const target = `${protocol} request from ${from} to ${targetOf(flow)}:${flow.port}. ${url}Action: ${deciding.action}. `;
  return `${target}${deciding.actionReason.replace(/\.$/, "")}`;
}
