/**
 * Whether a resource is deleted or left: only what the environment created goes, and what holds things of others (a group, a
 * topic) only when nothing is left in it. One decision for the step that deletes and for the dry run that only says so.
 *
 * It asks for one document after the other, and for no more than it needs: the resource, then its parent or what
 * it holds. A document that could not be read decides nothing.
 */
import { type Adoption, isAdopted } from "../domain/adoption.ts";
import { parentOfId } from "../domain/armId.ts";
import type { JsonObject } from "../domain/json.ts";
import { provisioningState } from "../domain/provisioningState.ts";
import { CREATION_TAG } from "../domain/resourceNames.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";
import type { Document } from "./syncDefinition.ts";

export type DeletionDecision =
  | { readonly kind: "look"; readonly at: Document }
  | { readonly kind: "gone" }
  | { readonly kind: "deleting" }
  | { readonly kind: "leave"; readonly reason: string }
  | { readonly kind: "delete" };

export interface DeletionQuestion {
  readonly id: string;
  /** Name of the environment that goes. */
  readonly environment: string;
  /** What it uses and has not made. */
  readonly adopt?: Adoption | undefined;
  /** What was read: `missing` when Azure knows no such thing, undefined when it was not looked at yet. */
  read(document: Document): JsonObject | "missing" | undefined;
  /** Whether something that it holds is gone before its turn comes. */
  goesBefore?(id: string): boolean;
}

export function decideDeletion(definition: ResourceDefinition, question: DeletionQuestion): DeletionDecision {
  const { id, environment, adopt, read } = question;
  const at = { id, apiVersion: definition.apiVersion };
  const existing = read(at);
  if (existing === undefined) return { kind: "look", at };
  if (existing === "missing") return { kind: "gone" };
  if (provisioningState(existing) === "Deleting") return { kind: "deleting" };
  if (isAdopted(adopt, id)) return { kind: "leave", reason: `it was adopted by the environment ${environment}` };
  const { createdWith } = definition;
  // Nothing of this name was inside when it was adopted, as was made sure of before the first write.
  if (typeof createdWith === "object" && !isAdopted(adopt, parentOfId(id))) {
    const parent = { id: parentOfId(id), apiVersion: createdWith.parentApiVersion };
    const found = read(parent);
    if (found === undefined) return { kind: "look", at: parent };
    if (creationTag(found) !== environment) return notCreatedHere(environment);
  }
  if (createdWith === undefined && creationTag(existing) !== environment) return notCreatedHere(environment);
  return definition.holds === undefined ? { kind: "delete" } : decideHolder(definition, definition.holds, question);
}

/** At most so many are named; the rest is counted by "more". */
const NAMED_RESOURCES = 5;

/** The first page is enough: it is never empty while there is a second, and no environment fills one. */
function decideHolder(
  { apiVersion }: ResourceDefinition,
  collection: string,
  { id, read, goesBefore }: DeletionQuestion,
): DeletionDecision {
  const contents = { id: `${id}/${collection}`, apiVersion };
  const found = read(contents);
  if (found === undefined) return { kind: "look", at: contents };
  const value = found === "missing" || !Array.isArray(found.value) ? [] : found.value;
  const names = (value as readonly JsonObject[]).flatMap((each) =>
    goesBefore?.(String(each.id)) === true ? [] : [String(each.name)],
  );
  if (names.length === 0) return { kind: "delete" };
  const named = names.length <= NAMED_RESOURCES ? names : [...names.slice(0, NAMED_RESOURCES), "and more"];
  return { kind: "leave", reason: `it holds ${named.join(", ")}` };
}

function notCreatedHere(environment: string): DeletionDecision {
  return { kind: "leave", reason: `it was not created by the environment ${environment}` };
}

function creationTag(existing: JsonObject | "missing"): string | undefined {
  if (existing === "missing") return undefined;
  const tag = (existing.tags as JsonObject | undefined)?.[CREATION_TAG];
  return typeof tag === "string" ? tag : undefined;
}
