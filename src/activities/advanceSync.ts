/**
 * Makes a resource of ours follow what others write elsewhere, one move at a time. Every move reads all of it and decides
 * anew, so a move that is made again after a crash finds what the lost one has done.
 *
 *   (start) ──GET all──▶ right ─────────────────▶ done
 *      ▲        │──────▶ sources not complete ──▶ (start), until the time is up
 *      │        └──────▶ differs ──PUT If-Match─▶ settle ──▶ (start)
 *      └──────── somebody's write runs, or ours was overtaken
 */
import type { ArmAnswer, ArmClient } from "../azure/armClient.ts";
import { hasFailed, isInProgress, provisioningState } from "../domain/provisioningState.ts";
import type { StepOutcome } from "../domain/stepOutcome.ts";
import type { SyncDecision, SyncDefinition } from "../resources/syncDefinition.ts";
import { etagOf, operationFailed } from "./provisioning.ts";
import { refusedOutcome } from "./refusal.ts";
import type { StepInput } from "./stepInput.ts";

interface Target {
  readonly arm: ArmClient;
  readonly definition: SyncDefinition;
  readonly id: string;
  readonly input: StepInput;
}

type Write = Extract<SyncDecision, { readonly kind: "write" }>;

export async function advanceSync(arm: ArmClient, definition: SyncDefinition, input: StepInput): Promise<StepOutcome> {
  const id = definition.id(input.spec);
  const target: Target = { arm, definition, id, input };
  const documents = [{ id, apiVersion: definition.apiVersion }, ...definition.sources(input.spec)];
  const answers = await Promise.all(documents.map((document) => arm.get(document.id, document.apiVersion)));
  for (const [index, answer] of answers.entries()) {
    const isMissingSource = index > 0 && answer.status === 404;
    if (index === 0 && answer.status === 404 && definition.isRemoval === true)
      return { kind: "done", resourceId: id, outputs: {}, note: "it is gone itself" };
    if (answer.status >= 400 && !isMissingSource)
      return refusedOutcome(answer, documents[index]?.id ?? id, input.cursor);
  }
  const [own, ...sources] = answers;
  if (own?.body === undefined) throw new Error(`Azure answered a read of ${id} without a document.`);
  const state = provisioningState(own.body);
  if (isInProgress(state)) return settling(target, state);
  if (state !== undefined && hasFailed(state) && input.cursor?.phase === "settle")
    return operationFailed(arm, id, input.cursor, state);
  const bodies = sources.map((answer) => (answer.status === 404 ? undefined : answer.body));
  return carryOut(target, own, definition.decide(own.body, bodies, input.spec));
}

async function carryOut(target: Target, own: ArmAnswer, decision: SyncDecision): Promise<StepOutcome> {
  const { id, input } = target;
  switch (decision.kind) {
    case "right":
      return { kind: "done", resourceId: id, outputs: {}, ...changeOf(input) };
    case "wait":
      return wait(target, decision.waitingFor);
    case "refuse":
      return { kind: "rejected", resourceId: id, failure: decision.failure };
    case "write":
      return input.isStopping ? { kind: "withheld" } : write(target, own, decision);
  }
}

async function write({ arm, definition, id }: Target, own: ArmAnswer, { body, change }: Write): Promise<StepOutcome> {
  const answer = await arm.put(id, definition.apiVersion, body, etagOf(own.body ?? {}, own));
  if (answer.status >= 400) return refusedOutcome(answer, id, undefined);
  const state = provisioningState(answer.body);
  const isFinal = answer.status !== 202 && answer.operationUrl === undefined && !isInProgress(state);
  if (isFinal) return { kind: "done", resourceId: id, outputs: {}, change };
  return {
    kind: "accepted",
    resourceId: id,
    cursor: {
      phase: "settle",
      change,
      ...(answer.operationUrl === undefined ? {} : { operationUrl: answer.operationUrl }),
    },
    waitingFor: `Azure: ${state ?? "accepted"}`,
    lookAfterSeconds: Math.max(WRITE_LOOK_SECONDS, answer.retryAfterSeconds ?? 0),
  };
}

/** Seconds between two looks at a write: that of a table takes a few. */
const WRITE_LOOK_SECONDS = 2;

/** A write runs: ours when the cursor says so, else somebody's, after which it is decided anew. */
function settling({ id, input }: Target, state: string | undefined): StepOutcome {
  return {
    kind: "accepted",
    resourceId: id,
    cursor: input.cursor ?? { phase: "sources" },
    waitingFor: `Azure: ${state}`,
    lookAfterSeconds: WRITE_LOOK_SECONDS,
  };
}

function wait({ definition, id, input }: Target, waitingFor: string): StepOutcome {
  if (input.isStopping) return { kind: "withheld" };
  if (input.elapsedSeconds < definition.timeoutSeconds) {
    const cursor = { phase: "sources" } as const;
    return { kind: "accepted", resourceId: id, cursor, waitingFor, lookAfterSeconds: definition.pollSeconds };
  }
  const message = `${waitingFor} (after ${Math.round(input.elapsedSeconds)} s).`;
  const advice = "Look at the source: who writes it has not finished, or has failed and did not say so. Then retry.";
  return { kind: "rejected", resourceId: id, failure: { code: "SourceIncomplete", message, resourceId: id, advice } };
}

function changeOf({ cursor }: StepInput): { readonly change?: string } {
  return cursor?.change === undefined ? {} : { change: cursor.change };
}
