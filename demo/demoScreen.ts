import { createLogUpdate } from "log-update";

/** What every demonstration shows, whatever else. */
export interface DemoView {
  /** What is going on, in one sentence. */
  readonly headline: string;
  /** What has happened, a line each. */
  readonly lines: readonly string[];
  /** What here is otherwise than for a user, in one sentence. */
  readonly note?: string;
}

export interface DemoScreen<View extends DemoView> {
  show(view: View): void;
  /** Leaves the last state standing. */
  close(): void;
}

export interface Window {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

/** For a person: redrawn in place. */
export function liveScreen<View extends DemoView>(
  stream: NodeJS.WriteStream,
  render: (view: View, window: Window) => string,
): DemoScreen<View> {
  const draw = createLogUpdate(stream);
  return {
    show: (view) => draw(render(view, { columns: stream.columns ?? 80, rows: stream.rows ?? 24, color: true })),
    close: () => draw.done(),
  };
}

/** For a log: what is new, a line each. */
export function plainScreen<View extends DemoView>(
  stream: NodeJS.WritableStream,
  title: (view: View) => string,
): DemoScreen<View> {
  let shown = 0;
  let headline = "";
  return {
    show(view) {
      if (headline === "") {
        const note = view.note === undefined ? "" : `  ${view.note}\n`;
        stream.write(`\n  Portcullis  ${title(view)}\n${note}\n`);
      }
      if (view.headline !== headline) stream.write(`         ${view.headline}\n`);
      headline = view.headline;
      for (const line of view.lines.slice(shown)) stream.write(`${line}\n`);
      shown = view.lines.length;
    },
    close() {},
  };
}

/** For `--json`. */
export const noScreen: DemoScreen<DemoView> = { show() {}, close() {} };
