/**
 * FQDN tags of Azure Firewall as data: the names behind a tag, and the protocols and ports they are open for.
 * Source: learn.microsoft.com/azure/aks/outbound-rules-control-egress (article of 2026-06-18) for AzureKubernetesService;
 * learn.microsoft.com/azure/firewall/fqdn-tags for the list of tags. Checked 2026-11.
 */
export interface FqdnTag {
  readonly name: string;
  readonly fqdns: readonly string[];
  readonly protocols: readonly { readonly protocol: "Http" | "Https"; readonly port: number }[];
}

const webProtocols = [
  { protocol: "Https", port: 443 },
  { protocol: "Http", port: 80 },
] as const;

const tags: readonly FqdnTag[] = [
  {
    name: "AzureKubernetesService",
    fqdns: [
      "*.hcp.*.azmk8s.io",
      "mcr.microsoft.com",
      "*.data.mcr.microsoft.com",
      "mcr-0001.mcr-msedge.net",
      "management.azure.com",
      "login.microsoftonline.com",
      "packages.microsoft.com",
      "acs-mirror.azureedge.net",
      "packages.aks.azure.com",
    ],
    protocols: webProtocols,
  },
  {
    name: "AzureActiveDirectory",
    fqdns: ["login.microsoftonline.com", "login.windows.net", "*.login.microsoftonline.com"],
    protocols: webProtocols,
  },
  {
    name: "AzureMonitor",
    fqdns: [
      "*.ods.opinsights.azure.com",
      "*.oms.opinsights.azure.com",
      "dc.services.visualstudio.com",
      "*.in.applicationinsights.azure.com",
      "*.monitoring.azure.com",
      "*.handler.control.monitor.azure.com",
      "*.ingest.monitor.azure.com",
    ],
    protocols: webProtocols,
  },
];

/** The tag of that name, or undefined when the simulated firewall has no data for it. */
export function fqdnTag(name: string): FqdnTag | undefined {
  return tags.find((tag) => tag.name.toLowerCase() === name.toLowerCase());
}

export const fqdnTagNames = tags.map((tag) => tag.name);

/**
 * Whether a name matches a target FQDN. `*` stands for any characters: a leading `*` without a dot after it also
 * matches names that only end alike (`*auth.docker.io` matches `evilauth.docker.io`), as in Azure.
 */
export function matchesFqdn(pattern: string, fqdn: string): boolean {
  const expression = pattern
    .toLowerCase()
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${expression}$`).test(fqdn.toLowerCase());
}
