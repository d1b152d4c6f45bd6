/** What makes refused connections alike. */
import { v5 as uuidv5 } from "uuid";
import type { DeniedFlow, DenyReason } from "./deniedFlow.ts";
import type { EgressCase } from "./egressCase.ts";

/** Namespace of fingerprints; fixed, so that a case is found again by what it is about. */
const FINGERPRINT_NAMESPACE = "0b6f3c52-6a0e-4a53-9d35-7f5f0c1c7a41";

/** What a fingerprint is made of. */
export type Alike = Pick<DeniedFlow, "destination" | "port" | "protocol" | "reason"> & {
  /** "" when unknown. */
  readonly cluster: string;
};

/** Twelve hexadecimal digits that are the same for alike connections. ARM's and DNS's names differ in more than case. */
export function fingerprintOf({ cluster, destination, port, protocol, reason }: Alike): string {
  const parts = [cluster, destination.kind, destination.name, port ?? "", protocol, reason];
  // The first twelve digits of a name-based UUID are hash alone; the thirteenth is its version.
  return uuidv5(JSON.stringify(parts).toLowerCase(), FINGERPRINT_NAMESPACE).replaceAll("-", "").slice(0, 12);
}

/** What a roll-up of a cluster and a reason is about. */
export function rollUpOf({ cluster, reason }: { readonly cluster: string; readonly reason: DenyReason }): Alike {
  return { cluster, destination: { kind: "many", name: "*" }, port: undefined, protocol: "*", reason };
}

export function caseIdOf({
  environment,
  fingerprint,
  occurrence,
}: Pick<EgressCase, "environment" | "fingerprint" | "occurrence">): string {
  return `${environment}-${fingerprint}-${occurrence}`;
}
