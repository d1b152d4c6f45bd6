/** One frame of the live view. Pure: the same look in the same window gives the same frame. */
import { clockText } from "../src/cli/durationText.ts";
import { type Palette, palette } from "../src/cli/palette.ts";
import { cut, fitLeft, wrap } from "../src/cli/textLayout.ts";
import type { DemoView, Window } from "./demoScreen.ts";
import { casePhrase } from "./egressLines.ts";
import type { EgressLook, TryLook } from "./egressLook.ts";
import { targetOf } from "./egressTries.ts";

export interface EgressView extends DemoView {
  readonly look: EgressLook;
  readonly environment: string;
  /** Azure seconds since the beginning. */
  readonly elapsedSeconds: number;
}

const HEADS = ["what pods try", "the pod saw", "log, lag", "the case", "incident"] as const;
/** Of the columns after the first, which has what is left. */
const CELLS = [19, 9, 19, 12] as const;
const TARGET_CELLS = { least: 14, most: 34 } as const;
const MARGIN_CELLS = 2;
const HEADLINE_LINES_MAX = 2;

/** What is shown, and in which time. */
export function egressTitle({ environment }: EgressView): string {
  return `what the firewall of ${environment} refuses · times are Azure's`;
}

/** At most `rows - 1` lines of at most `columns - 1` cells, so that no terminal scrolls or wraps it. */
export function renderEgress(view: EgressView, window: Window): string {
  const paint = palette(window.color);
  const width = Math.max(40, window.columns - 1);
  const headline = wrap(view.headline, width - 2).slice(0, HEADLINE_LINES_MAX);
  const top = [
    `  ${paint.bold("Portcullis")}  ${cut(egressTitle(view), width - 14)}`,
    ...(view.note === undefined ? [] : wrap(view.note, width - 2).map((line) => paint.dim(`  ${line}`))),
    ...headline.map((line) => paint.bold(`  ${line}`)),
    "",
    paint.dim(cut(columns(HEADS, width), width)),
    ...view.look.tries.map((each) => tryLine(each, width, paint)),
    "",
    `  ${clockText(view.elapsedSeconds)}`,
    "",
  ];
  const room = Math.max(0, window.rows - 1 - top.length);
  const log = room === 0 ? [] : view.lines.slice(-room).map((line) => paint.dim(cut(line, width)));
  return [...top, ...log].slice(0, window.rows - 1).join("\n");
}

function tryLine(now: TryLook, width: number, paint: Palette): string {
  const { each, pod, logged, found, incident } = now;
  const seen = logged === undefined ? "" : `${logged.rowCount} · ${clockText(logged.delaySeconds)}`;
  const state = found === undefined ? "" : found.state === "closed" ? "closed" : casePhrase(found);
  const ticket = incident === undefined ? "" : `${incident.number}${incident.isResolved ? " ✔" : ""}`;
  const line = cut(columns([targetOf(each), podText(now), seen, state, ticket], width), width);
  if (pod.state === "answered") return paint.green(line);
  if (found?.state === "closed") return paint.dim(line);
  return pod.state === "none" ? line : paint.red(line);
}

/** "curl: (28) Connection timed out after 20001 milliseconds" → "curl 28 timed out". */
function podText({ pod: { state, text } }: TryLook): string {
  if (state === "answered") return `✔ ${text}`;
  const curl = /^curl: \((\d+)\) (.*)$/.exec(text);
  if (curl === null) return text;
  const [, code = "", words = ""] = curl;
  const short = /timed out/.test(words) ? "timed out" : /reset/.test(words) ? "reset" : words.replace(/^.*: /, "HTTP ");
  return `✘ curl ${code} ${short}`;
}

function columns([target = "", ...texts]: readonly string[], width: number): string {
  const others = CELLS.reduce((sum, cells) => sum + cells + 1, MARGIN_CELLS);
  const targetCells = Math.min(TARGET_CELLS.most, Math.max(TARGET_CELLS.least, width - others));
  const cells = [fitLeft(target, targetCells), ...texts.map((text, index) => fitLeft(text, CELLS[index] ?? 0))];
  return `${" ".repeat(MARGIN_CELLS)}${cells.join(" ")}`.trimEnd();
}
