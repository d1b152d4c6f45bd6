import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import type { OwnershipRules } from "../domain/ownedFields.ts";
import type { Outputs } from "../domain/step.ts";
import type { Failure } from "../domain/stepOutcome.ts";

/**
 * One resource of an environment: where it is, which of its fields are ours, what later steps learn from it.
 * Bodies are ARM's JSON as it goes over the wire. The rules say how `differences` and `mergeOwned` treat them.
 */
export interface ResourceDefinition extends OwnershipRules {
  readonly apiVersion: string;
  /** Outputs are needed where Azure's answers are part of the id (role assignments: the principal). */
  id(spec: EnvironmentSpec, outputs: Outputs): string;
  /** The fields we own. */
  desired(spec: EnvironmentSpec, outputs: Outputs): JsonObject;
  /** What is desired of a resource that exists already, where others decide a part of it within what we want. */
  adapt?(desired: JsonObject, existing: JsonObject): JsonObject;
  /** Why the resource as it exists cannot become what is asked for, where writing it would break something or say nothing. */
  refuse?(existing: JsonObject, spec: EnvironmentSpec): Failure | undefined;
  /** What is asked for and stays otherwise, in sentences: what stands, what was asked, what to do. */
  warnings?(existing: JsonObject, spec: EnvironmentSpec): readonly string[];
  /** What later steps learn from the resource as it exists. Throws a sentence when Azure left out what must be there. */
  outputs?(existing: JsonObject, spec: EnvironmentSpec): Outputs;
  /** The collection below it that must be empty before it is deleted: what is in there is somebody else's, or not gone yet. */
  readonly holds?: "resources" | "eventSubscriptions";
  /**
   * How to tell whether the environment created it, where the type takes no tags: as a part of its parent (read with this api-version), or because
   * its very name is made from what it grants.
   */
  readonly createdWith?: { readonly parentApiVersion: string } | "name";
}

/** What is desired of a resource, given the one that exists. */
export function desiredOver(definition: ResourceDefinition, desired: JsonObject, existing: JsonObject): JsonObject {
  return definition.adapt?.(desired, existing) ?? desired;
}

/** A step that only asks: GET of a path. */
export interface LookupDefinition {
  readonly apiVersion: string;
  path(spec: EnvironmentSpec): string;
  /** Throws a sentence when the answer does not hold what is looked for. */
  outputs(answer: JsonObject, spec: EnvironmentSpec): Outputs;
  /** The path is a resource that the environment uses and leaves as it is. */
  readonly isAdopted?: true;
}
