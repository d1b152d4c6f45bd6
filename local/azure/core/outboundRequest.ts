import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Clock } from "../../clock.ts";

/** A request that Azure makes of a customer's endpoint. It is data, so that it survives a restart. */
export interface OutboundRequest {
  readonly method: "POST" | "OPTIONS";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came of it. */
export type OutboundAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: "timedOut" }
  /** Nobody listens there, or the connection broke. */
  | { readonly kind: "refused" }
  /** No such host: nothing outside of loopback exists for the local Azure. */
  | { readonly kind: "unresolved" };

/** Azure seconds that an endpoint has for its answer. Source: learn.microsoft.com/azure/event-grid/delivery-and-retry, checked 2026-11. */
const ANSWER_SECONDS = 30;

/**
 * Real milliseconds that an endpoint has in any case, and for which time stands still where it can: what a machine needs
 * to compute must not count forty-fold when Azure time runs forty times as fast.
 */
const REAL_PATIENCE_MS = 2_000;

/** Answers longer than this are cut off: nobody reads more of them. */
const MOST_BODY_BYTES = 64 * 1024;

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export interface SendOptions {
  /** Called when time must go on although nothing has come back. */
  readonly onPatienceOver: () => void;
  /** Breaks the connection off. */
  readonly signal: AbortSignal;
}

/** Sends the request over real sockets. */
export function sendOutbound(
  request: OutboundRequest,
  clock: Clock,
  { onPatienceOver, signal }: SendOptions,
): Promise<OutboundAnswer> {
  const url = new URL(request.url);
  if (!LOOPBACK.test(url.hostname)) return Promise.resolve({ kind: "unresolved" });
  const deadlineEpochMs = clock.now() + ANSWER_SECONDS * 1000;
  return new Promise((resolve) => {
    // No authority of the public internet vouches for loopback, so certificates are not checked.
    const { method, headers } = request;
    const options = { method, headers, signal, agent: false, rejectUnauthorized: false };
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    let cancelDeadline: () => void = () => {};
    const end = (answer: OutboundAnswer): void => {
      clearTimeout(patience);
      cancelDeadline();
      resolve(answer);
    };
    const outgoing = send(url, options, (response) => {
      readText(response).then(
        (body) => end({ kind: "answered", status: response.statusCode ?? 0, headers: headersOf(response), body }),
        () => end({ kind: "refused" }),
      );
    });
    outgoing.on("error", () => end({ kind: "refused" }));
    outgoing.end(request.body);
    const patience = setTimeout(() => {
      onPatienceOver();
      cancelDeadline = clock.at(deadlineEpochMs, () => {
        end({ kind: "timedOut" });
        outgoing.destroy();
      });
    }, REAL_PATIENCE_MS);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += (chunk as Buffer).length;
    if (length <= MOST_BODY_BYTES) chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function headersOf(response: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
}
