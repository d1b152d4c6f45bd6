/** What somebody may do with a case. Everything stands in its history with who did it and why. */
import type { Alert } from "../alerts/alert.ts";
import { alertOfCase } from "./caseAlert.ts";
import type { CaseBook } from "./caseBook.ts";
import { closedCase, suppressionInWords } from "./caseLife.ts";
import type { EgressWatchState } from "./egressWatchState.ts";
import { clockInWords, HOUR_MS, isBefore, msBetween } from "./instant.ts";
import { type WatchedCase, withEvent } from "./watchedCase.ts";

/** A case is not to be forgotten by being suppressed: after so many days somebody has to look again. */
export const SUPPRESSION_DAYS_MAX = 90;

export interface CaseAction {
  readonly kind: "acknowledge" | "suppress" | "close";
  readonly id: string;
  readonly by: string;
  readonly at: string;
  /** Required for a suppression: why. */
  readonly note?: string;
  /** Of a suppression. */
  readonly until?: string;
}

export type ActionOutcome =
  | { readonly kind: "done"; readonly alerts: readonly Alert[] }
  | { readonly kind: "unknown"; readonly why: string }
  | { readonly kind: "refused"; readonly why: string };

export function acted(book: CaseBook, action: CaseAction): readonly [CaseBook, ActionOutcome] {
  const found = book.cases.find(({ id, told }) => id === action.id && told !== undefined);
  if (found === undefined) {
    const why = `There is no case ${action.id}: it never was, or it was closed so long ago that it is not kept any more.`;
    return [book, { kind: "unknown", why }];
  }
  const why = refusal(found, action);
  if (why !== undefined) return [book, { kind: "refused", why }];
  const next = changed(found, action);
  const alerts = action.kind === "close" ? [alertOfCase(next, "closed", action.at)] : [];
  return [
    { ...book, cases: book.cases.map((each) => (each.id === next.id ? next : each)) },
    { kind: "done", alerts },
  ];
}

function refusal(
  { id, state, closedAt, history }: WatchedCase,
  { kind, until, note, at }: CaseAction,
): string | undefined {
  if (state === "closed")
    return `${id} was closed at ${clockInWords(closedAt ?? at)}; what comes back opens a case of its own.`;
  if (kind === "acknowledge" && state === "acknowledged") {
    const by = history.findLast(({ what }) => what === "acknowledged")?.by;
    return `${id} is acknowledged already${by === undefined ? "" : `, by ${by}`}.`;
  }
  if (kind !== "suppress") return undefined;
  if (note === undefined || note.trim() === "")
    return "A suppression needs a reason: whoever finds it later wants to know.";
  if (until === undefined || Number.isNaN(Date.parse(until)))
    return "A suppression needs a time at which it ends (until), as ISO 8601.";
  if (!isBefore(at, until)) return `A suppression must end in the future, not at ${until}.`;
  if (msBetween(at, until) > SUPPRESSION_DAYS_MAX * 24 * HOUR_MS)
    return `A suppression ends within ${SUPPRESSION_DAYS_MAX} days, not at ${until}: somebody should look again by then.`;
  return undefined;
}

function changed(each: WatchedCase, { kind, by, at, note, until }: CaseAction): WatchedCase {
  const said = { at, by, ...(note === undefined ? {} : { note }) };
  if (kind === "close") return closedCase(each, { ...said, what: "closed by hand" });
  const { suppression: _, ...rest } = each;
  if (kind === "acknowledge") return withEvent({ ...rest, state: "acknowledged" }, { ...said, what: "acknowledged" });
  const suppression = { until: new Date(until ?? at).toISOString(), by, reason: note ?? "", countSince: 0 };
  const what = `suppressed ${suppressionInWords(suppression)}`;
  return withEvent({ ...rest, state: "suppressed", suppression }, { ...said, what });
}

/** The same with what counts it. */
export function actedOn(state: EgressWatchState, action: CaseAction): readonly [EgressWatchState, ActionOutcome] {
  const [book, outcome] = acted(state.book, action);
  const isClosed = outcome.kind === "done" && action.kind === "close";
  const closedCount = state.counters.closedCount + (isClosed ? 1 : 0);
  return [{ ...state, book, counters: { ...state.counters, closedCount } }, outcome];
}
