import { printable } from "./textLayout.ts";
import { AppUnreachable, TicketRefused } from "./ticketClient.ts";

/** What stood between the command line and the app, in lines for stderr. What goes wrong in Azure is part of a ticket's status. */
export function explainFailure(error: unknown): string {
  if (error instanceof TicketRefused) return [printable(error.message), ...mistakeLines(error)].join("\n");
  if (error instanceof AppUnreachable) {
    return (
      `${printable(error.message)} Start the app with \`npm run start\`, or name another with --target. ` +
      "A ticket that was taken already goes on by itself: `portcullis status NUMBER --follow`."
    );
  }
  return error instanceof Error ? printable(error.message) : String(error);
}

/** Pointers up to this length are set in a column. */
const POINTER_CELLS = 40;

function mistakeLines({ mistakes }: TicketRefused): string[] {
  const longest = Math.min(POINTER_CELLS, Math.max(0, ...mistakes.map(({ pointer }) => pointer.length)));
  return mistakes.map(
    ({ pointer, message }) => `  ${printable(pointer === "" ? "/" : pointer).padEnd(longest)}  ${printable(message)}`,
  );
}
