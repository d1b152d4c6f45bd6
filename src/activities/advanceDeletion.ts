/**
 * Deletes one ARM resource that the environment created, one move at a time; what was there before is left and named.
 *
 *   (start) ──GET──▶ gone ───────────────────────▶ done, nothing written
 *             │────▶ not created by us ──────────▶ done, left
 *             └────▶ ours ──DELETE──▶ settle ──GET──▶ gone ▶ done
 */
import type { ArmAnswer, ArmClient } from "../azure/armClient.ts";
import type { JsonObject } from "../domain/json.ts";
import { CREATION_TAG } from "../domain/resourceNames.ts";
import type { StepOutcome } from "../domain/stepOutcome.ts";
import type { ResourceDefinition } from "../resources/resourceDefinition.ts";
import { refusedOutcome } from "./refusal.ts";
import type { StepInput } from "./stepInput.ts";

interface Target {
  readonly arm: ArmClient;
  readonly definition: ResourceDefinition;
  readonly id: string;
  readonly environment: string;
}

export async function advanceDeletion(
  arm: ArmClient,
  definition: ResourceDefinition,
  input: StepInput,
): Promise<StepOutcome> {
  const target = { arm, definition, id: definition.id(input.spec, input.outputs), environment: input.spec.name };
  const answer = await arm.get(target.id, definition.apiVersion);
  if (answer.status === 404) return gone(target, input);
  if (answer.status >= 400) return refusedOutcome(answer, target.id, input.cursor);
  if (input.cursor?.phase === "settle") return isDeleting(answer) ? settling(target) : failedToGo(target, answer);
  if (isDeleting(answer)) return settling(target);
  if (input.isStopping) return { kind: "withheld" };
  const reason = await reasonToLeave(target, answer.body ?? {});
  return reason === undefined ? remove(target) : left(target, reason);
}

/** Why the resource is not to be deleted; undefined when the environment created it and nothing else lives in it. */
async function reasonToLeave(target: Target, existing: JsonObject): Promise<string | undefined> {
  if (!(await isCreatedHere(target, existing))) return `it was not created by the environment ${target.environment}`;
  const others = isGroup(target.id) ? await namesIn(target) : [];
  return others.length === 0 ? undefined : `it holds ${others.join(", ")}`;
}

async function isCreatedHere(target: Target, existing: JsonObject): Promise<boolean> {
  const { createdWith } = target.definition;
  if (createdWith === "name") return true;
  if (createdWith === undefined) return creationTag(existing) === target.environment;
  const parent = await target.arm.get(parentId(target.id), createdWith.parentApiVersion);
  return creationTag(parent.body ?? {}) === target.environment;
}

/** At most so many are named; the rest is counted by "more". */
const NAMED_RESOURCES = 5;

async function namesIn(target: Target): Promise<readonly string[]> {
  const { body } = await target.arm.get(`${target.id}/resources`, target.definition.apiVersion);
  const names = (Array.isArray(body?.value) ? body.value : []).map((each) => String((each as JsonObject).name));
  return names.length <= NAMED_RESOURCES ? names : [...names.slice(0, NAMED_RESOURCES), "and more"];
}

async function remove(target: Target): Promise<StepOutcome> {
  const answer = await target.arm.delete(target.id, target.definition.apiVersion);
  if (answer.status >= 400 && answer.status !== 404) return refusedOutcome(answer, target.id, undefined);
  return settling(target, answer.retryAfterSeconds);
}

/** Seconds between two looks at a deletion, when Azure names no time. */
const DELETION_LOOK_SECONDS = 5;

function settling(target: Target, retryAfterSeconds?: number): StepOutcome {
  return {
    kind: "accepted",
    resourceId: target.id,
    cursor: { phase: "settle" },
    waitingFor: "Azure: Deleting",
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** Azure gave the deletion up: the next move asks again, and a reason that does not pass is told then. */
function failedToGo(target: Target, answer: ArmAnswer): StepOutcome {
  return {
    kind: "busy",
    retryAfterSeconds: DELETION_LOOK_SECONDS,
    failure: {
      code: "DeletionFailed",
      message: `Azure gave up deleting it; it is ${stateOf(answer) ?? "there"} again.`,
      resourceId: target.id,
      ...(answer.correlationId === undefined ? {} : { correlationId: answer.correlationId }),
      advice: "Look at the resource's activity log for what still uses it, then retry.",
    },
  };
}

function gone(target: Target, input: StepInput): StepOutcome {
  const told = input.cursor?.phase === "settle" ? { change: "deleted" } : { note: "it was not there" };
  return { kind: "done", resourceId: target.id, outputs: {}, ...told };
}

function left(target: Target, reason: string): StepOutcome {
  return { kind: "done", resourceId: target.id, outputs: {}, note: `left: ${reason}` };
}

function isDeleting(answer: ArmAnswer): boolean {
  return stateOf(answer) === "Deleting";
}

function stateOf({ body }: ArmAnswer): string | undefined {
  const state = (body?.properties as JsonObject | undefined)?.provisioningState;
  return typeof state === "string" ? state : undefined;
}

function creationTag(existing: JsonObject): string | undefined {
  const tag = (existing.tags as JsonObject | undefined)?.[CREATION_TAG];
  return typeof tag === "string" ? tag : undefined;
}

/** The id without its last type and name, and without the provider of an extension. */
function parentId(id: string): string {
  return id.replace(/(\/providers\/[^/]+)?\/[^/]+\/[^/]+$/, "");
}

function isGroup(id: string): boolean {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i.test(id);
}
