/**
 * What AKS, its add-ons and its nodes need of the outside, as data. A name may begin with "*." (any name below, at any depth)
 * and may hold "<region>" (the environment's location).
 *
 * Sources, checked 2026-11: learn.microsoft.com/azure/aks/outbound-rules-control-egress ("AKS" below) and
 * learn.microsoft.com/azure/aks/limit-egress-traffic.
 */
import type { EgressClass } from "./egressCase.ts";
import type { EgressSwitches } from "./egressContext.ts";

/** Which part of the environment's rules opens a destination. */
export type Opening = "aksTag" | "apiServer" | "monitoring" | "osUpdates" | "none";

export interface Requirement {
  readonly names: readonly string[];
  readonly ports: readonly number[];
  readonly class: Extract<EgressClass, "breaksAks" | "addOn" | "osUpdates">;
  /** Without it a part fails that cannot be left out. */
  readonly isRequired: boolean;
  /** What needs it, and for what: "<requiredBy> needs it". */
  readonly requiredBy: string;
  readonly opening: Opening;
  readonly source: string;
  readonly checked: string;
}

const aks = { source: "learn.microsoft.com/azure/aks/outbound-rules-control-egress", checked: "2026-11" } as const;
const core = { ...aks, class: "breaksAks", isRequired: true, opening: "aksTag" } as const;
const addOn = { ...aks, class: "addOn", isRequired: false } as const;
const insights = { ...addOn, opening: "monitoring" } as const;

export const requiredEgress: readonly Requirement[] = [
  { ...core, names: ["*.hcp.<region>.azmk8s.io"], ports: [443], requiredBy: "every node, to reach the API server" },
  {
    ...core,
    names: ["mcr.microsoft.com", "*.data.mcr.microsoft.com", "mcr-0001.mcr-msedge.net"],
    ports: [443],
    requiredBy: "every node, to pull the images of AKS itself",
  },
  {
    ...core,
    names: ["management.azure.com"],
    ports: [443],
    requiredBy: "Kubernetes' Azure provider, to work with Azure",
  },
  {
    ...core,
    names: ["login.microsoftonline.com"],
    ports: [443],
    requiredBy: "the cluster's identities and workload identity, to sign in",
  },
  {
    ...core,
    names: ["packages.microsoft.com", "acs-mirror.azureedge.net", "packages.aks.azure.com"],
    ports: [443],
    requiredBy: "new nodes, to fetch the packages that they are set up from",
  },
  {
    ...insights,
    names: [
      "*.ods.opinsights.azure.com",
      "*.oms.opinsights.azure.com",
      "*.in.applicationinsights.azure.com",
      "*.monitoring.azure.com",
      "*.ingest.monitor.azure.com",
      "global.handler.control.monitor.azure.com",
      "<region>.handler.control.monitor.azure.com",
    ],
    ports: [443],
    requiredBy: "Container Insights and managed Prometheus, to send what they collect",
  },
  {
    ...insights,
    names: ["dc.services.visualstudio.com"],
    ports: [443],
    requiredBy: "Container Insights and Azure Policy, to send their own telemetry",
  },
  {
    ...addOn,
    names: ["data.policy.core.windows.net", "store.policy.core.windows.net"],
    ports: [443],
    opening: "none",
    requiredBy: "the Azure Policy add-on, to fetch policies and report on them",
  },
  {
    ...aks,
    names: ["security.ubuntu.com", "azure.archive.ubuntu.com", "changelogs.ubuntu.com"],
    ports: [80],
    class: "osUpdates",
    isRequired: false,
    opening: "osUpdates",
    requiredBy: "the nodes' Ubuntu, to fetch security updates",
  },
  {
    ...aks,
    names: ["snapshot.ubuntu.com"],
    ports: [443],
    class: "osUpdates",
    isRequired: false,
    opening: "osUpdates",
    requiredBy: "the nodes' Ubuntu, to be patched from a snapshot",
  },
];

/** The API server by its address, which no rule about names can match. It is asked for by pods outside of kube-system. Same source. */
export const apiServerByAddress: Requirement = {
  ...aks,
  names: [],
  ports: [443],
  class: "breaksAks",
  isRequired: true,
  opening: "apiServer",
  requiredBy: "pods outside of kube-system, to reach the API server",
};

export interface RequiredName {
  readonly requirement: Requirement;
  /** The name itself is listed; there can be only so many of those. */
  readonly isExact: boolean;
}

/** What needs a name on a port; undefined when nothing that is known does. */
export function requiredName(name: string, port: number | undefined, location: string): RequiredName | undefined {
  for (const requirement of requiredEgress) {
    if (port === undefined || !requirement.ports.includes(port)) continue;
    const listed = requirement.names.map((each) => each.replace("<region>", location.toLowerCase()));
    if (listed.includes(name)) return { requirement, isExact: true };
    if (listed.some((pattern) => isBelow(name, pattern))) return { requirement, isExact: false };
  }
  return undefined;
}

/** The names that AKS cannot do without, for the log to tell first: those below a star as ends that begin with a dot. */
export function neededNames(location: string): readonly string[] {
  return requiredEgress
    .filter(({ isRequired }) => isRequired)
    .flatMap(({ names }) => names.map((name) => name.replace("<region>", location.toLowerCase()).replace(/^\*/, "")));
}

/** Whether a name is below "*.example.com": with one label more, or several. */
export function isBelow(name: string, pattern: string): boolean {
  return pattern.startsWith("*.") && name.length > pattern.length - 1 && name.endsWith(pattern.slice(1));
}

/** How the environment's own rules let it out again: what on-call does at night instead of writing a rule. */
export function remedyOf({ opening, requiredBy }: Requirement, switches: EgressSwitches): string {
  switch (opening) {
    case "aksTag":
      return "The environment's rule collection aksfwar (tag AzureKubernetesService) allows it, whatever the ticket says: somebody changed or overrode the rules. Retry the environment's provision ticket, which puts them right, and look in the firewall policy for a deny rule of a smaller priority number.";
    case "apiServer":
      return switches.apiServerByAddress
        ? "The environment's rule collection hcp allows it (environment.firewall.rules.apiServerByAddress is true): somebody changed or overrode the rules. Retry the environment's provision ticket."
        : 'Set environment.firewall.rules.apiServerByAddress to true in the provision ticket and send it again; or give the pods the annotation kubernetes.azure.com/set-kube-service-host-fqdn: "true", so that they use the API server\'s name.';
    case "monitoring":
      return switches.monitoring
        ? "The environment's rule collection servicetags allows Azure Monitor (environment.monitoring is true): somebody changed or overrode the rules. Retry the environment's provision ticket, which puts them right."
        : "environment.monitoring is false, so nothing lets it out. Set it to true in the provision ticket and send it again, or switch the add-on off in the cluster.";
    case "osUpdates":
      return switches.osUpdates
        ? "The environment's rule collection osupdates allows it (environment.firewall.rules.osUpdates is true): somebody changed or overrode the rules. Retry the environment's provision ticket, which puts them right."
        : "Set environment.firewall.rules.osUpdates to true in the provision ticket and send it again, or take node images often enough to do without.";
    case "none":
      return `No switch of the ticket lets it out: ${requiredBy.split(",")[0]} is not part of what Portcullis sets up. Add a rule of your own in another rule collection group, or switch the add-on off.`;
  }
}
