/** What makes refused connections alike. */
import { v5 as uuidv5 } from "uuid";
import type { DeniedFlow } from "./deniedFlow.ts";
import type { EgressCase } from "./egressCase.ts";

/** Namespace of fingerprints; fixed, so that a case is found again by what it is about. */
const FINGERPRINT_NAMESPACE = "0b6f3c52-6a0e-4a53-9d35-7f5f0c1c7a41";

/** What a fingerprint is made of. */
export interface Alike extends Pick<DeniedFlow, "destination" | "protocol" | "reason"> {
  /** "" when unknown. */
  readonly cluster: string;
  readonly port?: number | undefined;
}

/** Twelve hexadecimal digits that are the same for alike connections. ARM's and DNS's names differ in more than case. */
export function fingerprintOf({ cluster, destination, port, protocol, reason }: Alike): string {
  const parts = [cluster, destination.kind, destination.name, port ?? "", protocol, reason];
  // The first twelve digits of a name-based UUID are hash alone; the thirteenth is its version.
  return uuidv5(JSON.stringify(parts).toLowerCase(), FINGERPRINT_NAMESPACE).replaceAll("-", "").slice(0, 12);
}

/** What a roll-up is about: all of a cluster, threats apart from everything else, for that is all that the log's totals tell apart. */
export function rollUpOf({ cluster, reason }: Pick<Alike, "cluster" | "reason">): Alike {
  return {
    cluster,
    destination: { kind: "many", name: "*" },
    protocol: "*",
    reason: reason === "threatIntelligence" ? "threatIntelligence" : "default",
  };
}

export function caseIdOf({
  environment,
  fingerprint,
  occurrence,
}: Pick<EgressCase, "environment" | "fingerprint" | "occurrence">): string {
  return `${environment}-${fingerprint}-${occurrence}`;
}
