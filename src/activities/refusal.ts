import type { ArmAnswer, NoAnswerError } from "../azure/armClient.ts";
import { failureOf, treatmentOf } from "../domain/armFailure.ts";
import type { Failure, StepCursor, StepOutcome } from "../domain/stepOutcome.ts";

/** The outcome of an answer of 4xx or 5xx: wait and move again from the cursor, start over, or stop. */
export function refusedOutcome(answer: ArmAnswer, resourceId: string, cursor: StepCursor | undefined): StepOutcome {
  const refusal = { status: answer.status, body: answer.body, correlationId: answer.correlationId, resourceId };
  const failure = failureOf(refusal);
  const treatment = treatmentOf(refusal);
  if (treatment === "stop") return { kind: "rejected", resourceId, failure };
  const from = treatment === "wait" ? cursor : undefined;
  return {
    kind: "busy",
    failure,
    ...(from === undefined ? {} : { cursor: from }),
    ...(answer.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: answer.retryAfterSeconds }),
  };
}

/** A broken connection says nothing about whether Azure took the request: the next move reads before it writes. */
export function noAnswerOutcome(error: NoAnswerError, cursor: StepCursor | undefined): StepOutcome {
  return { kind: "busy", ...(cursor === undefined ? {} : { cursor }), failure: noAnswerFailure(error) };
}

export function noAnswerFailure({ message }: NoAnswerError): Failure {
  return {
    code: "NoAnswer",
    message,
    advice: "Check the way from the app to Azure Resource Manager and the app's identity, then retry.",
  };
}
