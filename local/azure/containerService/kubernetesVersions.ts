import type { ArmOperation, JsonObject } from "../core/resourceType.ts";

interface SupportedMinor {
  readonly minor: string;
  readonly patches: readonly string[];
  readonly isDefault?: true;
  readonly longTermSupportOnly?: true;
}

/**
 * Versions that a cluster can be made with, newest last. A picture of late 2026: three minors with community support, two
 * more for clusters with long-term support; the default is the one before the newest.
 * Source: learn.microsoft.com/azure/aks/supported-kubernetes-versions (release calendar, N-2 rule), checked 2026-11.
 */
const SUPPORTED: readonly SupportedMinor[] = [
  { minor: "1.32", patches: ["1.32.10", "1.32.11"], longTermSupportOnly: true },
  { minor: "1.33", patches: ["1.33.8", "1.33.9"] },
  { minor: "1.34", patches: ["1.34.4", "1.34.5"], isDefault: true },
  { minor: "1.35", patches: ["1.35.1", "1.35.2"] },
];

/** The default version, with its patch. */
export const DEFAULT_KUBERNETES_VERSION = newestPatch(SUPPORTED.find((version) => version.isDefault));

/** The full version that "1.34" or "1.34.4" means; undefined when a cluster cannot have it. Without a version: the default. */
export function resolveKubernetesVersion(asked: string | undefined): string | undefined {
  if (asked === undefined || asked === "") return DEFAULT_KUBERNETES_VERSION;
  const minor = SUPPORTED.find((version) => version.minor === asked);
  if (minor !== undefined && minor.longTermSupportOnly === undefined) return newestPatch(minor);
  return SUPPORTED.some((version) => version.longTermSupportOnly === undefined && version.patches.includes(asked))
    ? asked
    : undefined;
}

/** Negative when the left version is older, 0 when they are the same. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number));
  const index = [0, 1, 2].find((part) => a?.[part] !== b?.[part]);
  return index === undefined ? 0 : (a?.[index] ?? 0) - (b?.[index] ?? 0);
}

function newestPatch(version: SupportedMinor | undefined): string {
  const patch = version?.patches.at(-1);
  if (patch === undefined) throw new Error("The table of Kubernetes versions has no default.");
  return patch;
}

/** GET …/locations/{location}/kubernetesVersions, in the shape of today (values, not orchestrators). */
export const kubernetesVersionsOperation: ArmOperation = {
  method: "GET",
  path: "/subscriptions/{subscriptionId}/providers/Microsoft.ContainerService/locations/{location}/kubernetesVersions",
  action: "Microsoft.ContainerService/locations/kubernetesVersions/read",
  handle: () => ({ status: 200, body: { values: SUPPORTED.map(shown) } }),
};

function shown(version: SupportedMinor, index: number): JsonObject {
  const laterPatches = (patch: string): string[] => {
    const later = version.patches.slice(version.patches.indexOf(patch) + 1);
    return [...later, ...(SUPPORTED[index + 1]?.patches ?? [])];
  };
  return {
    version: version.minor,
    capabilities: {
      supportPlan: version.longTermSupportOnly ? ["AKSLongTermSupport"] : ["KubernetesOfficial", "AKSLongTermSupport"],
    },
    ...(version.isDefault ? { isDefault: true } : {}),
    patchVersions: Object.fromEntries(version.patches.map((patch) => [patch, { upgrades: laterPatches(patch) }])),
  };
}
