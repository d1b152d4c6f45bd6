import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { ForecastStep, StepForecast } from "../domain/forecast.ts";
import type { Outputs, Step } from "../domain/step.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import type { DocumentRead } from "./documentRead.ts";
import type { Document } from "./syncDefinition.ts";

/** One step, and what may be looked at to foresee it. */
export interface ForecastQuestion {
  readonly step: Step;
  readonly spec: EnvironmentSpec;
  /** What is known when the step's turn comes. */
  readonly outputs: Outputs;
  /** Undefined when it was not looked at yet. */
  read(document: Document): DocumentRead | undefined;
  /** All that the step waits for, directly or not. */
  readonly before: readonly ForecastStep[];
}

export type ForecastAnswer =
  | { readonly look: readonly Document[] }
  | { readonly forecast: StepForecast; readonly outputs: Outputs };

export function told(forecast: StepForecast, outputs: Outputs = {}): ForecastAnswer {
  return { forecast, outputs };
}

/** The reason where Azure refused a look; the refusal itself is the forecast's failure. */
const NOT_SHOWN = "Azure did not show it";

export function writeUnderWay(state: string): string {
  return `somebody's write is under way (Azure: ${state}); what follows is decided when it has ended`;
}

/** Azure refused the look that would decide it. */
export function notShown(resourceId: string, failure: Failure): StepForecast {
  return { would: "unknown", resourceId, reason: NOT_SHOWN, failure };
}

/** Whether nobody knows what becomes of a step because Azure refused a look. */
export function isUnseen({ would, failure }: ForecastStep): boolean {
  return would === "unknown" && failure !== undefined;
}
