import type { GroupClaimsState } from "../domain/groupClaims.ts";
import { type ClaimAnswer, claimGroups, type GroupClaim, noGroupClaims, releaseGroups } from "../domain/groupClaims.ts";
import type { OperationKey } from "../domain/operation.ts";
import { entityFunction } from "./entityFunction.ts";

/** The operations of the entity `groupClaims`, by name, with what they take and give back. Its key is the subscription's id. */
export interface GroupClaimsOperations {
  claim: { input: GroupClaim; output: ClaimAnswer };
  release: { input: OperationKey; output: null };
}

/** Which resource groups of a subscription are being worked in. */
export const groupClaims = entityFunction<GroupClaimsState, GroupClaimsOperations>("groupClaims", noGroupClaims, {
  claim: claimGroups,
  release: (state, operation) => [releaseGroups(state, operation), null],
});
