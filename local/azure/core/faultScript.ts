/**
 * Faults that somebody asked for. They are JSON, so that a test, a file given to `--faults` and the HTTP door
 * `/_local/faults` speak the same language.
 */
export interface FaultScript {
  readonly match: FaultMatch;
  /**
   * "begin": in place of the answer, before anything is done. "finish": the long operation (or the synchronous write) ends
   * with the answer's error. Any other word is a named point inside a resource type, e.g. "aks.routeTableWrite".
   */
  readonly when: string;
  readonly answer: FaultAnswer;
  /** How many matching requests suffer; default 1. */
  readonly times?: number;
  /** How many matching requests are let through first; default 0. */
  readonly after?: number;
}

export interface FaultMatch {
  readonly method?: string;
  /** Regular expression, tried on the path without the query, without regard to case. */
  readonly path?: string;
  /** Object id, client id or display name of the caller. */
  readonly principal?: string;
}

export type FaultAnswer =
  | {
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** With "finish": how the operation ends; default "Failed". */
      readonly operationStatus?: "Failed" | "Canceled";
    }
  /** The connection is reset before anything is done. */
  | "reset"
  /** The request is carried out, and the connection reset in place of the answer. */
  | "loseAnswer"
  /** Nothing is done and nothing is ever answered; the connection stays open. */
  | "hang";

/** Faults drawn at random: each number is the share of requests in [0, 1] that suffers. */
export interface RandomFaults {
  /** Default: the seed of the local Azure. */
  readonly seed?: number;
  /** Only this caller suffers: object id, client id or display name. Default: every caller. */
  readonly principal?: string;
  /** 429 TooManyRequests with Retry-After. */
  readonly throttled?: number;
  /** 503 ServiceUnavailable, on any request. */
  readonly unavailable?: number;
  /** 500 InternalServerError, on any request. */
  readonly internalError?: number;
  /** 409 AnotherOperationInProgress, on writes and deletes. */
  readonly conflict?: number;
  /** 412 PreconditionFailed, on writes and deletes with If-Match: somebody was faster. */
  readonly preconditionFailed?: number;
  readonly reset?: number;
  readonly loseAnswer?: number;
  /** Long operations that end as Canceled, superseded by another. */
  readonly superseded?: number;
  /** Events that Event Grid delivers minutes late. */
  readonly eventLate?: number;
  /** Events that later ones overtake. */
  readonly eventOvertaken?: number;
  /** Deliveries that are made twice. */
  readonly eventDuplicated?: number;
  /** Attempts at delivery that never reach the endpoint and are made again. */
  readonly eventLost?: number;
  /** Rows of a log that are ingested 20 minutes to 2.5 days too late. */
  readonly logLate?: number;
  /** Rows of a log that are ingested twice, at different times. */
  readonly logDuplicated?: number;
  /** Rows of a log that are never ingested. */
  readonly logLost?: number;
}

/** What can be drawn at random. */
export type RandomFaultKind = Exclude<keyof RandomFaults, "seed" | "principal">;

/** How often each has hit; one that never has is absent. */
export type RandomFaultCounts = Readonly<Partial<Record<RandomFaultKind, number>>>;

/** Reads scripts that came as JSON; throws a sentence that names the first mistake. */
export function parseFaultScripts(json: unknown): readonly FaultScript[] {
  if (!Array.isArray(json)) throw new Error("Faults are a JSON array of {match, when, answer, times?, after?}.");
  return json.map((item: unknown, index) => parseFaultScript(item, index));
}

function parseFaultScript(item: unknown, index: number): FaultScript {
  const fail = (what: string): never => {
    throw new Error(`Fault ${index}: ${what}`);
  };
  if (item === null || typeof item !== "object") return fail("is no object.");
  const { match, when, answer, times, after, ...rest } = item as Record<string, unknown>;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) fail(`has an unknown field "${unknown}".`);
  if (match === null || typeof match !== "object") fail("needs match: {method?, path?, principal?}.");
  for (const [name, value] of Object.entries(match as object)) {
    if (!["method", "path", "principal"].includes(name)) fail(`match has an unknown field "${name}".`);
    if (typeof value !== "string") fail(`match.${name} is no string.`);
  }
  const path = (match as FaultMatch).path;
  if (path !== undefined) {
    try {
      new RegExp(path, "i");
    } catch (error) {
      fail(`match.path is no regular expression: ${String(error)}`);
    }
  }
  if (typeof when !== "string" || when === "") fail('needs when: "begin", "finish" or the name of a point.');
  const isWord = answer === "reset" || answer === "loseAnswer" || answer === "hang";
  const { status, code, message } = (answer ?? {}) as Record<string, unknown>;
  const isError = typeof status === "number" && typeof code === "string" && typeof message === "string";
  if (!isWord && !isError) fail('answer is {status, code, message, headers?}, "reset", "loseAnswer" or "hang".');
  if (isWord && when !== "begin") fail(`"${String(answer)}" goes with when: "begin" only.`);
  for (const [name, value] of [
    ["times", times],
    ["after", after],
  ] as const) {
    if (value !== undefined && (!Number.isInteger(value) || (value as number) < 0)) fail(`${name} is no whole number.`);
  }
  return item as FaultScript;
}
