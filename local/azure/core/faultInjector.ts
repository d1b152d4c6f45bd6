import { ArmError } from "./armError.ts";
import { overtaken } from "./etagConditions.ts";
import type { FaultAnswer, FaultScript, RandomFaultCounts, RandomFaultKind, RandomFaults } from "./faultScript.ts";
import type { Principal } from "./resourceType.ts";
import { SeededRandom } from "./seededRandom.ts";
import { StateTable } from "./stateTable.ts";
import { UndoLog } from "./undoLog.ts";

export interface FaultSubject {
  readonly method: string;
  readonly path: string;
  readonly caller: Principal | undefined;
  /** Whether it changes nothing, whatever its method; default: by the method. */
  readonly isRead?: boolean;
  readonly ifMatch?: string | undefined;
}

export type BeginFault = Exclude<FaultAnswer, { readonly status: number }> | ArmError;

interface ArmedScript {
  readonly script: FaultScript;
  readonly path: RegExp | undefined;
  seen: number;
}

/** Decides which request suffers what. Counts are not undone with a turn: a fault that hit has hit. */
export class FaultInjector {
  #armed: ArmedScript[] = [];
  #rates: RandomFaults | undefined;
  #counts: Partial<Record<RandomFaultKind, number>> = {};
  #random: SeededRandom;
  readonly #defaultSeed: number;

  constructor(defaultSeed: number) {
    this.#defaultSeed = defaultSeed;
    this.#random = streamOf(defaultSeed);
  }

  setScripts(scripts: readonly FaultScript[]): void {
    this.#armed = scripts.map(armed);
  }

  addScripts(scripts: readonly FaultScript[]): void {
    this.#armed.push(...scripts.map(armed));
  }

  setRandom(rates: RandomFaults | undefined): void {
    this.#rates = rates;
    this.#counts = {};
    this.#random = streamOf(rates?.seed ?? this.#defaultSeed);
  }

  get scripts(): readonly (FaultScript & { readonly seen: number })[] {
    return this.#armed.map(({ script, seen }) => ({ ...script, seen }));
  }

  get random(): RandomFaults | undefined {
    return this.#rates;
  }

  /** How often each has hit since the rates were set. */
  get randomCounts(): RandomFaultCounts {
    return { ...this.#counts };
  }

  /** What happens in place of a request, if anything. Random faults spare the calls that Azure's own services make. */
  takeBegin(subject: FaultSubject, isInternal: boolean): BeginFault | undefined {
    const answer = this.#takeScripted("begin", subject);
    if (answer !== undefined) return typeof answer === "string" ? answer : errorOf(answer);
    return isInternal ? undefined : this.#drawBegin(subject);
  }

  /** How an operation ends in place of its own end, if anything. */
  takeFinish(subject: FaultSubject): { readonly error: ArmError; readonly status: "Failed" | "Canceled" } | undefined {
    const answer = this.#takeScripted("finish", subject);
    if (answer !== undefined && typeof answer !== "string") {
      return { error: errorOf(answer), status: answer.operationStatus ?? "Failed" };
    }
    if (this.#applies(subject) && this.#hits("superseded")) return { error: superseded(), status: "Canceled" };
    return undefined;
  }

  /** The error that a script wants at a named point inside a resource type. */
  takePoint(point: string, resourceId: string): ArmError | undefined {
    const answer = this.#takeScripted(point, { method: "", path: resourceId, caller: undefined });
    return answer === undefined || typeof answer === "string" ? undefined : errorOf(answer);
  }

  /** Whether an event or a row of a log suffers that, of its share. */
  takeEvent(kind: Extract<RandomFaultKind, `event${string}` | `log${string}`>): boolean {
    return this.#hits(kind);
  }

  #takeScripted(when: string, subject: FaultSubject): FaultAnswer | undefined {
    for (const armed of this.#armed) {
      const { script } = armed;
      if (script.when !== when || !matches(armed, subject)) continue;
      const from = script.after ?? 0;
      if (armed.seen >= from + (script.times ?? 1)) continue;
      armed.seen += 1;
      if (armed.seen > from) return script.answer;
    }
    return undefined;
  }

  #drawBegin(subject: FaultSubject): BeginFault | undefined {
    if (!this.#applies(subject)) return undefined;
    const isRead = subject.isRead ?? (subject.method === "GET" || subject.method === "HEAD");
    if (this.#hits("reset")) return "reset";
    if (this.#hits("loseAnswer")) return "loseAnswer";
    if (this.#hits("throttled")) {
      const headers = { "retry-after": "5" };
      return new ArmError(429, "TooManyRequests", "The request is being throttled. Please try again later.", {
        headers,
      });
    }
    if (this.#hits("unavailable")) {
      return new ArmError(503, "ServiceUnavailable", "The service is temporarily unavailable. Please try again later.");
    }
    if (this.#hits("internalError")) {
      return new ArmError(500, "InternalServerError", "An error occurred while processing this request.");
    }
    if (!isRead && this.#hits("conflict")) {
      return new ArmError(
        409,
        "AnotherOperationInProgress",
        "Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: https://management.azure.com/.",
      );
    }
    if (!isRead && subject.ifMatch !== undefined && this.#hits("preconditionFailed"))
      return overtaken(subject.path, subject.ifMatch);
    return undefined;
  }

  #applies({ caller }: FaultSubject): boolean {
    const wanted = this.#rates?.principal;
    return this.#rates !== undefined && (wanted === undefined || isPrincipal(caller, wanted));
  }

  #hits(kind: RandomFaultKind): boolean {
    const rate = this.#rates?.[kind] ?? 0;
    if (rate <= 0 || this.#random.next() >= rate) return false;
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
    return true;
  }
}

/** Throws for a path that is no regular expression. */
function armed(script: FaultScript): ArmedScript {
  const { path } = script.match;
  return { script, path: path === undefined ? undefined : new RegExp(path, "i"), seen: 0 };
}

function matches({ script: { match }, path: pattern }: ArmedScript, { method, path, caller }: FaultSubject): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== method) return false;
  if (pattern?.test(path) === false) return false;
  return match.principal === undefined || isPrincipal(caller, match.principal);
}

function isPrincipal(caller: Principal | undefined, name: string): boolean {
  return caller !== undefined && [caller.objectId, caller.appId, caller.displayName].includes(name);
}

function errorOf(answer: Extract<FaultAnswer, { readonly status: number }>): ArmError {
  return new ArmError(answer.status, answer.code, answer.message, { headers: answer.headers ?? {} });
}

function superseded(): ArmError {
  const detail = {
    code: "CanceledAndSupersededDueToAnotherOperation",
    message: "The operation was canceled and superseded by another operation.",
  };
  return new ArmError(409, "Canceled", "Operation was canceled.", { details: [detail] });
}

function streamOf(seed: number): SeededRandom {
  return new SeededRandom(new StateTable("faults", new UndoLog()), "faults", seed);
}
