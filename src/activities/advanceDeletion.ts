/**
 * Deletes one ARM resource that the environment created, one move at a time; what was there before is left and named.
 *
 *   (start) ──GET──▶ gone ───────────────────────▶ done, nothing written
 *             │────▶ not created by us ──────────▶ done, left
 *             └────▶ ours ──DELETE──▶ settle ──GET──▶ gone ▶ done
 */
import type { ArmAnswer, ArmClient } from "../azure/armClient.ts";
import type { JsonObject } from "../domain/json.ts";
import { provisioningState } from "../domain/provisioningState.ts";
import type { StepOutcome } from "../domain/stepOutcome.ts";
import { type DeletionDecision, decideDeletion } from "../resources/deletionDecision.ts";
import type { ResourceDefinition } from "../resources/resourceDefinition.ts";
import { refusedOutcome } from "./refusal.ts";
import type { StepInput } from "./stepInput.ts";

interface Target {
  readonly arm: ArmClient;
  readonly definition: ResourceDefinition;
  readonly id: string;
  readonly input: StepInput;
}

type Decided = Exclude<DeletionDecision, { readonly kind: "look" }>;

export async function advanceDeletion(
  arm: ArmClient,
  definition: ResourceDefinition,
  input: StepInput,
): Promise<StepOutcome> {
  const target = { arm, definition, id: definition.id(input.spec, input.outputs), input };
  const own = await arm.get(target.id, definition.apiVersion);
  if (own.status >= 400 && own.status !== 404) return refusedOutcome(own, target.id, input.cursor);
  if (input.cursor?.phase === "settle" && own.status !== 404)
    return provisioningState(own.body) === "Deleting" ? settling(target) : failedToGo(target, own);
  const decision = await decide(target, own);
  return "outcome" in decision ? decision.outcome : carryOut(target, decision);
}

/** Reads what the decision asks for until it is made. */
async function decide(target: Target, own: ArmAnswer): Promise<Decided | { readonly outcome: StepOutcome }> {
  const answers = new Map([[target.id, own]]);
  const read = ({ id }: { readonly id: string }): JsonObject | "missing" | undefined => {
    const answer = answers.get(id);
    if (answer === undefined) return undefined;
    return answer.status === 404 ? "missing" : (answer.body ?? {});
  };
  for (;;) {
    const { name: environment, adopt } = target.input.spec;
    const question = { id: target.id, environment, adopt, read };
    const decision = decideDeletion(target.definition, question);
    if (decision.kind !== "look") return decision;
    const { id, apiVersion } = decision.at;
    if (answers.has(id)) throw new Error(`The deletion of ${target.id} asks for ${id} again.`);
    const answer = await target.arm.get(id, apiVersion);
    if (answer.status >= 400 && answer.status !== 404)
      return { outcome: refusedOutcome(answer, id, target.input.cursor) };
    answers.set(id, answer);
  }
}

async function carryOut(target: Target, decision: Decided): Promise<StepOutcome> {
  switch (decision.kind) {
    case "gone":
      return gone(target);
    case "deleting":
      return settling(target);
    case "leave":
      return left(target, decision.reason);
    case "delete":
      return target.input.isStopping ? { kind: "withheld" } : remove(target);
  }
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
      message: `Azure gave up deleting it; it is ${provisioningState(answer.body) ?? "there"} again.`,
      resourceId: target.id,
      ...(answer.correlationId === undefined ? {} : { correlationId: answer.correlationId }),
      advice: "Look at the resource's activity log for what still uses it, then retry.",
    },
  };
}

function gone({ id, input }: Target): StepOutcome {
  const told = input.cursor?.phase === "settle" ? { change: "deleted" } : { note: "it was not there" };
  return { kind: "done", resourceId: id, outputs: {}, ...told };
}

function left(target: Target, reason: string): StepOutcome {
  return { kind: "done", resourceId: target.id, outputs: {}, note: `left: ${reason}` };
}
