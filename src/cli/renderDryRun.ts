/** What a dry run shows: one line for each thing that would be done, and below it why, or which fields. Pure. */
import type { DryRunAnswer } from "../contracts/dryRunAnswer.ts";
import { durationText } from "./durationText.ts";
import { failureText } from "./failureText.ts";
import { LABEL_CELLS, labelled, section } from "./labelledSections.ts";
import { type Palette, palette } from "./palette.ts";
import { printable, wrap } from "./textLayout.ts";

type ForecastStep = DryRunAnswer["steps"][number];
type Would = ForecastStep["would"];

export interface DryRunView {
  readonly columns: number;
  readonly color: boolean;
}

/** In this order; what is worth a line of its own, and what is only named. */
const listed: readonly (readonly [Would, string])[] = [
  ["refuse", "✘ refused"],
  ["create", "+ create"],
  ["change", "~ change"],
  ["delete", "- delete"],
  ["leave", "! leave"],
  ["unknown", "? unknown"],
];
const named: readonly (readonly [Would, string])[] = [
  ["run", "▸ run"],
  ["unchanged", "= unchanged"],
];

/** Every line within the window. */
export function renderDryRun(answer: DryRunAnswer, view: DryRunView): string {
  const paint = palette(view.color);
  const room = Math.max(24, Math.min(120, view.columns) - 1 - 2 - LABEL_CELLS);
  const stepsThat = (would: Would): readonly ForecastStep[] => answer.steps.filter((step) => step.would === would);
  return [
    ...headline(answer, room + LABEL_CELLS, paint),
    ...answer.obstacles.flatMap((obstacle) => ["", ...failureText(obstacle, room, paint)]),
    ...section(
      "Warning",
      answer.warnings.flatMap((warning) => wrap(printable(warning), room)).map(paint.yellow),
      paint,
    ),
    ...listed.flatMap(([would, label]) => section(label, rows(stepsThat(would), room, paint), paint)),
    ...named.flatMap(([would, label]) => section(label, names(stepsThat(would), room), paint)),
    "",
    ...labelled("Time", wrap(timeText(answer), room), paint),
    ...labelled("Azure", wrap(callText(answer), room), paint),
  ].join("\n");
}

function headline({ isPossible, summary }: DryRunAnswer, room: number, paint: Palette): string[] {
  const mark = isPossible ? paint.green("✔") : paint.red("✘");
  const lines = wrap(printable(summary), room - 2);
  return lines.map((line, index) => `  ${index === 0 ? mark : " "} ${paint.bold(line)}`);
}

function rows(steps: readonly ForecastStep[], room: number, paint: Palette): string[] {
  return steps.flatMap((step) => [
    ...wrap(printable(titleOf(step)), room),
    ...details(step).flatMap((detail) =>
      wrap(printable(shortIds(detail)), room - 2).map((line) => `  ${paint.dim(line)}`),
    ),
  ]);
}

/** What is to go is named by itself: what becomes of it stands before it. */
function titleOf({ title, kind }: ForecastStep): string {
  return kind === "deletion" ? title.replace(/^Delete /, "") : title;
}

function details({ would, differences = [], reason }: ForecastStep): readonly string[] {
  const fields = differences.map(({ path, from, to }) => `${path}: ${from} → ${to}`);
  // That something is new says all; why its name is not known yet is for machines.
  return reason === undefined || would === "create" ? fields : [...fields, reason];
}

/** An id in the middle of a value by its last name, which is what a reader knows it by. */
function shortIds(text: string): string {
  return text.replace(/\/subscriptions\/[^"\s,;]*\/([^/"\s,;]+)/gi, "…/$1");
}

function names(steps: readonly ForecastStep[], room: number): string[] {
  if (steps.length === 0) return [];
  const titles = steps.map((step) => `${titleOf(step)}${step.kind === "deletion" ? ` (${step.reason})` : ""}`);
  return [`${steps.length}`, ...wrap(printable(titles.join(" · ")), room)];
}

function timeText({ isPossible, expectedSeconds }: DryRunAnswer): string {
  return isPossible
    ? `about ${durationText(expectedSeconds)} when it is carried out`
    : "not known while something is in the way";
}

function callText({ azure }: DryRunAnswer): string {
  const refused = azure.failures === 0 ? "" : `, ${azure.failures} refused or lost on the way`;
  return `${azure.reads} reads, ${azure.writes} writes${refused}; policies, locks and quotas show only when it is asked to write`;
}
