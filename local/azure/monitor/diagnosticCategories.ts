/** The log categories that a resource type can send. A type that is not here has no diagnostic settings in the local Azure. */

export interface DiagnosticCategories {
  readonly logs: readonly string[];
  readonly metrics: boolean;
}

/**
 * Sources: github.com/mspnp/aks-baseline network-team/hub-regionA.bicep (firewall),
 * learn.microsoft.com/azure/azure-monitor/reference/supported-logs (application gateways, managed clusters, public
 * addresses, networks, workspaces), checked 2026-11.
 */
const CATEGORIES: Readonly<Record<string, DiagnosticCategories>> = {
  "microsoft.network/azurefirewalls": {
    logs: [
      "AZFWNetworkRule",
      "AZFWApplicationRule",
      "AZFWNatRule",
      "AZFWThreatIntel",
      "AZFWIdpsSignature",
      "AZFWDnsQuery",
      "AZFWFqdnResolveFailure",
      "AZFWFatFlow",
      "AZFWFlowTrace",
      "AZFWApplicationRuleAggregation",
      "AZFWNetworkRuleAggregation",
      "AZFWNatRuleAggregation",
      "AzureFirewallApplicationRule",
      "AzureFirewallNetworkRule",
      "AzureFirewallDnsProxy",
    ],
    metrics: true,
  },
  "microsoft.network/applicationgateways": {
    logs: ["ApplicationGatewayAccessLog", "ApplicationGatewayPerformanceLog", "ApplicationGatewayFirewallLog"],
    metrics: true,
  },
  "microsoft.network/publicipaddresses": {
    logs: ["DDoSProtectionNotifications", "DDoSMitigationFlowLogs", "DDoSMitigationReports"],
    metrics: true,
  },
  "microsoft.network/virtualnetworks": { logs: ["VMProtectionAlerts"], metrics: true },
  "microsoft.network/networksecuritygroups": {
    logs: ["NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"],
    metrics: false,
  },
  "microsoft.containerservice/managedclusters": {
    logs: [
      "kube-apiserver",
      "kube-audit",
      "kube-audit-admin",
      "kube-controller-manager",
      "kube-scheduler",
      "cluster-autoscaler",
      "cloud-controller-manager",
      "guard",
      "csi-azuredisk-controller",
      "csi-azurefile-controller",
      "csi-snapshot-controller",
    ],
    metrics: true,
  },
  "microsoft.operationalinsights/workspaces": { logs: ["Audit", "SummaryLogs", "Jobs"], metrics: true },
};

export function categoriesOf(resourceType: string): DiagnosticCategories | undefined {
  return CATEGORIES[resourceType.toLowerCase()];
}
