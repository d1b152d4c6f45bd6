import { ids } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/**
 * The firewall's structured logs; the legacy categories next to them would cost twice.
 * Source: learn.microsoft.com/azure/firewall/monitor-firewall-reference, checked 2026-11.
 */
const logCategories = [
  "AZFWNetworkRule",
  "AZFWApplicationRule",
  "AZFWNatRule",
  "AZFWThreatIntel",
  "AZFWIdpsSignature",
  "AZFWDnsQuery",
  "AZFWFqdnResolveFailure",
];

/** The seed makes the workspace but never sends anything to it; this does, to the tables of the firewall's own. */
export const firewallDiagnostics: ResourceDefinition = {
  apiVersion: apiVersions.diagnosticSettings,
  createdWith: { parentApiVersion: apiVersions.network },
  // Azure answers with every category there is, those that are off among them.
  shared: ["properties.logs", "properties.metrics"],
  id: ids.firewallDiagnostics,
  desired: (spec) => ({
    properties: {
      workspaceId: ids.firewallWorkspace(spec),
      logAnalyticsDestinationType: "Dedicated",
      logs: logCategories.map((category) => ({ category, enabled: true })),
      metrics: [{ category: "AllMetrics", enabled: true }],
    },
  }),
};
