import type { Pipeline, PipelineResponse } from "@azure/core-rest-pipeline";
import type { JsonObject } from "../domain/json.ts";
import { allPages } from "./allPages.ts";
import type { AzureClients } from "./azureClients.ts";

/** The SDK has no time-out of its own; ARM answers within seconds, long work goes on behind an operation URL. */
const REQUEST_TIMEOUT_MS = 30_000;

/** What ARM answered, whatever the status. */
export interface ArmAnswer {
  readonly status: number;
  readonly body: JsonObject | undefined;
  readonly etag: string | undefined;
  /** Azure-AsyncOperation: where the operation's status and error can be read. */
  readonly operationUrl: string | undefined;
  /** Location: where the result of an accepted POST can be read. */
  readonly location: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** x-ms-correlation-request-id: leads to Azure's activity log. */
  readonly correlationId: string | undefined;
}

/** No answer came: the connection broke, timed out, or no token could be had. Whether Azure took the request is unknown. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

/**
 * ARM as raw JSON. Reading, comparing and writing whole documents keeps the fields that the SDK's models do not know,
 * and carries If-Match; the requests go through the SDK clients' own pipelines (identity, TLS, tracing).
 */
export interface ArmClient {
  /** A collection is read to its end. */
  get(id: string, apiVersion: string): Promise<ArmAnswer>;
  put(id: string, apiVersion: string, body: JsonObject, ifMatch?: string): Promise<ArmAnswer>;
  delete(id: string, apiVersion: string): Promise<ArmAnswer>;
  post(path: string, apiVersion: string, body: JsonObject): Promise<ArmAnswer>;
  /** Reads an operation URL. Throws when it leads to another host: the token must not go there. */
  follow(operationUrl: string): Promise<ArmAnswer>;
}

export function armClient(clients: AzureClients): ArmClient {
  const send = async (method: "GET" | "PUT" | "POST" | "DELETE", url: string, body?: JsonObject, ifMatch?: string) => {
    const pipeline = await pipelineFor(clients, url);
    const { createHttpHeaders, createPipelineRequest } = await import("@azure/core-rest-pipeline");
    const request = createPipelineRequest({
      url,
      method,
      timeout: REQUEST_TIMEOUT_MS,
      headers: createHttpHeaders({
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
      }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    try {
      return answerOf(await pipeline.sendRequest(await clients.http(), request));
    } catch (error) {
      throw new NoAnswerError(`${method} ${new URL(url).pathname}: ${messageOf(error)}`, { cause: error });
    }
  };
  const urlOf = (path: string, apiVersion: string): string => `${clients.endpoint}${path}?api-version=${apiVersion}`;
  const follow = (url: string): Promise<ArmAnswer> => {
    const host = new URL(url).host;
    const expected = new URL(clients.endpoint).host;
    if (host !== expected)
      throw new Error(`A URL that Azure named leads to ${host}, not to ${expected}; it is not followed.`);
    return send("GET", url);
  };
  return {
    get: async (id, apiVersion) => allPages(await send("GET", urlOf(id, apiVersion)), follow),
    put: (id, apiVersion, body, ifMatch) => send("PUT", urlOf(id, apiVersion), body, ifMatch),
    delete: (id, apiVersion) => send("DELETE", urlOf(id, apiVersion)),
    post: (path, apiVersion, body) => send("POST", urlOf(path, apiVersion), body),
    follow,
  };
}

/** Each provider goes through its own SDK client, where there is one. */
async function pipelineFor(clients: AzureClients, url: string): Promise<Pipeline> {
  const path = new URL(url).pathname.toLowerCase();
  const lastProvider = path.slice(path.lastIndexOf("/providers/") + "/providers/".length);
  if (lastProvider.startsWith("microsoft.network/")) return (await clients.network()).pipeline;
  if (lastProvider.startsWith("microsoft.containerservice/")) return (await clients.containerService()).pipeline;
  if (lastProvider.startsWith("microsoft.eventgrid/")) return (await clients.eventGrid()).pipeline;
  return clients.plain();
}

function answerOf(response: PipelineResponse): ArmAnswer {
  const header = (name: string): string | undefined => response.headers.get(name);
  return {
    status: response.status,
    body: parseBody(response.bodyAsText),
    etag: header("etag"),
    operationUrl: header("azure-asyncoperation"),
    location: header("location"),
    retryAfterSeconds: retryAfterSeconds(header("retry-after")),
    correlationId: header("x-ms-correlation-request-id"),
  };
}

/** ARM's answers are JSON objects; anything else (a proxy's HTML page) is told by its status alone. */
function parseBody(text: string | null | undefined): JsonObject | undefined {
  if (!text) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** Retry-After in its seconds form, which is the only one ARM sends; a date is ignored and our own pace is kept. */
function retryAfterSeconds(value: string | undefined): number | undefined {
  const seconds = Number(value);
  return value !== undefined && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
