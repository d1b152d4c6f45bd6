import type { Outputs } from "./step.ts";

/** A refusal or fault in Azure's own words, with what the reader can do next. */
export interface Failure {
  /** Azure's code, e.g. "QuotaExceeded"; our own when Azure gave none. */
  readonly code: string;
  readonly message: string;
  /** HTTP status, where there was an answer. */
  readonly status?: number;
  readonly resourceId?: string;
  /** x-ms-correlation-request-id of the answer: leads to Azure's activity log. */
  readonly correlationId?: string;
  /** The next thing to do, as one sentence. */
  readonly advice: string;
}

/** What one verification saw. */
export interface Finding {
  readonly id: string;
  readonly ok: boolean;
  /** In words, with the values seen. */
  readonly detail: string;
}

/**
 * Where a step stands between two moves. It is made and read by the step's own kind of activity only; the orchestrator
 * carries it, and it survives in the history.
 */
export interface StepCursor {
  readonly phase: string;
  /** Azure's URL of the operation under way: whole and opaque. */
  readonly operationUrl?: string;
  /** What the step has changed so far, in words; absent while it changed nothing. */
  readonly change?: string;
  /** The write under way may be somebody else's; ours may still have to follow. */
  readonly isForeign?: true;
  /** What has been learnt on the way, by name. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** What one move of a step came to. Expected ends are values; only surprises are thrown. */
export type StepOutcome =
  | {
      readonly kind: "done";
      readonly resourceId?: string;
      /** What was changed, in words; absent when everything was right already and nothing was written. */
      readonly change?: string;
      /** What the reader should know though nothing was changed. */
      readonly note?: string;
      /** What is asked for and stays otherwise, in sentences. */
      readonly warnings?: readonly string[];
      readonly outputs: Outputs;
      readonly finding?: Finding;
    }
  | {
      /** Azure has taken the write (or command) and works on it. */
      readonly kind: "accepted";
      readonly cursor: StepCursor;
      readonly resourceId?: string;
      readonly retryAfterSeconds?: number;
      /** When the next look makes sense, where that is known better than from the step's expected time. */
      readonly lookAfterSeconds?: number;
      /** What it waits for, in words. */
      readonly waitingFor: string;
    }
  | {
      /** Not now: a conflict, a throttle, a passing fault, something not there yet. The move is made again, from `cursor` when one is given. */
      readonly kind: "busy";
      readonly cursor?: StepCursor;
      readonly retryAfterSeconds?: number;
      readonly failure: Failure;
    }
  /** The operation stops, and the next thing to do would have been to begin something. */
  | { readonly kind: "withheld" }
  | {
      readonly kind: "rejected";
      readonly resourceId?: string;
      readonly failure: Failure;
      readonly finding?: Finding;
      /** What was learnt all the same. */
      readonly outputs?: Outputs;
    };

/** ARM calls made: `failures` are answers of 4xx and 5xx (but for 404 on a read) and broken connections. */
export interface CallCounts {
  readonly reads: number;
  readonly writes: number;
  readonly failures: number;
}
