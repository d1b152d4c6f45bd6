import type { Alert } from "../domain/alerts/alert.ts";
import { alertCard, type CardStyle } from "../domain/alerts/alertCard.ts";
import { type Delivery, deliveryOf } from "../domain/alerts/sink.ts";
import { sinkRequest } from "./sinkRequest.ts";

export interface CardSettings {
  readonly url: string;
  readonly style: CardStyle;
}

/** Posts a message. Chats know no idempotency key: when an answer is lost the message comes twice. */
export async function postCard({ url, style }: CardSettings, alert: Alert): Promise<Delivery> {
  const headers = { "idempotency-key": alert.id };
  return deliveryOf(await sinkRequest({ method: "POST", url, headers, body: JSON.stringify(alertCard(alert, style)) }));
}
