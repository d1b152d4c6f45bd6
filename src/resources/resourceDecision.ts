/** What becomes of a resource of ours as it is found. One decision for the step that writes it and for the dry run that only says so. */
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import { type Difference, differences, mergeOwned } from "../domain/ownedFields.ts";
import { hasFailed, isInProgress, provisioningState } from "../domain/provisioningState.ts";
import { CREATION_TAG, ENVIRONMENT_TAG, otherOwner } from "../domain/resourceNames.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { desiredOver, type ResourceDefinition } from "./resourceDefinition.ts";

export type ResourceDecision =
  | { readonly kind: "create"; readonly body: JsonObject }
  | { readonly kind: "refuse"; readonly failure: Failure }
  /** Somebody's write is under way; what follows it is decided anew. */
  | { readonly kind: "wait"; readonly state: string }
  | { readonly kind: "right" }
  | {
      readonly kind: "write";
      readonly body: JsonObject;
      readonly differences: readonly Difference[];
      readonly change: string;
    };

export interface FoundResource {
  readonly id: string;
  /** Undefined when it is not there. */
  readonly existing: JsonObject | undefined;
  readonly desired: JsonObject;
  readonly spec: EnvironmentSpec;
}

export function decideResource(definition: ResourceDefinition, found: FoundResource): ResourceDecision {
  const { id, existing, spec } = found;
  if (existing === undefined) return { kind: "create", body: asCreated(found.desired, spec) };
  const desired = desiredOver(definition, found.desired, existing);
  const refusal = ownerRefusal(id, existing, desired) ?? definition.refuse?.(existing, spec);
  if (refusal !== undefined) return { kind: "refuse", failure: refusal };
  const state = provisioningState(existing);
  if (state !== undefined && isInProgress(state)) return { kind: "wait", state };
  const different = differences(existing, desired, definition);
  if (different.length === 0 && !hasFailed(state)) return { kind: "right" };
  const change = different.length === 0 ? `written again, it was ${state}` : inWords(different);
  return { kind: "write", body: mergeOwned(existing, desired, definition), differences: different, change };
}

/** What is created carries the tag that says so; what was there before never gets it. */
function asCreated(desired: JsonObject, spec: EnvironmentSpec): JsonObject {
  const { tags } = desired;
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) return desired;
  return { ...desired, tags: { ...(tags as JsonObject), [CREATION_TAG]: spec.name } };
}

/** Why a resource of another environment is left as it is; undefined when it is no other's. */
export function ownerRefusal(id: string, existing: JsonObject, desired: JsonObject): Failure | undefined {
  const owner = otherOwner(existing, desired);
  if (owner === undefined) return undefined;
  return {
    code: "ResourceOfAnotherEnvironment",
    message: `It belongs to the environment "${owner}", as its tag ${ENVIRONMENT_TAG} says; it was left as it is.`,
    resourceId: id,
    advice:
      "Give this environment resource groups and names of its own in a new ticket, or send the ticket for the environment that the resource belongs to.",
  };
}

/** More changes than this are counted and not listed. */
const LISTED_CHANGES = 3;

function inWords(found: readonly Difference[]): string {
  const listed = found.slice(0, LISTED_CHANGES).map(({ path, from, to }) => `${path}: ${from} → ${to}`);
  const rest = found.length - listed.length;
  return `changed ${listed.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
}
