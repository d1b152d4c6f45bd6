import { after, MINUTE_MS, msBetween } from "./instant.ts";
import type { ReadWindow } from "./window.ts";

/** The two halves of a window of a past period; undefined for one of a single minute, which cannot be asked for in parts. */
export function halvedWindow(window: ReadWindow): readonly [ReadWindow, ReadWindow] | undefined {
  const minutes = Math.round(msBetween(window.from, window.to) / MINUTE_MS);
  if (minutes <= 1) return undefined;
  const middle = after(window.from, Math.floor(minutes / 2) * MINUTE_MS);
  return [
    { ...window, to: middle, isCut: true },
    { ...window, from: middle, overlapFrom: middle },
  ];
}
