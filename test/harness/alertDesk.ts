/** The stand-in of what alerts are sent to, for the app of a world. One for all worlds of a process: the app is loaded once for each set of settings. */
import { randomBytes } from "node:crypto";
import type { LocalAzure } from "../../local/azure/localAzure.ts";
import type { Clock } from "../../local/clock.ts";
import { TABLE_PATH } from "../../local/itsm/tableApi.ts";
import { startTicketSystem, type TicketSystem } from "../../local/itsm/ticketSystem.ts";
import type { World } from "./world.ts";

export interface AlertDesk {
  readonly desk: TicketSystem;
  /** Settings of an app whose alerts go there. */
  settings(azure: LocalAzure): Readonly<Record<string, string>>;
  /** From now on it tells this world's time; all that came before is forgotten. */
  attend(world: World): void;
}

const USER = "portcullis";
const password = randomBytes(12).toString("hex");
const webhookKey = randomBytes(32).toString("base64");

/** The world whose time the desk tells; the desk is there before it. */
let current: World | undefined;

const clock: Clock = {
  now: () => current?.clock.now() ?? 0,
  at: (dueEpochMs, callback) => current?.clock.at(dueEpochMs, callback) ?? (() => {}),
  hold: () => current?.clock.hold() ?? (() => {}),
};

let shared: Promise<TicketSystem> | undefined;

export async function alertDesk(): Promise<AlertDesk> {
  shared ??= startTicketSystem({ clock, user: USER, password, webhookKey });
  const desk = await shared;
  return {
    desk,
    settings: ({ alertTopicEndpoint }) => ({
      ITSM_INCIDENT_URL: `${desk.url}${TABLE_PATH}`,
      ITSM_USER: USER,
      ITSM_PASSWORD: password,
      ALERT_WEBHOOK_URL: `${desk.url}/hooks/alerts`,
      ALERT_WEBHOOK_KEY: webhookKey,
      ALERT_CARD_URL: `${desk.url}/hooks/chat`,
      ALERT_TOPIC_ENDPOINT: alertTopicEndpoint,
    }),
    attend(world) {
      current = world;
      desk.reset();
    },
  };
}
