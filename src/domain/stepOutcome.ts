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

/** What one attempt at a step came to. Expected ends are values; only surprises are thrown. */
export type StepOutcome =
  | {
      readonly kind: "done";
      readonly resourceId?: string;
      /** False: everything was right already and nothing was written. */
      readonly changed: boolean;
      readonly outputs: Outputs;
      readonly finding?: Finding;
      /** What was changed, in words ("properties.enableHttp2: false → true"); for new resources "created". */
      readonly detail?: string;
    }
  | {
      /** Azure has taken the write (or command) and works on it. */
      readonly kind: "accepted";
      readonly resourceId?: string;
      readonly operationUrl?: string;
      readonly retryAfterSeconds?: number;
      readonly detail?: string;
    }
  | {
      /** Not now: a conflict, a throttle, a passing fault, something not there yet. The same attempt is made again. */
      readonly kind: "busy";
      readonly retryAfterSeconds?: number;
      readonly failure: Failure;
    }
  | { readonly kind: "rejected"; readonly failure: Failure; readonly finding?: Finding };
