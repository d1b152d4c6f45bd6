import { createHash, createHmac } from "node:crypto";
import type { Alert } from "../domain/alerts/alert.ts";
import { type Delivery, deliveryOf } from "../domain/alerts/sink.ts";
import { webhookBody } from "../domain/alerts/webhookBody.ts";
import { sinkRequest } from "./sinkRequest.ts";

export interface WebhookSettings {
  readonly url: string;
  /** Base64; the first one signs, and the second one, too, while receivers change from one to the other. */
  readonly keys: readonly string[];
}

/** Posts the alert with its signature: HMAC-SHA256 over `timestamp.body`, once for each key. */
export async function postSigned({ url, keys }: WebhookSettings, alert: Alert): Promise<Delivery> {
  const body = webhookBody(alert);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = {
    "idempotency-key": alert.id,
    "x-portcullis-timestamp": timestamp,
    "x-portcullis-key-id": keys.map(keyId).join(","),
    "x-portcullis-signature": keys.map((key) => signatureOf(key, `${timestamp}.${body}`)).join(","),
  };
  return deliveryOf(await sinkRequest({ method: "POST", url, headers, body }));
}

function signatureOf(key: string, text: string): string {
  return createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
}

/** Tells keys apart and tells nothing of them: the first 8 hexadecimal digits of the SHA-256 of the key's bytes. */
function keyId(key: string): string {
  return createHash("sha256").update(Buffer.from(key, "base64")).digest("hex").slice(0, 8);
}
