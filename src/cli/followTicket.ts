import { setTimeout as sleep } from "node:timers/promises";
import type { TicketStatus } from "../contracts/ticketStatus.ts";
import { persist } from "./persist.ts";
import type { TicketClient } from "./ticketClient.ts";
import { hasEnded } from "./ticketReport.ts";

export interface FollowOptions {
  readonly client: TicketClient;
  readonly statusUrl: URL;
  /** Least time between two looks, in real time. */
  readonly pollMilliseconds: number;
  readonly patienceMilliseconds: number;
  readonly onStatus: (status: TicketStatus) => void;
  readonly onTrouble: (message: string) => void;
}

/** Looking may take this part of an app's time and no more: one that answers slowly is asked seldom. */
const SHARE_OF_TIME = 0.1;
const LONGEST_PAUSE_MS = 4_000;

/** Looks at a ticket until it has ended, and returns its last status. The operation itself needs nobody who looks. */
export async function followTicket(options: FollowOptions): Promise<TicketStatus> {
  const { client, statusUrl, pollMilliseconds, patienceMilliseconds, onTrouble } = options;
  for (;;) {
    const askedAt = performance.now();
    const status = await persist(() => client.status(statusUrl), {
      pauseMilliseconds: pollMilliseconds,
      patienceMilliseconds,
      onTrouble,
    });
    options.onStatus(status);
    if (hasEnded(status)) return status;
    const polite = Math.min(LONGEST_PAUSE_MS, (performance.now() - askedAt) / SHARE_OF_TIME);
    await sleep(Math.max(pollMilliseconds, polite));
  }
}
