import { type CardSettings, postCard } from "../alerts/chatCard.ts";
import { postSigned, type WebhookSettings } from "../alerts/signedWebhook.ts";
import type { Alert } from "../domain/alerts/alert.ts";
import type { DeliveryStart } from "../domain/alerts/alertOutboxState.ts";
import { type Delivery, type Sink, type SinkReference, sinks } from "../domain/alerts/sink.ts";
import { postIncident, type ServiceNowSettings } from "../itsm/serviceNow.ts";
import type { ActivityHandlers } from "./activityTypes.ts";

export interface DeliveryMove {
  readonly sink: Sink;
  readonly alert: Alert;
  /** What the sink knows the subject by, where it has said so. */
  readonly reference?: SinkReference;
}

/** The sinks that are on. */
export interface AlertSinks {
  readonly itsm?: ServiceNowSettings;
  readonly webhook?: WebhookSettings;
  /** Publishes at the custom topic. */
  readonly topic?: (alert: Alert) => Promise<Delivery>;
  readonly card?: CardSettings;
}

export const findSinks =
  (on: AlertSinks): ActivityHandlers["findSinks"] =>
  async () =>
    sinks.filter((sink) => on[sink] !== undefined);

/** One attempt. Made again it says the same under the same idempotency key. */
export const deliverAlert =
  (on: AlertSinks): ActivityHandlers["deliverAlert"] =>
  async (move, context) => {
    const delivery = await deliver(on, move);
    const { sink, alert } = move;
    context.log({ event: "alertDelivery", sink, alertId: alert.id, title: alert.title, ...delivery });
    return delivery;
  };

async function deliver(on: AlertSinks, { sink, alert, reference }: DeliveryMove): Promise<Delivery> {
  switch (sink) {
    case "itsm":
      return on.itsm === undefined ? switchedOff() : postIncident(on.itsm, alert, reference);
    case "webhook":
      return on.webhook === undefined ? switchedOff() : postSigned(on.webhook, alert);
    case "topic":
      return on.topic === undefined ? switchedOff() : on.topic(alert);
    case "card":
      return on.card === undefined ? switchedOff() : postCard(on.card, alert);
  }
}

function switchedOff(): Delivery {
  return { kind: "refused", why: "The sink is switched off: its settings are gone." };
}

export const startDeliveries: ActivityHandlers["startDeliveries"] = async (starts, { instances }) => {
  for (const start of starts) await startDelivery(instances, start);
  return null;
};

/** Starting twice is harmless: an instance that is under way or has ended its turn is left alone by the outbox. */
async function startDelivery(
  instances: Parameters<ActivityHandlers["startDeliveries"]>[1]["instances"],
  start: DeliveryStart,
): Promise<void> {
  const known = await instances.find(start.instanceId);
  if (known?.isEnded !== false) await instances.start("alertDelivery", start.instanceId, start);
}
