import * as z from "zod";
import { retryAfterSecondsOf } from "../domain/retryAfter.ts";
import type { Failure } from "../domain/stepOutcome.ts";
import type { LogQuestion } from "../resources/kql.ts";
import type { AzureClients } from "./azureClients.ts";

/**
 * How long a query may run at the log, in seconds; its own limit is 180 unless more is asked for.
 * Source: learn.microsoft.com/azure/azure-monitor/service-limits (Log Analytics query API), checked 2026-11.
 */
const QUERY_SECONDS = 120;
/** Time for the answer to come after that. */
const REQUEST_TIMEOUT_MS = (QUERY_SECONDS + 30) * 1000;

/** What a workspace answered. Expected ends are values. */
export type LogAnswer =
  | { readonly kind: "rows"; readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] }
  /** Too much for one answer, or for the time that a query has: a smaller question may be answered. */
  | { readonly kind: "tooMuch"; readonly failure: Failure }
  | { readonly kind: "busy"; readonly failure: Failure; readonly retryAfterSeconds?: number }
  | { readonly kind: "refused"; readonly failure: Failure };

export interface LogsClient {
  /** Asks one workspace, by its customer id. */
  query(customerId: string, question: LogQuestion): Promise<LogAnswer>;
}

const errorInfo = z.object({
  code: z.string().optional(),
  message: z.string().optional(),
  get innererror() {
    return errorInfo.optional();
  },
});
type ErrorInfo = z.infer<typeof errorInfo>;

const answerBody = z.object({
  tables: z
    .array(z.object({ columns: z.array(z.object({ name: z.string() })), rows: z.array(z.array(z.unknown())) }))
    .min(1)
    .optional(),
  error: errorInfo.optional(),
});

/**
 * Queries go through the pipeline of the SDK's LogsQueryClient (identity, TLS, tracing), as ARM's do through theirs: its own
 * methods hide the status of an answer that has no JSON in it, and the time to wait.
 */
export function logsClient(clients: AzureClients): LogsClient {
  return {
    async query(customerId, { query, startTime, endTime }) {
      const { createHttpHeaders, createPipelineRequest } = await import("@azure/core-rest-pipeline");
      const request = createPipelineRequest({
        url: `${clients.logsEndpoint}/workspaces/${encodeURIComponent(customerId)}/query`,
        method: "POST",
        timeout: REQUEST_TIMEOUT_MS,
        headers: createHttpHeaders({
          accept: "application/json",
          "content-type": "application/json",
          prefer: `wait=${QUERY_SECONDS}`,
        }),
        body: JSON.stringify({ query: query.text, timespan: `${startTime}/${endTime}` }),
      });
      try {
        const { pipeline } = await clients.logs();
        const response = await pipeline.sendRequest(await clients.http(), request);
        const retryAfterSeconds = retryAfterSecondsOf(response.headers.get("retry-after"), Date.now());
        return logAnswer({
          customerId,
          status: response.status,
          body: response.bodyAsText ?? "",
          correlationId: response.headers.get("x-ms-correlation-request-id"),
          ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
        });
      } catch (error) {
        const failure = noAnswer(customerId, error);
        // What is still being computed after the time that we gave it may be less next time.
        const isTimeout = error instanceof Error && error.name === "AbortError";
        return { kind: isTimeout ? "tooMuch" : "busy", failure };
      }
    },
  };
}

/** An answer as it came. */
export interface RawLogAnswer {
  readonly customerId: string;
  readonly status: number;
  readonly body: string;
  readonly correlationId?: string | undefined;
  readonly retryAfterSeconds?: number;
}

/** What an answer of the query API means. */
export function logAnswer(raw: RawLogAnswer): LogAnswer {
  const parsed = answerBody.safeParse(jsonOf(raw.body));
  const { tables, error } = parsed.data ?? {};
  const failure = failureOf(raw, error);
  if (raw.status === 200) {
    const table = tables?.[0];
    if (table === undefined)
      return { kind: "busy", failure: { ...failure, code: "NotAnAnswer", message: "The answer has no table in it." } };
    // The rows that are there are some of them, and nobody knows which are missing.
    if (error !== undefined) return { kind: "tooMuch", failure };
    return { kind: "rows", columns: table.columns.map(({ name }) => name), rows: table.rows };
  }
  if (raw.status === 429 || raw.status === 503) {
    const { retryAfterSeconds } = raw;
    return { kind: "busy", failure, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
  if (raw.status === 504 || raw.status === 413) return { kind: "tooMuch", failure };
  if (raw.status === 408 || raw.status >= 500) return { kind: "busy", failure };
  return { kind: "refused", failure };
}

/** The innermost error says what is the matter; the outer ones say that there is one. */
function failureOf({ customerId, status, correlationId }: RawLogAnswer, error: ErrorInfo | undefined): Failure {
  const chain: ErrorInfo[] = [];
  for (let each = error; each !== undefined; each = each.innererror) chain.push(each);
  const messages = chain.flatMap(({ message }) => message ?? []);
  return {
    code: chain[0]?.code ?? `Http${status}`,
    message: messages.length === 0 ? `The log answered ${status} without a text.` : [...new Set(messages)].join(" "),
    status,
    resourceId: `workspace ${customerId}`,
    ...(correlationId === undefined ? {} : { correlationId }),
    advice: adviceFor(status),
  };
}

function adviceFor(status: number): string {
  switch (status) {
    case 400:
      return "The log does not take the question: the columns of a table have changed, or Portcullis is at fault; tell who maintains it. What was not read is read and counted as soon as the log answers.";
    case 401:
    case 403:
      return "Grant the app's identity the role in infra/roles/logReader.json on the subscription, or on this workspace; it is asked again at the next pass.";
    case 404:
      return "See whether the workspace is still there and was not made anew; provision the environment again to have it put back.";
    case 429:
      return "The workspace is asked too often: see who else queries it. It is asked again later; nothing is lost, what was not read is counted as soon as the log answers.";
    default:
      return "It is asked again at the next pass, from where the last good answer ended; nothing is lost, what was not read is counted as soon as the log answers.";
  }
}

function noAnswer(customerId: string, error: unknown): Failure {
  return {
    code: "NoAnswer",
    message: `The log did not answer: ${error instanceof Error ? error.message : String(error)}`,
    resourceId: `workspace ${customerId}`,
    advice: "See whether LOGS_ENDPOINT can be reached from the app; it is asked again at the next pass.",
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
