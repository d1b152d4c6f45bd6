import type { OrchestrationContext } from "durable-functions";
import { type AdoptionSurvey, surveyOf } from "../domain/adoptionSurvey.ts";
import type { BuiltEnvironment } from "../domain/environmentMemory.ts";
import type { OperationKey } from "../domain/operation.ts";
import type { Order } from "../domain/operationPlan.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import { callActivity, callEnvironment, type Steps, sleepSeconds } from "./calls.ts";

/** Seconds between two looks at something that is being written, and looks: the longest writes of a firewall take minutes. */
const LOOK_SECONDS = 15;
const LOOKS_MAX = 60;

export type Looked =
  | { readonly kind: "order"; readonly order: Order }
  | { readonly kind: "refused"; readonly failure: Failure }
  /** The ticket was cancelled meanwhile. */
  | { readonly kind: "stopped" };

/** The order with all that follows from what it adopts, or why that cannot be adopted. An order that adopts nothing stays as it is. */
export function* lookAtAdopted(
  context: OrchestrationContext,
  key: OperationKey,
  order: Order,
  built: BuiltEnvironment | undefined,
): Steps<Looked> {
  const input = order.action === "provision" ? surveyOf(order.spec, built) : undefined;
  if (order.action !== "provision" || input === undefined) return { kind: "order", order };
  for (let look = 1; ; look++) {
    const survey: AdoptionSurvey = yield* callActivity(context, "surveyAdoption", input);
    if (survey.kind === "found") return { kind: "order", order: { ...order, spec: survey.spec } };
    if (survey.kind === "refused" || look === LOOKS_MAX) return { kind: "refused", failure: survey.failure };
    yield* sleepSeconds(context, LOOK_SECONDS);
    const { stop } = yield* callEnvironment(context, input.spec.name, "findStop", key);
    if (stop !== undefined) return { kind: "stopped" };
  }
}
