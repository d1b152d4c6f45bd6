import { randomUUID } from "node:crypto";
import type { LocalWorld } from "../core/localWorld.ts";
import type { JsonObject, Principal } from "../core/resourceType.ts";
import { answerQuery } from "./answerQuery.ts";
import type { QueryEngine } from "./kql/queryEngine.ts";
import { badArgument, LogsError } from "./logsError.ts";
import type { QueryScope } from "./queryScope.ts";

/** A request whose caller is known. */
export interface Understood {
  readonly engine: QueryEngine;
  readonly world: LocalWorld;
  readonly caller: Principal;
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly contentType: string;
  readonly prefer: string;
  readonly text: string;
}

/**
 * The answer to a request; undefined for the empty one that a POST without a JSON body gets. A verb that is not supported is
 * a path that does not exist. Source: learn.microsoft.com/azure/azure-monitor/logs/api/errors, checked 2026-11.
 */
export function dispatchQuery(understood: Understood): JsonObject | undefined {
  const { path, method, parameters, prefer, text } = understood;
  const isBatch = /^\/v1\/\$batch\/?$/.test(path);
  const scope = isBatch ? undefined : scopeOf(path);
  if ((!isBatch && scope === undefined) || !(method === "POST" || (method === "GET" && !isBatch))) throw pathNotFound();
  if (method === "GET") return scope && answerQuery({ ...understood, scope, given: { body: {}, parameters, prefer } });
  if (text.trim() === "" || !/^application\/([\w.-]+\+)?json\b/i.test(understood.contentType)) return undefined;
  const body = parseBody(text);
  return scope === undefined
    ? batch(understood, body)
    : answerQuery({ ...understood, scope, given: { body, parameters, prefer } });
}

/** /v1/workspaces/{id}/query, or /v1/{resource id}/query. */
function scopeOf(path: string): QueryScope | undefined {
  const workspace = /^\/v1\/workspaces\/([^/]+)\/query\/?$/.exec(path)?.[1];
  if (workspace !== undefined) return { kind: "workspace", name: decodeURIComponent(workspace) };
  const resource = /^\/v1\/+(subscriptions\/.+?)\/query\/?$/i.exec(decodeURIComponent(path))?.[1];
  return resource === undefined ? undefined : { kind: "resource", resourceId: `/${resource}` };
}

function pathNotFound(): LogsError {
  return new LogsError(404, "PathNotFoundError", "The requested path does not exist");
}

/** Each member has an end of its own. Source: learn.microsoft.com/azure/azure-monitor/logs/api/batch-queries, checked 2026-11. */
function batch(understood: Understood, body: JsonObject): JsonObject {
  const requests = Array.isArray(body.requests) ? (body.requests as JsonObject[]) : [];
  const ids = requests.map(({ id }) => id);
  if (requests.length === 0 || ids.some((id) => typeof id !== "string") || new Set(ids).size < ids.length)
    throw badArgument({ code: "BadArgument", message: "Every request of a batch needs an id of its own" });
  return { responses: requests.map((one) => ({ id: one.id ?? "", ...partOfBatch(() => member(understood, one)) })) };
}

/** GET when it does not say; then its body is passed over, and the query stands in its path. */
function member(understood: Understood, one: JsonObject): JsonObject {
  const [path, search = ""] = String(one.path ?? "/query").split("?");
  const method = String(one.method ?? "GET").toUpperCase();
  if (path !== "/query" || (method !== "GET" && method !== "POST")) throw pathNotFound();
  const headers = (one.headers ?? {}) as JsonObject;
  const body = method === "POST" ? ((one.body ?? {}) as JsonObject) : {};
  const prefer = String(headers.prefer ?? headers.Prefer ?? "");
  const scope: QueryScope = { kind: "workspace", name: String(one.workspace ?? "") };
  return answerQuery({ ...understood, scope, given: { body, parameters: new URLSearchParams(search), prefer } });
}

function partOfBatch(work: () => JsonObject): JsonObject {
  try {
    return { status: 200, body: work() };
  } catch (error) {
    if (!(error instanceof LogsError)) throw error;
    return { status: error.status, body: error.body(randomUUID()) };
  }
}

function parseBody(text: string): JsonObject {
  let message = "The body is no object";
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as JsonObject;
  } catch (error) {
    message = (error as Error).message;
  }
  const details = [{ code: "InvalidJsonBody", message, target: null }];
  throw badArgument({ code: "QueryValidationError", message: "Failed parsing the query", details });
}
