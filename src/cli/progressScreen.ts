import { createLogUpdate } from "log-update";
import type { TicketStatus } from "../contracts/ticketStatus.ts";
import { progressLines } from "./progressLines.ts";
import { renderProgress } from "./renderProgress.ts";

/** Where progress goes while a ticket is followed. */
export interface ProgressScreen {
  show(status: TicketStatus): void;
  /** A sentence about the connection; gone with the next status. */
  trouble(message: string): void;
  /** Leaves the last state standing and gives the terminal back. */
  close(): void;
}

const REDRAW_MS = 100;

/** A screen for a person: redrawn in place, turning while Azure works. */
export function liveScreen(stream: NodeJS.WriteStream): ProgressScreen {
  const draw = createLogUpdate(stream);
  let status: TicketStatus | undefined;
  let notice: string | undefined;
  let frame = 0;
  const redraw = (): void => {
    if (status === undefined) return;
    const view = { columns: stream.columns ?? 80, rows: stream.rows ?? 24, color: true, frame };
    draw(renderProgress(status, notice === undefined ? view : { ...view, notice }));
  };
  const timer = setInterval(() => {
    frame += 1;
    redraw();
  }, REDRAW_MS);
  return {
    show(next) {
      status = next;
      notice = undefined;
      redraw();
    },
    trouble(message) {
      notice = `${message} Trying again; the operation itself goes on.`;
      redraw();
    },
    close() {
      clearInterval(timer);
      redraw();
      draw.done();
    },
  };
}

/** A screen for a log: a line for what changed, never overwritten. */
export function plainScreen(stream: NodeJS.WritableStream): ProgressScreen {
  let before: TicketStatus | undefined;
  let isTroubled = false;
  return {
    show(status) {
      isTroubled = false;
      for (const line of progressLines(before, status)) stream.write(`${line}\n`);
      before = status;
    },
    trouble(message) {
      if (!isTroubled) stream.write(`          ${message} Trying again; the operation itself goes on.\n`);
      isTroubled = true;
    },
    close() {},
  };
}

/** No screen, for `--json`. */
export const noScreen: ProgressScreen = { show() {}, trouble() {}, close() {} };
