/**
 * How bad it is: what it is, how many it hits, how long it lasts.
 *
 * | class       | begins | one step more                                        | two steps more             |
 * |-------------|--------|------------------------------------------------------|----------------------------|
 * | breaksAks   | high   | all nodes, or for an hour                            |                            |
 * | threat      | high   | three sources or more, or for an hour                |                            |
 * | imagePull   | medium | three sources or more, all nodes, or for an hour     |                            |
 * | addOn       | medium | all nodes, or for an hour                            |                            |
 * | application | low    | three sources or more, all nodes, or for 15 minutes  | all nodes and for an hour  |
 * | osUpdates   | low    | for a day: nodes run without updates                 |                            |
 */
import type { EgressClass, Severity } from "./egressCase.ts";
import { HOUR_MS, MINUTE_MS, msBetween, spanInWords } from "./instant.ts";

export interface Spread {
  readonly class: EgressClass;
  /** Every node of the cluster is among the sources; false when nobody knows how many there are. */
  readonly isEverywhere: boolean;
  readonly sourceCount: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

export interface JudgedSeverity {
  readonly severity: Severity;
  /** Why, as a sentence. */
  readonly because: string;
}

const ladder: readonly Severity[] = ["low", "medium", "high", "critical"];

/** From how many sources on something is not one pod's matter. */
const MANY_SOURCES = 3;

interface Manner {
  readonly begins: Severity;
  readonly what: string;
  readonly isRaisedByMany: boolean;
  readonly isRaisedEverywhere: boolean;
  readonly lastingMs: number;
}

const manners: Readonly<Record<EgressClass, Manner>> = {
  breaksAks: manner("high", "AKS itself needs it", { everywhere: true }),
  threat: manner("high", "Microsoft's threat intelligence knows the destination as malicious", { many: true }),
  imagePull: manner("medium", "images cannot be pulled from there", { many: true, everywhere: true }),
  addOn: manner("medium", "an add-on needs it", { everywhere: true }),
  application: manner("low", "nothing of AKS needs it", { many: true, everywhere: true, lastingMs: 15 * MINUTE_MS }),
  osUpdates: manner("low", "nodes fetch their updates there", { lastingMs: 24 * HOUR_MS }),
};

function manner(
  begins: Severity,
  what: string,
  {
    many = false,
    everywhere = false,
    lastingMs = HOUR_MS,
  }: { many?: boolean; everywhere?: boolean; lastingMs?: number },
): Manner {
  return { begins, what, isRaisedByMany: many, isRaisedEverywhere: everywhere, lastingMs };
}

export function severityOf({ class: of, isEverywhere, sourceCount, firstAt, lastAt }: Spread): JudgedSeverity {
  const { begins, what, isRaisedByMany, isRaisedEverywhere, lastingMs } = manners[of];
  const lasted = msBetween(firstAt, lastAt);
  const isMany = isRaisedByMany && sourceCount >= MANY_SOURCES;
  const isAll = isRaisedEverywhere && isEverywhere;
  const isLasting = lasted >= lastingMs;
  const steps = of === "application" && isEverywhere && lasted >= HOUR_MS ? 2 : isMany || isAll || isLasting ? 1 : 0;
  const reasons = [
    ...(isAll ? ["every node of the cluster is refused"] : isMany ? [`${sourceCount} sources are refused`] : []),
    ...(isLasting ? [`it has gone on for ${spanInWords(lasted)}`] : []),
  ];
  const why = reasons.length === 0 ? "" : `, and ${reasons.join(", and ")}`;
  return { severity: ladder[ladder.indexOf(begins) + steps] ?? "critical", because: `${what}${why}` };
}

/** The graver of two. */
export function graver(left: Severity, right: Severity): Severity {
  return severityRank(left) >= severityRank(right) ? left : right;
}

/** From 0, "low", to 3, "critical". */
export function severityRank(severity: Severity): number {
  return ladder.indexOf(severity);
}
