import { createLogUpdate } from "log-update";
import { renderScaling, type ScalingView, scalingTitle } from "./renderScaling.ts";

export interface ScalingScreen {
  show(view: ScalingView): void;
  /** Leaves the last state standing. */
  close(): void;
}

/** For a person: redrawn in place. */
export function liveScalingScreen(stream: NodeJS.WriteStream): ScalingScreen {
  const draw = createLogUpdate(stream);
  return {
    show: (view) => draw(renderScaling(view, { columns: stream.columns ?? 80, rows: stream.rows ?? 24, color: true })),
    close: () => draw.done(),
  };
}

/** For a log: what is new, a line each. */
export function plainScalingScreen(stream: NodeJS.WritableStream): ScalingScreen {
  let shown = 0;
  let headline = "";
  return {
    show(view) {
      if (headline === "") stream.write(`\n  Portcullis  ${scalingTitle(view.look)}\n\n`);
      if (view.headline !== headline) stream.write(`         ${view.headline}\n`);
      headline = view.headline;
      for (const line of view.lines.slice(shown)) stream.write(`${line}\n`);
      shown = view.lines.length;
    },
    close() {},
  };
}

/** For `--json`. */
export const noScalingScreen: ScalingScreen = { show() {}, close() {} };
