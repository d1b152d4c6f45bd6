import type { StepStatus } from "../contracts/ticketStatus.ts";

export interface VisibleSteps {
  /** In the order of the plan. */
  readonly shown: readonly StepStatus[];
  readonly hiddenEndedCount: number;
  readonly hiddenOpenCount: number;
}

/**
 * Chooses the steps that a window with `room` lines shows. What failed or runs comes first, then what has just ended
 * (a third of the room), what comes next, and what ended earlier. Two lines are kept for the counts of the rest.
 */
export function visibleSteps(steps: readonly StepStatus[], room: number): VisibleSteps {
  if (steps.length <= room) return { shown: steps, hiddenEndedCount: 0, hiddenOpenCount: 0 };
  const lines = Math.max(0, room - 2);
  const ended = steps
    .filter(hasEnded)
    .sort((left, right) => (right.finishedAt ?? "").localeCompare(left.finishedAt ?? ""));
  const justEndedCount = Math.floor(lines / 3);
  const byImportance = [
    ...steps.filter((step) => step.state === "failed"),
    ...steps.filter((step) => step.state === "running"),
    ...ended.slice(0, justEndedCount),
    ...steps.filter((step) => step.state === "waiting"),
    ...ended.slice(justEndedCount),
    ...steps.filter((step) => step.state === "skipped"),
  ];
  const chosen = new Set(byImportance.slice(0, lines));
  const hidden = steps.filter((step) => !chosen.has(step));
  const hiddenEndedCount = hidden.filter(hasEnded).length;
  return {
    shown: steps.filter((step) => chosen.has(step)),
    // In a window without room for anything, not even the counts are shown.
    hiddenEndedCount: room >= 2 ? hiddenEndedCount : 0,
    hiddenOpenCount: room >= 2 ? hidden.length - hiddenEndedCount : 0,
  };
}

function hasEnded(step: StepStatus): boolean {
  return step.state === "done" || step.state === "unchanged";
}
