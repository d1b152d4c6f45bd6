import type { Fault } from "../../local/itsm/faults.ts";
import type { TicketSystem } from "../../local/itsm/ticketSystem.ts";
import type { AlertOutboxState } from "../../src/domain/alerts/alertOutboxState.ts";
import { alertDesk } from "../harness/alertDesk.ts";
import { ENVIRONMENT, openRouteLab, type RouteLab } from "./routeLab.ts";

/** A kubenet environment whose alerts go to a ticket system, a webhook and a chat. */
export interface AlertLab extends RouteLab {
  readonly desk: TicketSystem;
  /** From now on this goes wrong at the sinks. */
  fail(faults: readonly Fault[]): void;
  /** A finding comes to stand open: AKS loses the write of a node's route. */
  breakRoute(): Promise<void>;
  /** AKS writes again, and the finding is over. */
  mendRoute(): Promise<void>;
  outbox(): Promise<AlertOutboxState>;
}

/** A node comes after three minutes and is overdue ten later; the sweep looks every five. */
const OVERDUE_SECONDS = 180 + 600 + 330;
const MENDED_SECONDS = 300 + 330;

export async function openAlertLab(): Promise<AlertLab> {
  const { desk, settings, attend } = await alertDesk();
  let faults: readonly Fault[] = [];
  const routes = await openRouteLab({
    events: false,
    outside: { cut: () => desk.setFaults([{ answer: "reset" }]), restore: () => desk.setFaults(faults) },
    settings,
  });
  attend(routes.world);
  const { world, seconds, scale, loseAksWrites } = routes;
  return {
    ...routes,
    desk,
    fail(next) {
      faults = next;
      desk.setFaults(next);
    },
    async breakRoute() {
      loseAksWrites();
      await scale(3);
      await seconds(OVERDUE_SECONDS);
    },
    async mendRoute() {
      world.azure.setFaults([]);
      await seconds(MENDED_SECONDS);
    },
    async outbox() {
      const answer = await fetch(`${world.url()}/runtime/webhooks/durabletask/entities/alertOutbox/${ENVIRONMENT}`);
      return (await answer.json()) as AlertOutboxState;
    },
  };
}
