/** What a refused connection means for the cluster. */
import type { DeniedKind } from "./deniedFlow.ts";
import type { EgressClass } from "./egressCase.ts";
import type { EgressContext } from "./egressContext.ts";
import type { Alike } from "./fingerprint.ts";
import { DOCKER_HUB, imageRegistry } from "./imageRegistries.ts";
import { apiServerByAddress, type RequiredName, remedyOf, requiredName } from "./requiredEgress.ts";

export interface Classification {
  readonly class: EgressClass;
  /** What of AKS or of its add-ons needs it. */
  readonly requiredBy?: string;
  /** How the environment's own switches let it out, as sentences; absent where only a rule of its own would. */
  readonly remedy?: string;
  /** A listed name, of which there are only so many: it is never rolled up. */
  readonly isListed: boolean;
}

/** The class of alike connections. A threat stays one, whatever it is aimed at. */
export function classify(alike: Alike, kind: DeniedKind, context: EgressContext): Classification {
  if (kind === "threat" || alike.reason === "threatIntelligence") return { class: "threat", isListed: false };
  const required = requirementOf(alike, context);
  if (required !== undefined) {
    const { requirement, isExact } = required;
    return {
      class: requirement.class,
      requiredBy: requirement.requiredBy,
      remedy: remedyOf(requirement, context.switches),
      isListed: isExact,
    };
  }
  const registry = alike.destination.kind === "fqdn" ? imageRegistry(alike.destination.name) : undefined;
  if (registry === undefined) return { class: "application", isListed: false };
  const isOffered = registry === DOCKER_HUB && !context.switches.dockerHub;
  const remedy =
    "For a demonstration, set environment.firewall.rules.dockerHub to true in the provision ticket and send it again.";
  return { class: "imagePull", isListed: false, ...(isOffered ? { remedy } : {}) };
}

/** Only what is spoken over TLS or HTTP is asked for by AKS; another protocol to the same name is somebody else's wish. */
const webProtocols: ReadonlySet<string> = new Set(["HTTP", "HTTPS", "TCP"]);

function requirementOf(
  { destination, port, protocol, cluster }: Alike,
  context: EgressContext,
): RequiredName | undefined {
  if (!webProtocols.has(protocol)) return undefined;
  if (destination.kind === "fqdn") return requiredName(destination.name, port, context.location);
  if (destination.kind !== "address" || port === undefined) return undefined;
  const own = context.clusters.find(({ name }) => name === cluster);
  const isApiServer = own?.apiServerAddresses?.includes(destination.name) ?? false;
  return isApiServer && apiServerByAddress.ports.includes(port)
    ? { requirement: apiServerByAddress, isExact: true }
    : undefined;
}
