import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Failure } from "../domain/stepOutcome.ts";

/** A resource that is read and not written. */
export interface Document {
  readonly apiVersion: string;
  readonly id: string;
}

/** What follows from what was read. */
export type SyncDecision =
  | { readonly kind: "right" }
  | { readonly kind: "write"; readonly body: JsonObject; readonly change: string }
  /** The sources are not complete yet. */
  | { readonly kind: "wait"; readonly waitingFor: string }
  | { readonly kind: "refuse"; readonly failure: Failure };

/**
 * A step of kind "sync": a resource of ours follows what others write elsewhere. All is read anew before every decision,
 * and what is written is the whole resource as it was read, with what is ours put right.
 */
export interface SyncDefinition {
  /** Takes something out of the resource: when the resource is gone itself, that is done. */
  readonly isRemoval?: true;
  readonly apiVersion: string;
  id(spec: EnvironmentSpec): string;
  /** What is read beside the resource itself; a source that is not there is undefined in `decide`. */
  sources(spec: EnvironmentSpec): readonly Document[];
  decide(existing: JsonObject, sources: readonly (JsonObject | undefined)[], spec: EnvironmentSpec): SyncDecision;
  /** Seconds between two looks at incomplete sources, and how long to go on looking. */
  readonly pollSeconds: number;
  readonly timeoutSeconds: number;
}
