/**
 * One frame of the live view, as text. Pure: the same status in the same window gives the same frame.
 *
 *     Portcullis  provision blog · RITM0012345              what, for which environment
 *     Building: 3 of 58 steps are under way                 the app's own sentence
 *
 *     ✔ Hub network dzhubvnet     hub        0:05           a line per step, in the order of the plan
 *     ⠹ Azure Firewall dzk8sfw1   firewall   3:12 / 5:30    ━━━━━╸────  Azure: Updating
 *     ○ Cluster dzk8s             cluster         ~ 5:30    waits for the default route
 *
 *     ━━━━━━━━━━━━━━━━╸────────────────────  47 %           by expected duration
 *     6:40 of about 14:10 · ends about 10:42 UTC · …
 */
import type { StepStatus, TicketStatus } from "../contracts/ticketStatus.ts";
import { clockText } from "./durationText.ts";
import { type Palette, palette, progressBar, stateGlyph, statePaint } from "./palette.ts";
import { cellWidth, cut, fitLeft, fitRight, printable } from "./textLayout.ts";
import { hasEnded } from "./ticketReport.ts";
import { visibleSteps } from "./visibleSteps.ts";

export interface ProgressView {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  /** Counts redraws; turns the marks of running steps. */
  readonly frame?: number;
  /** Shown instead of the app's sentence, e.g. while the connection is lost. */
  readonly notice?: string;
}

/** The frame, at most `rows - 1` lines of at most `columns - 1` cells, so that no terminal scrolls or wraps it. */
export function renderProgress(status: TicketStatus, view: ProgressView): string {
  const paint = palette(view.color);
  const width = Math.max(20, view.columns - 1);
  const head = header(status, view, width, paint);
  const foot = footer(status, width, paint);
  const room = Math.max(0, view.rows - 1 - head.length - foot.length);
  const body = stepLines(status.steps, { room, width, frame: view.frame, paint });
  // In a window too low for the frame around the steps, the end of it says most.
  return [...head, ...body, ...foot].slice(-Math.max(1, view.rows - 1)).join("\n");
}

function header(status: TicketStatus, view: ProgressView, width: number, paint: Palette): string[] {
  const attempt = status.attempt > 1 ? ` · attempt ${status.attempt}` : "";
  const title = cut(
    printable(`${status.action} ${status.environment} · ${status.ticket.number}${attempt}`),
    width - "  Portcullis  ".length,
  );
  const sentence = cut(`  ${view.notice ?? printable(sentenceOf(status))}`, width);
  const isTrouble = view.notice !== undefined || status.state === "stopping" || status.state === "failed";
  return [
    `  ${paint.bold("Portcullis")}  ${title}`,
    isTrouble ? paint.yellow(sentence) : paint.dim(sentence),
    ...status.warnings.map((warning) => paint.yellow(cut(`  ${printable(warning)}`, width))),
    "",
  ];
}

function sentenceOf(status: TicketStatus): string {
  const holder = status.waitingFor;
  return status.state === "queued" && holder !== undefined && !status.summary.includes(holder)
    ? `${status.summary} It waits for ${holder}.`
    : status.summary;
}

function footer(status: TicketStatus, width: number, paint: Palette): string[] {
  const percent = `${Math.floor(status.progressPercent)} %`;
  const bar = progressBar(status.progressPercent / 100, Math.max(4, Math.min(60, width - 10)), paint);
  const count = (...states: StepStatus["state"][]): number =>
    status.steps.filter((step) => states.includes(step.state)).length;
  const spent = clockText(status.elapsedSeconds);
  const facts = [
    hasEnded(status) ? `ended after ${spent}` : `${spent} of about ${clockText(status.expectedSeconds)}`,
    ...(status.expectedEndAt === undefined || hasEnded(status)
      ? []
      : [`ends about ${status.expectedEndAt.slice(11, 16)} UTC`]),
    `${count("done", "unchanged")} of ${status.steps.length} steps done${hasEnded(status) ? "" : `, ${count("running")} running`}`,
    `${status.azure.writes} writes, ${status.azure.reads} reads`,
    ...(status.azure.failures > 0 ? [`${status.azure.failures} refused`] : []),
  ];
  return ["", `  ${bar}  ${paint.bold(percent)}`, cut(`  ${whatFits(facts, width - 2)}`, width)];
}

/** The facts side by side, the last ones left out where they would be cut. */
function whatFits(facts: readonly string[], width: number): string {
  const [first = "", ...others] = facts;
  return others.reduce((line, fact) => (cellWidth(`${line} · ${fact}`) <= width ? `${line} · ${fact}` : line), first);
}

interface StepLayout {
  readonly room: number;
  readonly width: number;
  readonly frame: number | undefined;
  readonly paint: Palette;
}

function stepLines(steps: readonly StepStatus[], layout: StepLayout): string[] {
  const { shown, hiddenEndedCount, hiddenOpenCount } = visibleSteps(steps, layout.room);
  const cells = stepCells(steps, layout.width);
  const { paint } = layout;
  return [
    ...(hiddenEndedCount > 0 ? [paint.dim(cut(`  ✔ ${hiddenEndedCount} more done`, layout.width))] : []),
    ...shown.map((step) => stepLine(step, cells, layout)),
    ...(hiddenOpenCount > 0 ? [paint.dim(cut(`  ○ ${hiddenOpenCount} more not started`, layout.width))] : []),
  ];
}

interface StepCells {
  readonly title: number;
  readonly lane: number;
  readonly time: number;
  readonly bar: number;
  readonly note: number;
}

const BAR_CELLS = 10;

/** From this width on there is room for a bar in each line; below the second the lane gives way to the title. */
const BAR_FROM_CELLS = 110;
const ROOMY_FROM_CELLS = 92;

/** Shares the width out: the title as long as the longest, then the lane, the times, a bar where there is room, and what is waited for. */
function stepCells(steps: readonly StepStatus[], width: number): StepCells {
  const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => cellWidth(printable(text))));
  const isRoomy = width >= ROOMY_FROM_CELLS;
  const lane = isRoomy ? Math.min(18, longest(steps.map((step) => step.lane))) : 0;
  const bar = width >= BAR_FROM_CELLS ? BAR_CELLS : 0;
  const time = longest(steps.map(widestTimeText));
  const fixed = "  ✔ ".length + (lane > 0 ? 2 + lane : 0) + 2 + time + (bar > 0 ? 2 + bar : 0);
  const noteAtLeast = isRoomy ? 20 : width >= 76 ? 14 : 0;
  const title = Math.max(10, Math.min(longest(steps.map((step) => step.title)), width - fixed - noteAtLeast - 2));
  return { title, lane, time, bar, note: Math.max(0, width - fixed - title - 2) };
}

function stepLine(step: StepStatus, cells: StepCells, { width, frame, paint }: StepLayout): string {
  const isQuiet = step.state === "waiting" || step.state === "skipped";
  const title = fitLeft(printable(step.title), cells.title);
  const note = cells.note >= 8 ? cut(printable(noteText(step)), cells.note) : "";
  const timeCells = Math.min(cells.time, Math.max(0, width - cells.title - 6));
  const columns = [
    `  ${stateGlyph(step.state, paint, frame)} ${isQuiet ? paint.dim(title) : title}`,
    ...(cells.lane > 0 ? [paint.dim(fitLeft(printable(step.lane), cells.lane))] : []),
    timePaint(step, paint)(fitRight(timeText(step), timeCells)),
    ...(cells.bar > 0 && (step.state === "running" || note !== "") ? [stepBar(step, paint)] : []),
    ...(note === "" ? [] : [notePaint(step, paint)(note)]),
  ];
  return columns.join("  ");
}

/** A step's time at its widest, so that nothing moves sideways when it begins; how long it has waited is not shown. */
function widestTimeText(step: StepStatus): string {
  const spent = step.state === "waiting" ? step.expectedSeconds : Math.max(step.seconds, step.expectedSeconds);
  return `${clockText(spent)} / ${clockText(step.expectedSeconds)}`;
}

function timeText(step: StepStatus): string {
  switch (step.state) {
    case "waiting":
      return `~ ${clockText(step.expectedSeconds)}`;
    case "running":
      return `${clockText(step.seconds)} / ${clockText(step.expectedSeconds)}`;
    case "skipped":
      return "";
    default:
      return clockText(step.seconds);
  }
}

function timePaint(step: StepStatus, paint: Palette): (text: string) => string {
  if (step.state === "running") return step.seconds > step.expectedSeconds * 1.5 + 30 ? paint.yellow : paint.cyan;
  return paint.dim;
}

function stepBar(step: StepStatus, paint: Palette): string {
  if (step.state !== "running" || step.expectedSeconds <= 0) return " ".repeat(BAR_CELLS);
  // Never quite full: only Azure says that it is done.
  return progressBar(Math.min(0.95, step.seconds / step.expectedSeconds), BAR_CELLS, paint);
}

function noteText(step: StepStatus): string {
  switch (step.state) {
    case "failed":
      return step.failure === undefined ? (step.detail ?? "") : step.failure.code;
    case "unchanged":
      return step.kind === "lookup" ? "looked up" : "was right already";
    case "done":
      return step.failures > 0 ? `after ${step.failures} ${step.failures === 1 ? "refusal" : "refusals"}` : "";
    case "running":
      return step.waitingFor ?? step.detail ?? "";
    case "waiting":
      return step.waitingFor ?? "";
    case "skipped":
      return "";
  }
}

function notePaint(step: StepStatus, paint: Palette): (text: string) => string {
  if (step.state === "failed") return statePaint("failed", paint);
  return step.state === "done" && step.failures > 0 ? paint.yellow : paint.dim;
}
