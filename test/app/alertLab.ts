import { randomBytes } from "node:crypto";
import type { Clock } from "../../local/clock.ts";
import type { Fault } from "../../local/itsm/faults.ts";
import { TABLE_PATH } from "../../local/itsm/tableApi.ts";
import { startTicketSystem, type TicketSystem } from "../../local/itsm/ticketSystem.ts";
import type { AlertOutboxState } from "../../src/domain/alerts/alertOutboxState.ts";
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

const USER = "portcullis";
/** A node comes after three minutes and is overdue ten later; the sweep looks every five. */
const OVERDUE_SECONDS = 180 + 600 + 330;
const MENDED_SECONDS = 300 + 330;

/** The world whose time the desk tells; the desk is there before it. */
let current: RouteLab | undefined;

const clock: Clock = {
  now: () => current?.world.clock.now() ?? 0,
  at: (dueEpochMs, callback) => current?.world.clock.at(dueEpochMs, callback) ?? (() => {}),
  hold: () => current?.world.clock.hold() ?? (() => {}),
};

const password = randomBytes(12).toString("hex");
const webhookKey = randomBytes(32).toString("base64");

/** One for all worlds of a process: the app is loaded once, with these settings. */
let shared: Promise<TicketSystem> | undefined;

export async function openAlertLab(): Promise<AlertLab> {
  shared ??= startTicketSystem({ clock, user: USER, password, webhookKey });
  const desk = await shared;
  let faults: readonly Fault[] = [];
  current = await openRouteLab({
    events: false,
    outside: { cut: () => desk.setFaults([{ answer: "reset" }]), restore: () => desk.setFaults(faults) },
    settings: ({ alertTopicEndpoint }) => ({
      ITSM_INCIDENT_URL: `${desk.url}${TABLE_PATH}`,
      ITSM_USER: USER,
      ITSM_PASSWORD: password,
      ALERT_WEBHOOK_URL: `${desk.url}/hooks/alerts`,
      ALERT_WEBHOOK_KEY: webhookKey,
      ALERT_CARD_URL: `${desk.url}/hooks/chat`,
      ALERT_TOPIC_ENDPOINT: alertTopicEndpoint,
    }),
  });
  desk.reset();
  const routes = current;
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
