/** Whose operation works in which resource groups: two environments never write into one group at the same time. */
import type { EnvironmentSpec } from "./environmentSpec.ts";
import { type OperationKey, sameOperation } from "./operation.ts";
import type { Failure } from "./stepOutcome.ts";

export interface GroupClaim {
  readonly operation: OperationKey;
  /** Name of the environment that the operation works for. */
  readonly environment: string;
  /** Names of resource groups, which Azure compares without case. */
  readonly groups: readonly string[];
}

/** The state of a subscription's durable entity: the claims of the operations that run. */
export interface GroupClaimsState {
  readonly claims: readonly GroupClaim[];
}

export const noGroupClaims: GroupClaimsState = { claims: [] };

export type ClaimAnswer =
  | { readonly kind: "granted" }
  | { readonly kind: "held"; readonly by: GroupClaim; readonly group: string };

export function groupClaimOf({ name, groups }: EnvironmentSpec, operation: OperationKey): GroupClaim {
  return { operation, environment: name, groups: [groups.network, groups.gateway, groups.cluster] };
}

/**
 * Claims all of the groups or none; claiming again changes nothing. An older claim of the same environment is a leftover,
 * because the environment itself lets one operation in at a time.
 */
export function claimGroups(state: GroupClaimsState, claim: GroupClaim): readonly [GroupClaimsState, ClaimAnswer] {
  const others = state.claims.filter((other) => other.environment !== claim.environment);
  const wanted = new Set(claim.groups.map(canonical));
  for (const by of others) {
    const group = by.groups.find((name) => wanted.has(canonical(name)));
    if (group !== undefined) return [state, { kind: "held", by, group }];
  }
  return [{ claims: [...others, claim] }, { kind: "granted" }];
}

/** What a ticket is told whose groups another environment's ticket works in. */
export function groupHeldFailure({ group, by }: Extract<ClaimAnswer, { readonly kind: "held" }>): Failure {
  return {
    code: "GroupOfAnotherEnvironment",
    message: `Ticket ${by.operation.ticketNumber} works in the resource group ${group} for the environment "${by.environment}".`,
    advice: "Give this environment resource groups of its own in a new ticket; no group is shared by two environments.",
  };
}

export function releaseGroups(state: GroupClaimsState, operation: OperationKey): GroupClaimsState {
  return { claims: state.claims.filter((claim) => !sameOperation(claim.operation, operation)) };
}

function canonical(group: string): string {
  return group.toLowerCase();
}
