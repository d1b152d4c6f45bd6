/** Where alerts go. Each is on when its settings are there. */
export const sinks = ["itsm", "webhook", "topic", "card"] as const;

export type Sink = (typeof sinks)[number];

/** What a sink knows a subject by, where it has a name of its own for it: the incident. */
export interface SinkReference {
  readonly id: string;
  /** For people, e.g. "INC0010023". */
  readonly name: string;
}

/** What one attempt to hand an alert over came to. Expected ends are values. */
export type Delivery =
  | { readonly kind: "delivered"; readonly reference?: SinkReference }
  /** Not now: the sink is down, hurried, misconfigured or silent. Whether it has taken the alert may be unknown. */
  | { readonly kind: "again"; readonly why: string; readonly retryAfterSeconds?: number }
  /** It will never take this one. */
  | { readonly kind: "refused"; readonly why: string };

/** An answer over HTTP, or none. */
export type SinkAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly text: string;
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: "silence"; readonly why: string };

/** Statuses that say the body is at fault, which no later attempt would change: malformed, too large, not to be processed. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422]);

/** So much of an answer is kept to be read by somebody. */
const WORDS_LENGTH_MAX = 300;

/**
 * Everything but those passes or can be set right: a sink that is down, a password that has run out (401), a role that is
 * missing (403), an address that leads nowhere (404, a redirect). Nothing is given up for it.
 */
export function deliveryOf(answer: SinkAnswer): Delivery {
  if (answer.kind === "silence") return { kind: "again", why: answer.why };
  const { status, text, retryAfterSeconds } = answer;
  if (status >= 200 && status < 300) return { kind: "delivered" };
  const why = `It answered ${status}${text === "" ? "." : `: ${text.slice(0, WORDS_LENGTH_MAX)}`}`;
  if (REFUSALS.has(status)) return { kind: "refused", why };
  return { kind: "again", why, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}
