import pc from "picocolors";
import type { StepStatus } from "../contracts/ticketStatus.ts";

export type Palette = ReturnType<typeof pc.createColors>;

/** Colours, or functions that leave the text alone. */
export function palette(color: boolean): Palette {
  return pc.createColors(color);
}

type StepState = StepStatus["state"];

const glyphs: Readonly<Record<StepState, string>> = {
  waiting: "○",
  running: "●",
  done: "✔",
  unchanged: "=",
  failed: "✘",
  skipped: "–",
};

/** The mark in front of a step; a running one turns with the frame. */
export function stateGlyph(state: StepState, paint: Palette, frame?: number): string {
  const glyph = state === "running" && frame !== undefined ? spinner(frame) : glyphs[state];
  return statePaint(state, paint)(glyph);
}

export function statePaint(state: StepState, paint: Palette): (text: string) => string {
  switch (state) {
    case "done":
      return paint.green;
    case "unchanged":
      return paint.blue;
    case "running":
      return paint.cyan;
    case "failed":
      return paint.red;
    case "waiting":
    case "skipped":
      return paint.dim;
  }
}

const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

function spinner(frame: number): string {
  return SPINNER.charAt(frame % SPINNER.length);
}

/** A bar of exactly the width; the difference between done and open shows without colour, too. */
export function progressBar(fraction: number, width: number, paint: Palette): string {
  const halves = Math.round(Math.min(1, Math.max(0, fraction)) * width * 2);
  const full = "━".repeat(Math.floor(halves / 2));
  const half = halves % 2 === 1 ? "╸" : "";
  return paint.cyan(full + half) + paint.dim("─".repeat(width - full.length - half.length));
}
