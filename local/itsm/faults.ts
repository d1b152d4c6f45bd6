/** What goes wrong on purpose: JSON, so that a test and the door `/_local/faults` speak the same language. */
export interface Fault {
  readonly method?: string;
  /** The path begins so. */
  readonly path?: string;
  readonly answer: FaultAnswer;
  /** How many matching requests suffer; default: every one. */
  readonly times?: number;
}

export type FaultAnswer =
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  /** The connection is reset before anything is done. */
  | "reset"
  /** The request is carried out, and the connection reset in place of the answer. */
  | "loseAnswer"
  /** Nothing is done, and nothing is ever answered. */
  | "hang";

export class Faults {
  #faults: { readonly fault: Fault; left: number }[] = [];

  set(faults: readonly Fault[]): void {
    this.#faults = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
  }

  /** The answer that the request suffers, if any. */
  take(method: string, path: string): FaultAnswer | undefined {
    const hit = this.#faults.find(
      ({ fault, left }) =>
        left > 0 && (fault.method ?? method) === method && (fault.path === undefined || path.startsWith(fault.path)),
    );
    if (hit === undefined) return undefined;
    hit.left -= 1;
    return hit.fault.answer;
  }
}

/** Reads faults that came as JSON; throws a sentence that names the first mistake. */
export function parseFaults(json: unknown): readonly Fault[] {
  if (!Array.isArray(json)) throw new Error("Faults are a JSON array of {answer, method?, path?, times?}.");
  for (const [index, fault] of json.entries()) {
    const { method, path, answer, times, ...rest } = (fault ?? {}) as Readonly<Record<string, unknown>>;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new Error(`Fault ${index} has an unknown field "${unknown}".`);
    const isWord = ["reset", "loseAnswer", "hang"].includes(String(answer));
    if (!isWord && typeof (answer as { status?: unknown } | undefined)?.status !== "number")
      throw new Error(`Fault ${index} needs answer: {status, body?, headers?}, "reset", "loseAnswer" or "hang".`);
    if ([method, path].some((text) => text !== undefined && typeof text !== "string"))
      throw new Error(`Fault ${index}: method and path are strings.`);
    if (times !== undefined && typeof times !== "number") throw new Error(`Fault ${index}: times is a number.`);
  }
  return json;
}
