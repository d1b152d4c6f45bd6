import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { makeCertificate } from "../../local/azure/core/certificate.ts";
import type { JsonObject } from "../../local/azure/core/resourceType.ts";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body; one event is an array of one. */
  readonly events: readonly JsonObject[];
  readonly body: string;
}

export interface HookAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A real endpoint on loopback. It agrees to every handshake and takes every event, until it is told otherwise. */
export interface Webhook {
  readonly url: string;
  /** All requests, handshakes included. */
  readonly received: Received[];
  /** Deliveries only. */
  notifications(): readonly Received[];
  /** All events that came, in the order in which they came. */
  events(): readonly JsonObject[];
  /** How the next requests are answered: "hang" never answers, undefined answers as a good endpoint does. */
  answer: (request: Received) => HookAnswer | "hang" | undefined;
  stop(): Promise<void>;
}

export async function startWebhook(): Promise<Webhook> {
  const { keyPem, chainPem } = await makeCertificate();
  const received: Received[] = [];
  const server = createServer({ key: keyPem, cert: chainPem }, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const parsed = body === "" ? [] : (JSON.parse(body) as JsonObject | JsonObject[]);
    const seen = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      events: Array.isArray(parsed) ? parsed : [parsed],
      body,
    };
    received.push(seen);
    const answer = hook.answer(seen) ?? agree(seen);
    if (answer !== "hang") response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const isNotification = (one: Received): boolean => one.headers["aeg-event-type"] === "Notification";
  const hook: Webhook = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=secret`,
    received,
    notifications: () => received.filter(isNotification),
    events: () => received.filter(isNotification).flatMap(({ events }) => events),
    answer: () => undefined,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return hook;
}

function agree({ method, headers, events }: Received): HookAnswer {
  if (method === "OPTIONS") {
    return { status: 200, headers: { "webhook-allowed-origin": String(headers["webhook-request-origin"]) } };
  }
  if (headers["aeg-event-type"] !== "SubscriptionValidation") return { status: 200 };
  const validationResponse = (events[0]?.data as JsonObject | undefined)?.validationCode;
  return { status: 200, body: JSON.stringify({ validationResponse }) };
}
