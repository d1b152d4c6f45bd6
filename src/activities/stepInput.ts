import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { Outputs, StepKind } from "../domain/step.ts";
import type { CallCounts, StepCursor, StepOutcome } from "../domain/stepOutcome.ts";

/** One move of one step. */
export interface StepInput {
  readonly stepId: string;
  readonly kind: StepKind;
  readonly spec: EnvironmentSpec;
  /** What the steps before it have learnt. */
  readonly outputs: Outputs;
  /** Ticket number and attempt, e.g. "RITM0010001-1": names what is made for this run alone. */
  readonly run: string;
  /** The orchestration's time of this move, ISO 8601. */
  readonly at: string;
  /** Since the step's first move, by the orchestration's clock. */
  readonly elapsedSeconds: number;
  /** What is under way is followed to its end, nothing new is begun. */
  readonly isStopping?: true;
  /** Absent at the first move. */
  readonly cursor?: StepCursor;
}

/** What the move came to, and the ARM calls it took. */
export interface StepReport {
  readonly outcome: StepOutcome;
  readonly calls: CallCounts;
}
