/** One ticket being carried out, as it stands in durable history and custom status. All instants are ISO 8601 in UTC. */
import type { ScopedOutputs } from "./clusterScope.ts";
import type { Step } from "./step.ts";
import type { CallCounts, Failure, Finding } from "./stepOutcome.ts";

export type StepState = "waiting" | "running" | "done" | "unchanged" | "failed" | "skipped";

/** What is known of one step; kept small, because a lane's custom status must stay under 16 KB. */
export interface StepProgress extends CallCounts {
  readonly state: StepState;
  readonly since?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly waitingFor?: string;
  readonly resourceId?: string;
  readonly detail?: string;
  readonly warnings?: readonly string[];
  readonly failure?: Failure;
  readonly finding?: Finding;
}

/** The custom status of a lane's orchestration. */
export interface LaneStatus {
  readonly steps: Readonly<Record<string, StepProgress>>;
  readonly outputs: ScopedOutputs;
}

/** The custom status of an operation's orchestration. */
export interface OperationStatus {
  readonly state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  /** Ticket number of the operation that holds the environment. */
  readonly waitingFor?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** ARM calls that were made before the first step, to see what is in the way. */
  readonly looks?: CallCounts;
  /** The lanes that it runs or ran, in the plan's order; those that move back come last. */
  readonly lanes?: readonly string[];
  /** Set when the operation failed outside of a step. */
  readonly failure?: Failure;
}

/** Why an operation begins no further step. */
export interface Stop {
  /** Displaced: the environment is another operation's by now, this one was given up from outside. */
  readonly kind: "failed" | "cancelled" | "displaced";
  /** The step that failed. */
  readonly stepId?: string;
}

/** A run of a ticket: the first, or a retry. */
export interface OperationKey {
  readonly ticketNumber: string;
  readonly attempt: number;
}

export function sameOperation(left: OperationKey, right: OperationKey): boolean {
  return left.ticketNumber === right.ticketNumber && left.attempt === right.attempt;
}

/**
 * The instance id of a lane's orchestration; the operation's own is the ticket number. No ticket number has a dot in
 * it, so no ticket can be taken for a lane of another one.
 */
export function laneInstanceId({ ticketNumber, attempt }: OperationKey, lane: string): string {
  return `${ticketNumber}.${attempt}.${lane.replaceAll(" ", "-")}`;
}

/** Tells a lane that a step of another lane has ended. */
export interface StepAnnouncement {
  /** False: the step failed or will not be begun. */
  readonly ok: boolean;
  readonly outputs: ScopedOutputs;
}

export function stepEndedEvent(stepId: string): string {
  return `stepEnded-${stepId}`;
}

/** The event that wakes an operation when its environment is free, or when it was cancelled while it waited. */
export const environmentReleased = "environmentReleased";

/** A step as its lane has it: nothing else of the plan is handed to a lane, because every replay carries its input. */
export interface LaneStep extends Step {
  /** Its place among all steps of the operation, from 0. */
  readonly place: number;
  /** The steps of other lanes that it waits for. */
  readonly awaits: readonly Pick<Step, "id" | "title" | "lane">[];
  /** The lanes that wait for it. */
  readonly awaitedBy: readonly string[];
}

/** Steps by lane, in the plan's order; the first one has the place named. */
export function laneStepsOf(steps: readonly Step[], firstPlace = 0): ReadonlyMap<string, readonly LaneStep[]> {
  const laneSteps = steps.map((step, index): LaneStep => {
    const elsewhere = steps.filter((other) => other.lane !== step.lane);
    const awaitedBy = elsewhere.flatMap(({ needs, lane }) => (needs.includes(step.id) ? [lane] : []));
    const awaits = step.needs.flatMap((id) => elsewhere.filter((other) => other.id === id));
    return {
      ...step,
      place: firstPlace + index,
      awaits: awaits.map(({ id, title, lane }) => ({ id, title, lane })),
      awaitedBy: [...new Set(awaitedBy)],
    };
  });
  return Map.groupBy(laneSteps, ({ lane }) => lane);
}
