import type { TicketStatus } from "../contracts/ticketStatus.ts";
import { labelled } from "./labelledSections.ts";
import type { Palette } from "./palette.ts";
import { printable, wrap } from "./textLayout.ts";

/** A refusal in Azure's words, and what to do next. */
export function failureText(failure: NonNullable<TicketStatus["failure"]>, room: number, paint: Palette): string[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["Code", failure.status === undefined ? failure.code : `${failure.code} (HTTP ${failure.status})`],
    ["Message", failure.message],
    ["Resource", failure.resourceId],
    ["Correlation", failure.correlationId],
    ["What to do", failure.advice],
  ];
  return rows.flatMap(([label, text]) =>
    text === undefined || text === "" ? [] : labelled(label, wrap(printable(text), room), paint),
  );
}
