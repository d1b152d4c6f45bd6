import type { StepStatus, TicketStatus } from "../contracts/ticketStatus.ts";
import { clockText, durationText } from "./durationText.ts";
import { printable } from "./textLayout.ts";
import { hasEnded } from "./ticketReport.ts";

/** What has changed between two looks at a ticket, in lines for a log: one for each step that began or ended, one when the whole takes another turn. */
export function progressLines(before: TicketStatus | undefined, now: TicketStatus): string[] {
  const known = new Map(before?.steps.map((step) => [step.id, step.state]));
  const changed = now.steps.filter((step) => step.state !== "waiting" && step.state !== known.get(step.id));
  const skippedCount = changed.filter((step) => step.state === "skipped").length;
  const events = [
    ...changed
      .filter((step) => step.state !== "skipped")
      .map((step) => ({ at: secondsIntoOperation(step, now), text: stepText(step) })),
    ...(skippedCount === 0 ? [] : [{ at: now.elapsedSeconds, text: `skipped    ${skippedCount} steps are not begun` }]),
  ];
  const sentence =
    before?.state === now.state || hasEnded(now) ? [] : [{ at: now.elapsedSeconds, text: printable(now.summary) }];
  // Each once: those of the plan where the log begins, those of what stands when it has been looked at.
  const warnings = now.warnings
    .filter((text) => before?.warnings.includes(text) !== true)
    .map((text) => ({ at: now.elapsedSeconds, text: `WARNING    ${printable(text)}` }));
  return [...sentence, ...warnings, ...events.sort((left, right) => left.at - right.at)].map(
    ({ at, text }) => `${clockText(at).padStart(8)}  ${`${Math.floor(now.progressPercent)} %`.padStart(5)}  ${text}`,
  );
}

function secondsIntoOperation(step: StepStatus, status: TicketStatus): number {
  const at = step.state === "running" ? step.startedAt : step.finishedAt;
  const start = status.startedAt ?? status.createdAt;
  return at === undefined ? status.elapsedSeconds : Math.max(0, (Date.parse(at) - Date.parse(start)) / 1000);
}

function stepText(step: StepStatus): string {
  const what = printable(`${step.title} [${step.lane}]`);
  switch (step.state) {
    case "running":
      return `started    ${what}, about ${durationText(step.expectedSeconds)}`;
    case "done":
      return `done       ${what} after ${durationText(step.seconds)}`;
    case "unchanged":
      return `unchanged  ${what}`;
    case "failed":
      return `FAILED     ${what}: ${printable(step.failure === undefined ? (step.detail ?? "") : `${step.failure.code} ${step.failure.message}`)}`;
    default:
      return `${step.state.padEnd(9)}  ${what}`;
  }
}
