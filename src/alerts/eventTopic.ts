import type { EventGridPublisherClient } from "@azure/eventgrid";
import type { TokenCredential } from "@azure/identity";
import type { Alert } from "../domain/alerts/alert.ts";
import { alertEvent } from "../domain/alerts/alertEvent.ts";
import { type Delivery, deliveryOf } from "../domain/alerts/sink.ts";
import { retryAfterSecondsOf } from "../domain/retryAfter.ts";

/** The SDK has no time-out of its own. */
const REQUEST_TIMEOUT_MS = 30_000;

export interface TopicSettings {
  /** https://NAME.REGION-1.eventgrid.azure.net/api/events */
  readonly endpoint: string;
  readonly credential: () => Promise<TokenCredential>;
  /** The private certificate authority in front of Azure, PEM. */
  readonly caPem: string | undefined;
}

/** Publishes alerts at a custom topic, as whoever the app is: no key. A repeat has the same source and id, by which receivers know it. */
export function eventTopic({ endpoint, credential, caPem }: TopicSettings): (alert: Alert) => Promise<Delivery> {
  let made: Promise<EventGridPublisherClient<"CloudEvent">> | undefined;
  const client = async () => {
    const identity = await credential();
    const { EventGridPublisherClient: Client } = await import("@azure/eventgrid");
    return new Client(endpoint, "CloudEvent", identity, {
      ...(caPem === undefined ? {} : { tlsOptions: { ca: caPem } }),
      // The outbox repeats; the SDK would sleep inside the activity.
      retryOptions: { maxRetries: 0 },
      userAgentOptions: { userAgentPrefix: "portcullis" },
    });
  };
  return async (alert) => {
    const { time, ...event } = alertEvent(alert);
    try {
      made ??= client().catch((error: unknown) => {
        // A failed attempt is forgotten, so that the next alert tries again.
        made = undefined;
        throw error;
      });
      const abortSignal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      await (await made).send([{ ...event, time: new Date(time) }], { abortSignal });
      return { kind: "delivered" };
    } catch (error) {
      return failureOf(error);
    }
  };
}

/** The SDK throws answers and silence alike; only the former have a status. */
function failureOf(error: unknown): Delivery {
  const { statusCode, message, response } = error as {
    readonly statusCode?: number;
    readonly message?: string;
    readonly response?: { readonly headers: { get(name: string): string | undefined } };
  };
  const text = message ?? String(error);
  if (statusCode === undefined) return { kind: "again", why: `It did not answer: ${text}` };
  const retryAfterSeconds = retryAfterSecondsOf(response?.headers.get("retry-after") ?? null, Date.now());
  const answer = { kind: "answer", status: statusCode, text } as const;
  return deliveryOf({ ...answer, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
}
