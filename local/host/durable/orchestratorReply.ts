import type { InvocationOutcome } from "../app/functionApp.ts";
import { type OrchestratorAction, refusalOf } from "./orchestratorAction.ts";
import { findReusedTask } from "./reusedTask.ts";

/** Separates an orchestrator's error from its state in what the library throws. */
const STATE_LABEL = "\n\n$OutOfProcData$:";
/** The extension's limit, in bytes of UTF-16. Source: DurableOrchestrationContext.SetCustomStatus of the extension 2.13. */
const CUSTOM_STATUS_LIMIT_BYTES = 16 * 1024;
/** Reply schemas V2 and V3: one list of actions, compounds as actions. */
const knownSchemaVersions: readonly unknown[] = [1, 2];

/** What one run of an orchestrator came to. */
export type OrchestratorReply =
  | {
      readonly kind: "state";
      readonly isDone: boolean;
      /** All actions since the execution began, not only the new ones. */
      readonly actions: readonly OrchestratorAction[];
      readonly output: unknown;
      /** JSON text; undefined leaves the last one. */
      readonly customStatus: string | undefined;
      readonly error: string | undefined;
      readonly failureDetails: object | null;
    }
  /** Nothing of the run counts: the instance fails at once with this sentence. */
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Reads what the orchestrator function returned: as the object that it is, and not from the JSON that the worker sends.
 * That has all actions since the beginning with all their inputs, and only those of new actions are of interest, which
 * become JSON when they are recorded.
 */
export function replyOfOutcome(outcome: InvocationOutcome): OrchestratorReply {
  const reused = findReusedTask(outcome.result);
  if (reused !== undefined) return { kind: "refused", reason: reused };
  const value = outcome.result;
  return replyOfState(typeof value === "string" ? parseState(value) : value, undefined);
}

/** Reads what the orchestrator function threw: the library puts the state behind a label in the message. */
export function replyOfError(error: unknown): OrchestratorReply {
  const message = error instanceof Error ? error.message : String(error);
  const label = message.indexOf(STATE_LABEL);
  if (label < 0) return { kind: "refused", reason: message };
  return replyOfState(parseState(message.slice(label + STATE_LABEL.length)), "Unknown error");
}

function parseState(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface RawState {
  readonly isDone?: boolean;
  readonly actions?: readonly (readonly OrchestratorAction[])[];
  readonly output?: unknown;
  readonly customStatus?: unknown;
  readonly schemaVersion?: number;
  readonly error?: string;
  readonly failureDetails?: object;
}

function replyOfState(state: unknown, fallbackError: string | undefined): OrchestratorReply {
  if (typeof state !== "object" || state === null || !Array.isArray((state as RawState).actions)) {
    const reason =
      "The orchestrator function returned no orchestrator state; register it with df.app.orchestration and a generator.";
    return { kind: "refused", reason };
  }
  const raw = state as RawState;
  const actions = raw.actions?.[0] ?? [];
  const customStatus = raw.customStatus === undefined ? undefined : JSON.stringify(raw.customStatus);
  const refusal = schemaRefusal(raw) ?? firstRefusal(actions) ?? customStatusRefusal(customStatus ?? "");
  if (refusal !== undefined) return { kind: "refused", reason: refusal };
  return {
    kind: "state",
    isDone: raw.isDone === true,
    actions,
    output: raw.output,
    customStatus,
    error: raw.error || fallbackError,
    failureDetails: raw.failureDetails ?? null,
  };
}

function schemaRefusal(raw: RawState): string | undefined {
  if (knownSchemaVersions.includes(raw.schemaVersion) && raw.actions?.length === 1) return undefined;
  return `The library answered with schema ${raw.schemaVersion} and ${raw.actions?.length} lists of actions; the local host speaks schemas 1 and 2 of durable-functions 3.5.0, with one list.`;
}

function firstRefusal(actions: readonly OrchestratorAction[]): string | undefined {
  for (const action of actions) {
    const refusal =
      refusalOf(action.actionType) ?? ("compoundActions" in action ? firstRefusal(action.compoundActions) : undefined);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function customStatusRefusal(customStatus: string): string | undefined {
  const bytes = Buffer.byteLength(customStatus, "utf16le");
  if (bytes <= CUSTOM_STATUS_LIMIT_BYTES) return undefined;
  const kilobytes = (bytes / 1024).toFixed(2);
  return `The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload is ${kilobytes} KB. Set a smaller custom status, and keep the rest in an entity or in outputs.`;
}
