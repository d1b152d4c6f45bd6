import type { SinkAnswer } from "../domain/alerts/sink.ts";
import { retryAfterSecondsOf } from "../domain/retryAfter.ts";

/** ServiceNow's own limit of a request is about this; who is silent for longer is asked again, with the same idempotency key. */
const TIMEOUT_MS = 30_000;

/** More of an answer is not read. */
const ANSWER_BYTES_MAX = 1_000_000;

export interface SinkRequest {
  readonly method: "GET" | "POST" | "PATCH";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks a sink once. Every end is a value; secrets are in the headers and the URL, and neither is ever repeated in words. */
export async function sinkRequest(
  { method, url, headers, body }: SinkRequest,
  timeoutMs = TIMEOUT_MS,
): Promise<SinkAnswer> {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      // What is sent is for this address and for no other.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const retryAfterSeconds = retryAfterSecondsOf(response.headers.get("retry-after"), Date.now());
    const text = await textOf(response);
    const { status } = response;
    return { kind: "answer", status, text, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  } catch (error) {
    return { kind: "silence", why: silenceInWords(error, timeoutMs) };
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`the answer is longer than ${ANSWER_BYTES_MAX} bytes`);
  }
  return Buffer.concat(chunks).toString();
}

/** `fetch` puts what happened into the cause, and its own message names no URL. */
function silenceInWords(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return "It did not answer.";
  if (error.name === "TimeoutError") return `It did not answer within ${timeoutMs / 1000} s.`;
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return `It did not answer: ${code || error.message}.`;
}
