/** What a document and a failed operation say about a write of ours. */
import type { ArmAnswer, ArmClient } from "../azure/armClient.ts";
import type { JsonObject } from "../domain/json.ts";
import type { StepCursor, StepOutcome } from "../domain/stepOutcome.ts";
import { refusedOutcome } from "./refusal.ts";

/** What If-Match must say for the document that was read. */
export function etagOf(existing: JsonObject, answer: ArmAnswer): string | undefined {
  return typeof existing.etag === "string" ? existing.etag : answer.etag;
}

/** The outcome of a write of ours that Azure took and did not bring to a good end; the reason stands in its operation. */
export async function operationFailed(
  arm: ArmClient,
  resourceId: string,
  cursor: StepCursor,
  state: string,
): Promise<StepOutcome> {
  const operation = cursor.operationUrl === undefined ? undefined : await arm.follow(cursor.operationUrl);
  const error = operation?.body?.error;
  const body =
    error === undefined
      ? { error: { code: `Provisioning${state}`, message: `Azure reports ${state} and gives no reason.` } }
      : { error };
  const { status = 0, correlationId } = { status: operation?.status, correlationId: operation?.correlationId };
  return refusedOutcome({ ...NO_HEADERS, status, body, correlationId }, resourceId, undefined);
}

const NO_HEADERS = { etag: undefined, operationUrl: undefined, location: undefined, retryAfterSeconds: undefined };
