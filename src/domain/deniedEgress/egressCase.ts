/** All refused connections of one cluster to one destination for one reason, and what became of them. */
import type { DenyReason, FlowDestination } from "./deniedFlow.ts";
import type { FlowSource } from "./source.ts";

export type EgressClass = "breaksAks" | "addOn" | "osUpdates" | "imagePull" | "application" | "threat";
export type Severity = "critical" | "high" | "medium" | "low";
export type CaseState = "open" | "acknowledged" | "suppressed" | "closed";

export interface CaseEvent {
  readonly at: string;
  readonly what: string;
  readonly by?: string;
  readonly note?: string;
}

/** Until when nobody wants to hear of a case, who said so, why, and how much has come since. */
export interface Suppression {
  readonly until: string;
  readonly by: string;
  readonly reason: string;
  readonly countSince: number;
}

/** The narrowest rule that would allow what a case is about. It is never applied by itself. */
export interface RuleProposal {
  /** One sentence: what it allows, from where. */
  readonly summary: string;
  /** A rule collection in ARM's form, to be put into a ruleCollectionGroup. */
  readonly json: string;
  /** The same as Bicep. */
  readonly bicep: string;
  /** What it would do with what was refused, as far as that was seen. */
  readonly replay: {
    /** Connections of the case that were seen with their source, and how many of them it allows. */
    readonly seenCount: number;
    readonly allowedCount: number;
    /** Other cases whose connections it would newly allow. */
    readonly newlyOpened: readonly string[];
  };
  /** What to know before it is used. */
  readonly cautions: readonly string[];
}

export interface EgressCase {
  /** `${environment}-${12 hexadecimal digits of the fingerprint}-${occurrence}` */
  readonly id: string;
  readonly environment: string;
  /** "" when unknown. */
  readonly cluster: string;
  readonly fingerprint: string;
  /** Counts up each time that it comes back after it was closed. */
  readonly occurrence: number;
  /** The occurrence before, where that is still known. */
  readonly previousId?: string;
  readonly destination: FlowDestination;
  readonly port?: number;
  readonly protocol: string;
  readonly reason: DenyReason;
  readonly rule: string;
  readonly class: EgressClass;
  /** What of AKS or of its add-ons needs the destination. */
  readonly requiredBy?: string;
  readonly severity: Severity;
  readonly state: CaseState;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly openedAt: string;
  readonly closedAt?: string;
  /** At most ten. */
  readonly sources: readonly FlowSource[];
  readonly sourceCount: number;
  /** Of a roll-up: how many there are at least, and the first ten. */
  readonly destinations?: {
    readonly count: number;
    readonly top: readonly { readonly name: string; readonly count: number }[];
  };
  readonly suppression?: Suppression;
  readonly firewallId?: string;
  /** Counts up with every alert and everything that somebody does with it. */
  readonly revision: number;
  /** Oldest first. */
  readonly history: readonly CaseEvent[];
  readonly proposal?: RuleProposal;
}
