import type { CaseAction } from "./caseActions.ts";
import type { EgressCase } from "./egressCase.ts";

const done: Readonly<Record<CaseAction["kind"], { readonly state: EgressCase["state"]; readonly what: string }>> = {
  acknowledge: { state: "acknowledged", what: "acknowledged" },
  suppress: { state: "suppressed", what: "suppressed" },
  close: { state: "closed", what: "closed by hand" },
};

/** Whether this very thing was done by the same person and is still so: asked for once more, it is not done again. */
export function isRepeated(each: EgressCase, { kind, by, note, until }: Omit<CaseAction, "id" | "at">): boolean {
  const { state, what } = done[kind];
  const last = each.history.findLast((event) => event.by !== undefined);
  if (each.state !== state || last?.what.startsWith(what) !== true) return false;
  const isSameEnd = kind !== "suppress" || each.suppression?.until === until;
  return last.by === by && last.note === note && isSameEnd;
}
