import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { listen } from "../../listen.ts";
import { ArmError } from "../core/armError.ts";
import type { ServerCertificate } from "../core/certificate.ts";
import type { LocalWorld } from "../core/localWorld.ts";
import { readBody } from "../core/readBody.ts";
import type { RequestLog } from "../core/requestLog.ts";
import type { JsonObject, Principal } from "../core/resourceType.ts";
import type { AccessTokens } from "../managedIdentity/accessTokens.ts";
import { dispatchQuery } from "./dispatchQuery.ts";
import type { QueryEngine } from "./kql/queryEngine.ts";
import { LogsError } from "./logsError.ts";
import { QueryThrottle } from "./queryThrottle.ts";

/** Either host of the service, as the audience of a token. Source: learn.microsoft.com/azure/azure-monitor/logs/api/access-api, checked 2026-11. */
const AUDIENCES = ["https://api.loganalytics.io", "https://api.loganalytics.azure.com"].flatMap((host) => [
  host,
  `${host}/`,
]);

export interface LogsServerOptions {
  readonly certificate: ServerCertificate;
  readonly tokens: AccessTokens;
  readonly world: () => LocalWorld;
  readonly log: RequestLog;
  readonly engine: QueryEngine;
  readonly port: number;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for an empty one. */
  readonly body: JsonObject | undefined;
}

type Outcome = Answer | "reset" | "hang";

/** The query service of Log Analytics over HTTPS on loopback. While a request is handled the clock is held. */
export async function startLogsServer(options: LogsServerOptions): Promise<Server> {
  const { keyPem, chainPem } = options.certificate;
  const throttle = new QueryThrottle();
  const server = createServer({ key: keyPem, cert: chainPem }, (request, response) => {
    const release = options.world().clock.hold();
    response.once("close", release);
    serve({ ...options, throttle }, request, response).then(
      (outcome) => (outcome === "hang" ? release() : undefined),
      (error: unknown) => reportMistake(request, response, error),
    );
  });
  await listen(server, options.port);
  return server;
}

type Door = LogsServerOptions & { readonly throttle: QueryThrottle };

async function serve(door: Door, request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
  const { pathname: path, searchParams } = new URL(`https://x${(request.url ?? "/").replace(/^\/+/, "/")}`);
  const text = (await readBody(request)).toString();
  const outcome = answer(door, request, { path, parameters: searchParams, text });
  if (outcome === "reset") request.socket.destroy();
  else if (outcome !== "hang") send(response, outcome);
  return outcome;
}

interface Content {
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly text: string;
}

function answer(door: Door, request: IncomingMessage, content: Content): Outcome {
  const { path } = content;
  const world = door.world();
  let caller: Principal | undefined;
  let outcome: Outcome;
  try {
    caller = authenticate(door, world, request);
    const method = request.method ?? "GET";
    const fault = world.faults.takeBegin({ method, path, caller, isRead: true }, false);
    if (fault instanceof ArmError) throw fault;
    if (fault === "reset" || fault === "hang") outcome = fault;
    else {
      door.throttle.take(caller.objectId, world.clock.now());
      const body = dispatchQuery({
        ...content,
        engine: door.engine,
        world,
        caller,
        method,
        contentType: request.headers["content-type"] ?? "",
        prefer: request.headers.prefer?.toString() ?? "",
      });
      outcome = fault === "loseAnswer" ? "reset" : { status: 200, headers: {}, body };
    }
  } catch (error) {
    const known = error instanceof ArmError ? asLogsError(error) : error;
    if (!(known instanceof LogsError)) throw error;
    outcome = { status: known.status, headers: known.headers, body: known.body(randomUUID()) };
  }
  record(door, request.method ?? "GET", path, caller, outcome);
  return outcome;
}

/** A fault that a script wants, in the words of this service. */
function asLogsError({ status, code, message, headers }: ArmError): LogsError {
  return new LogsError(status, code, message, { headers: headers ?? {} });
}

/** 403 and not 401 for a token that is none of this service's. Source: github.com/Azure/azure-sdk-for-js/pull/15399, seen with a wrong audience. */
function authenticate({ tokens }: Door, world: LocalWorld, { headers }: IncomingMessage): Principal {
  if (headers.authorization === undefined)
    throw new LogsError(401, "AuthorizationRequiredError", "Valid authentication was not provided");
  try {
    const principal = world.directory.get(tokens.check(headers.authorization, AUDIENCES, world.clock));
    if (principal !== undefined) return principal;
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    const innererror = { code: error.code, message: error.message };
    throw new LogsError(403, "InvalidTokenError", "The provided authentication is not valid for this resource", {
      innererror,
      headers: error.headers ?? {},
    });
  }
  throw new LogsError(403, "InvalidTokenError", "The provided authentication is not valid for this resource");
}

function record(door: Door, method: string, path: string, caller: Principal | undefined, outcome: Outcome): void {
  const isAnswer = typeof outcome !== "string";
  const code = isAnswer ? ((outcome.body?.error as JsonObject | undefined)?.code ?? undefined) : undefined;
  door.log.add({
    method,
    path,
    apiVersion: "v1",
    principal: caller?.objectId ?? "",
    status: isAnswer ? outcome.status : 0,
    ...(typeof code === "string" ? { code } : {}),
    atEpochMs: door.world().clock.now(),
  });
}

function reportMistake(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (request.errored !== null || response.destroyed) return;
  console.error(`${request.method} ${request.url} failed:`, error);
  const body = new LogsError(500, "InternalServerError", `The local Azure made a mistake: ${String(error)}`).body("");
  send(response, { status: 500, headers: {}, body });
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const text = Buffer.from(body === undefined ? "" : JSON.stringify(body));
  const type = "application/json; charset=utf-8";
  response.writeHead(status, { ...headers, "content-type": type, "content-length": String(text.length) });
  response.end(text);
}
