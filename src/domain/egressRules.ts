/**
 * What may leave: the seed's rule collections under their names and priorities, in today's form and in the literal one
 * of 2020. Everything that is not in here is refused.
 *
 * Sources: the seed's script, github.com/denniszielke/container_demos/blob/73cafe0/scripts/aks_firewall_appgw.sh (2020);
 * learn.microsoft.com/azure/aks/outbound-rules-control-egress and learn.microsoft.com/azure/aks/limit-egress-traffic (2026),
 * checked 2026-11.
 */
import type { EnvironmentSpec } from "./environmentSpec.ts";

export interface NetworkRule {
  readonly kind: "network";
  readonly name: string;
  readonly description: string;
  readonly protocols: readonly ("TCP" | "UDP" | "Any")[];
  /** Addresses, prefixes, service tags or "*". */
  readonly destinations: readonly string[];
  readonly ports: readonly string[];
}

export interface ApplicationRule {
  readonly kind: "application";
  readonly name: string;
  readonly description: string;
  readonly protocols: readonly { readonly type: "Http" | "Https"; readonly port: number }[];
  readonly fqdnTags?: readonly string[];
  readonly fqdns?: readonly string[];
}

export type EgressRule = NetworkRule | ApplicationRule;

export interface EgressCollection {
  readonly kind: "network" | "application";
  readonly name: string;
  /** Unique among the collections of a kind. */
  readonly priority: number;
  readonly rules: readonly EgressRule[];
}

/** The collections that an environment asks for. */
export function egressCollections(
  spec: Pick<EnvironmentSpec, "firewall" | "location" | "monitoring">,
): readonly EgressCollection[] {
  const { compatibility, dockerHub, osUpdates, apiServerByAddress } = spec.firewall.rules;
  if (compatibility === "2020") {
    return [
      ...collections2020(spec.location),
      ...(osUpdates ? [osUpdates2020] : []),
      ...(dockerHub ? [dockerHub2020] : []),
    ];
  }
  return [
    ...(spec.monitoring ? [serviceTags2026] : []),
    ...(apiServerByAddress ? [apiServer2026(spec.location)] : []),
    aksTag,
    ...(osUpdates ? [osUpdates2026] : []),
    ...(dockerHub ? [dockerHub2026] : []),
  ];
}

const webProtocols = [
  { type: "Http", port: 80 },
  { type: "Https", port: 443 },
] as const;

/** Same name and content in both forms: Azure keeps the names behind the tag up to date. */
const aksTag: EgressCollection = collection("application", "aksfwar", 101, {
  kind: "application",
  name: "fqdn",
  description: "API server, Microsoft's registry, ARM, sign-in and node packages: all that AKS itself needs",
  protocols: webProtocols,
  fqdnTags: ["AzureKubernetesService"],
});

/** Today only monitoring needs a service tag, and only TCP 443; registry and sign-in are names behind the AKS tag. */
const serviceTags2026: EgressCollection = collection("network", "servicetags", 110, {
  kind: "network",
  name: "allow service tags",
  description: "Container Insights sends its data to Azure Monitor",
  protocols: ["TCP"],
  destinations: ["AzureMonitor"],
  ports: ["443"],
});

/** Today's tunnel is HTTPS by name; what is left is pods that use the API server's address, which is not known before the cluster is. */
function apiServer2026(location: string): EgressCollection {
  return collection("network", "hcp", 120, {
    kind: "network",
    name: "allow api server",
    description: "pods outside kube-system reach the API server by address; switch off with apiServerByAddress",
    protocols: ["TCP"],
    destinations: [`AzureCloud.${location}`],
    ports: ["443"],
  });
}

const osUpdates2026: EgressCollection = {
  kind: "application",
  name: "osupdates",
  priority: 102,
  rules: [
    {
      kind: "application",
      name: "allow network",
      description: "Ubuntu's security updates",
      protocols: [{ type: "Http", port: 80 }],
      fqdns: ["security.ubuntu.com", "azure.archive.ubuntu.com", "changelogs.ubuntu.com"],
    },
    {
      kind: "application",
      name: "allow snapshots",
      description: "Ubuntu's snapshots, from which nodes are patched",
      protocols: [{ type: "Https", port: 443 }],
      fqdns: ["snapshot.ubuntu.com"],
    },
  ],
};

const dockerHub2026: EgressCollection = collection("application", "dockerhub", 200, {
  kind: "application",
  name: "allow network",
  description: "Docker Hub, for demonstrations only",
  protocols: [{ type: "Https", port: 443 }],
  fqdns: ["docker.io", "auth.docker.io", "registry-1.docker.io", "production.cloudflare.docker.com"],
});

/** The seed's own words and widths: protocols "Any", ports "*", names that begin with a bare star. */
function collections2020(location: string): readonly EgressCollection[] {
  return [
    collection("network", "time", 101, network2020("allow network", "aks node time sync rule", "UDP", ["*"], "123")),
    collection("network", "dns", 102, network2020("allow network", "aks node dns rule", "Any", ["*"], "53")),
    collection(
      "network",
      "servicetags",
      110,
      network2020("allow service tags", "allow service tags", "Any", tags2020, "*"),
    ),
    collection(
      "network",
      "hcp",
      120,
      network2020("allow master tags", "allow aks link access to masters", "UDP", [`AzureCloud.${location}`], "1194"),
    ),
    aksTag,
  ];
}

const tags2020 = ["AzureContainerRegistry", "MicrosoftContainerRegistry", "AzureActiveDirectory", "AzureMonitor"];

const osUpdates2020: EgressCollection = collection("application", "osupdates", 102, {
  kind: "application",
  name: "allow network",
  description: "operating system updates, the list of 2020",
  protocols: webProtocols,
  fqdns: [
    "download.opensuse.org",
    "security.ubuntu.com",
    "packages.microsoft.com",
    "azure.archive.ubuntu.com",
    "changelogs.ubuntu.com",
    "snapcraft.io",
    "api.snapcraft.io",
    "motd.ubuntu.com",
  ],
});

const dockerHub2020: EgressCollection = collection("application", "dockerhub", 200, {
  kind: "application",
  name: "allow network",
  description: "Docker Hub, for demonstrations only",
  protocols: webProtocols,
  fqdns: ["*auth.docker.io", "*cloudflare.docker.io", "*cloudflare.docker.com", "*registry-1.docker.io"],
});

function network2020(
  name: string,
  description: string,
  protocol: "UDP" | "Any",
  destinations: readonly string[],
  port: string,
): NetworkRule {
  return { kind: "network", name, description, protocols: [protocol], destinations, ports: [port] };
}

function collection(
  kind: EgressCollection["kind"],
  name: string,
  priority: number,
  rule: EgressRule,
): EgressCollection {
  return { kind, name, priority, rules: [rule] };
}
