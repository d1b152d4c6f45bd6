/**
 * Makes one ARM resource right, one move at a time: read, compare, write at most once, and look until it has settled.
 *
 *   (start) ──GET──▶ right ─────────────────────────────▶ done, nothing written
 *      ▲      │────▶ missing, wrong or failed ──PUT──▶ settle ──GET──▶ right ▶ done
 *      │      └────▶ somebody's write runs ─▶ (start)    │
 *      └───────────── superseded, or still wrong ◀───────┘
 *
 * Every move starts with a read, so a move that is made again after a crash finds the write that was already accepted
 * and does not write a second time.
 */
import type { ArmAnswer, ArmClient } from "../azure/armClient.ts";
import type { JsonObject } from "../domain/json.ts";
import { differences } from "../domain/ownedFields.ts";
import { hasFailed, isInProgress, provisioningState } from "../domain/provisioningState.ts";
import type { StepCursor, StepOutcome } from "../domain/stepOutcome.ts";
import { decideResource } from "../resources/resourceDecision.ts";
import { desiredOver, type ResourceDefinition } from "../resources/resourceDefinition.ts";
import { etagOf, operationFailed } from "./provisioning.ts";
import { refusedOutcome } from "./refusal.ts";
import type { StepInput } from "./stepInput.ts";

interface Target {
  readonly arm: ArmClient;
  readonly definition: ResourceDefinition;
  readonly id: string;
  readonly desired: JsonObject;
  readonly input: StepInput;
}

/** Seconds between two looks at a write that somebody else (or an earlier, lost move of ours) started. */
const FOREIGN_WRITE_LOOK_SECONDS = 5;

export async function advanceResource(
  arm: ArmClient,
  definition: ResourceDefinition,
  input: StepInput,
): Promise<StepOutcome> {
  const target: Target = {
    arm,
    definition,
    id: definition.id(input.spec, input.outputs),
    desired: definition.desired(input.spec, input.outputs),
    input,
  };
  const answer = await arm.get(target.id, definition.apiVersion);
  if (answer.status !== 404 && answer.status >= 400) return refusedOutcome(answer, target.id, input.cursor);
  return input.cursor?.phase === "settle" ? settle(target, input.cursor, answer) : ensure(target, answer);
}

async function ensure(target: Target, answer: ArmAnswer): Promise<StepOutcome> {
  const { id, desired, definition, input } = target;
  const existing = answer.status === 404 ? undefined : answer.body;
  const decision = decideResource(definition, { id, existing, desired, spec: input.spec });
  switch (decision.kind) {
    case "create":
      return write(target, decision.body, undefined, "created");
    case "refuse":
      return { kind: "rejected", resourceId: id, failure: decision.failure };
    case "wait":
      return waitForForeignWrite(target, decision.state);
    case "right":
      return done(target, existing ?? {}, input.cursor?.change);
    case "write":
      return write(target, decision.body, etagOf(existing ?? {}, answer), decision.change);
  }
}

async function write(target: Target, body: JsonObject, etag: string | undefined, change: string): Promise<StepOutcome> {
  if (target.input.isStopping) return { kind: "withheld" };
  const answer = await target.arm.put(target.id, target.definition.apiVersion, body, etag);
  if (isRoleAssignmentThere(answer)) return done(target, body, undefined);
  if (answer.status >= 400) return refusedOutcome(answer, target.id, undefined);
  const state = provisioningState(answer.body);
  const isFinal = answer.status !== 202 && answer.operationUrl === undefined && !isInProgress(state);
  if (isFinal && answer.body !== undefined) return done(target, answer.body, change);
  return {
    kind: "accepted",
    resourceId: target.id,
    cursor: {
      phase: "settle",
      change,
      ...(answer.operationUrl === undefined ? {} : { operationUrl: answer.operationUrl }),
    },
    waitingFor: `Azure: ${state ?? "accepted"}`,
    ...(answer.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: answer.retryAfterSeconds }),
  };
}

async function settle(target: Target, cursor: StepCursor, answer: ArmAnswer): Promise<StepOutcome> {
  if (answer.body === undefined || answer.status === 404) return vanished(target, cursor);
  const state = provisioningState(answer.body);
  if (isInProgress(state)) return stillSettling(target, cursor, state);
  if (state !== undefined && hasFailed(state)) return operationFailed(target.arm, target.id, cursor, state);
  const desired = desiredOver(target.definition, target.desired, answer.body);
  if (differences(answer.body, desired, target.definition).length === 0)
    return done(target, answer.body, cursor.change);
  return stillDiffers(target, cursor);
}

/** Somebody deleted it, or Azure keeps nothing of what it could not make: the operation knows. */
async function vanished(target: Target, cursor: StepCursor): Promise<StepOutcome> {
  if (cursor.operationUrl !== undefined) {
    const operation = await target.arm.follow(cursor.operationUrl);
    const status = operation.body?.status;
    if (operation.status < 400 && typeof status === "string" && hasFailed(status))
      return operationFailed(target.arm, target.id, cursor, status);
  }
  return startOver(target, "ResourceVanished", "It was deleted while it was being written.");
}

/** The document is not as written: the read may be older than the write, or another writer came after us. The operation knows. */
async function stillDiffers(target: Target, cursor: StepCursor): Promise<StepOutcome> {
  if (cursor.operationUrl !== undefined) {
    const operation = await target.arm.follow(cursor.operationUrl);
    if (operation.status < 400 && operation.body?.status === "InProgress")
      return stillSettling(target, cursor, "InProgress");
  }
  return startOver(target, "ChangedByAnother", "Another writer changed it while it was being written.");
}

function stillSettling(target: Target, cursor: StepCursor, state: string | undefined): StepOutcome {
  return { kind: "accepted", resourceId: target.id, cursor, waitingFor: `Azure: ${state ?? "in progress"}` };
}

function waitForForeignWrite(target: Target, state: string): StepOutcome {
  return {
    kind: "accepted",
    resourceId: target.id,
    cursor: { phase: "ensure", change: "taken over: it was already being written", isForeign: true },
    waitingFor: `Azure: ${state}, a write that began before this move`,
    retryAfterSeconds: FOREIGN_WRITE_LOOK_SECONDS,
  };
}

function startOver(target: Target, code: string, message: string): StepOutcome {
  return {
    kind: "busy",
    failure: { code, message, resourceId: target.id, advice: "Find the other writer in the activity log, then retry." },
  };
}

function done(target: Target, existing: JsonObject, change: string | undefined): StepOutcome {
  const warnings = target.definition.warnings?.(existing, target.input.spec) ?? [];
  return {
    kind: "done",
    resourceId: target.id,
    outputs: target.definition.outputs?.(existing, target.input.spec) ?? {},
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(change === undefined ? {} : { change }),
  };
}

/** The same role for the same principal on the same scope under another name: what we want is true. */
function isRoleAssignmentThere(answer: ArmAnswer): boolean {
  const error = answer.body?.error as JsonObject | undefined;
  return answer.status === 409 && error?.code === "RoleAssignmentExists";
}
