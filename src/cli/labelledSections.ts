/** Lines with a label before the first of them, as a report is made of. */
import type { Palette } from "./palette.ts";

export const LABEL_CELLS = 13;

/** A section without lines is left out. */
export function section(label: string, lines: readonly string[], paint: Palette): string[] {
  return lines.length === 0 ? [] : ["", ...labelled(label, lines, paint)];
}

export function labelled(label: string, lines: readonly string[], paint: Palette): string[] {
  return lines.map(
    (line, index) => `  ${index === 0 ? paint.bold(label.padEnd(LABEL_CELLS)) : " ".repeat(LABEL_CELLS)}${line}`,
  );
}
