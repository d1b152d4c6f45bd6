import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AccessTokens } from "../managedIdentity/accessTokens.ts";
import { ArmError } from "./armError.ts";
import { handleArmRequest } from "./armGateway.ts";
import { segmentsOf } from "./armPath.ts";
import type { ArmRequest, ArmResponse } from "./armRequest.ts";
import type { ServerCertificate } from "./certificate.ts";
import { cloudMetadata } from "./cloudMetadata.ts";
import { errorResponse } from "./errorResponse.ts";
import { answerLocalDoor } from "./localDoor.ts";
import type { LocalWorld } from "./localWorld.ts";
import { BodyTooLarge, readBody } from "./readBody.ts";
import type { RequestLog } from "./requestLog.ts";
import type { JsonObject, Principal } from "./resourceType.ts";

export interface ArmServerOptions {
  readonly certificate: ServerCertificate;
  readonly tokens: AccessTokens;
  readonly world: () => LocalWorld;
  readonly log: RequestLog;
  readonly port: number;
  /** What the cloud metadata names as the place to log in. */
  readonly loginUrl: string;
  readonly taskFailures: readonly string[];
}

/** What a request came to: an answer, or a broken connection. */
type Outcome = ArmResponse | "reset" | "hang";

/** ARM over HTTPS on loopback. While a request is handled the clock is held. */
export async function startArmServer(options: ArmServerOptions): Promise<Server> {
  const { keyPem, chainPem } = options.certificate;
  const server = createServer({ key: keyPem, cert: chainPem }, (request, response) => {
    const release = options.world().clock.hold();
    response.once("close", release);
    serve(options, request, response).then(
      (outcome) => (outcome === "hang" ? release() : undefined),
      (error: unknown) => {
        console.error(`${request.method} ${request.url} failed:`, error);
        send(
          response,
          errorResponse(new ArmError(500, "InternalServerError", `The local Azure made a mistake: ${String(error)}`)),
        );
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  return server;
}

async function serve(
  options: ArmServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<"hang" | undefined> {
  const url = new URL(`https://x${(request.url ?? "/").replace(/^\/+/, "/")}`);
  const isOwnDoor = url.pathname.startsWith("/_local/");
  const outcome = await answer(options, request, url);
  if (outcome === "hang") return "hang";
  if (outcome === "reset") request.socket.destroy();
  else send(response, isOwnDoor ? outcome : withCommonHeaders(outcome, request));
  return undefined;
}

async function answer(options: ArmServerOptions, request: IncomingMessage, url: URL): Promise<Outcome> {
  const world = options.world();
  const baseUrl = `https://${request.headers.host ?? "localhost"}`;
  try {
    const text = await readBody(request);
    if (url.pathname.startsWith("/_local/")) {
      return answerLocalDoor(
        { world, log: options.log, taskFailures: options.taskFailures },
        request.method ?? "GET",
        url,
        text.toString(),
      );
    }
    if (url.pathname.replace(/\/+$/, "") === "/metadata/endpoints") {
      return {
        status: 200,
        headers: {},
        body: cloudMetadata(baseUrl, options.loginUrl, world.tenantId, url.searchParams.get("api-version") ?? ""),
      };
    }
    return answerArm(options, world, await understand(request, url, text, baseUrl), request.headers.authorization);
  } catch (error) {
    if (error instanceof ArmError) return errorResponse(error);
    if (error instanceof BodyTooLarge) return errorResponse(new ArmError(413, "RequestContentTooLarge", error.message));
    throw error;
  }
}

type Unauthenticated = Omit<ArmRequest, "caller" | "body"> & { readonly bodyText: string };

function understand(request: IncomingMessage, url: URL, text: Buffer, baseUrl: string): Unauthenticated {
  const query = Object.fromEntries([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    segments: segmentsOf(url.pathname),
    query,
    apiVersion: query["api-version"] ?? "",
    bodyText: text.toString(),
    ifMatch: request.headers["if-match"],
    ifNoneMatch: request.headers["if-none-match"],
    baseUrl,
    isInternal: false,
  };
}

function answerArm(
  options: ArmServerOptions,
  world: LocalWorld,
  request: Unauthenticated,
  authorization: string | undefined,
): Outcome {
  let caller: Principal | undefined;
  let outcome: Outcome;
  try {
    caller = authenticate(options, world, authorization, request.baseUrl);
    outcome = perform(world, request, caller);
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    outcome = errorResponse(error);
  }
  record(options.log, world, request, caller, outcome);
  return outcome;
}

function perform(world: LocalWorld, request: Unauthenticated, caller: Principal): Outcome {
  const path = decodeURI(request.path).replace(/\/{2,}/g, "/");
  const fault = world.faults.takeBegin({ method: request.method, path, caller }, false);
  if (fault instanceof ArmError) throw fault;
  if (fault === "reset" || fault === "hang") return fault;
  const { bodyText, ...rest } = request;
  const armRequest: ArmRequest = { ...rest, caller, body: parseBody(bodyText) };
  const response = world.state.turn(() => handleArmRequest(world, armRequest));
  return fault === "loseAnswer" ? "reset" : response;
}

function authenticate(
  options: ArmServerOptions,
  world: LocalWorld,
  authorization: string | undefined,
  baseUrl: string,
): Principal {
  const audiences = ["https://management.azure.com", "https://management.core.windows.net", baseUrl].flatMap((one) => [
    one,
    `${one}/`,
  ]);
  const objectId = options.tokens.check(authorization, audiences, world.clock);
  const principal = world.directory.get(objectId);
  if (principal !== undefined) return principal;
  throw new ArmError(
    401,
    "InvalidAuthenticationToken",
    `The access token is invalid: its principal '${objectId}' does not exist in the directory any more.`,
  );
}

function parseBody(text: string): JsonObject | undefined {
  if (text.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ArmError(
      400,
      "InvalidRequestContent",
      `The request content was invalid and could not be deserialized: '${(error as Error).message}'.`,
    );
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new ArmError(
      400,
      "InvalidRequestContent",
      "The request content was invalid and could not be deserialized: it is not a JSON object.",
    );
  }
  return value as JsonObject;
}

function record(
  log: RequestLog,
  world: LocalWorld,
  request: Unauthenticated,
  caller: Principal | undefined,
  outcome: Outcome,
): void {
  const error = typeof outcome === "string" ? undefined : (outcome.body?.error as JsonObject | undefined);
  log.add({
    method: request.method,
    path: `/${request.segments.join("/")}`,
    apiVersion: request.apiVersion,
    principal: caller?.objectId ?? "",
    status: typeof outcome === "string" ? 0 : outcome.status,
    ...(typeof outcome !== "string" && outcome.status >= 400 && typeof error?.code === "string"
      ? { code: error.code }
      : {}),
    ...(request.ifMatch === undefined ? {} : { ifMatch: request.ifMatch }),
    atEpochMs: world.clock.now(),
  });
}

function withCommonHeaders(response: ArmResponse, request: IncomingMessage): ArmResponse {
  const requestId = randomUUID();
  const given = (name: string): string | undefined => request.headers[name]?.toString();
  const clientRequestId = given("x-ms-client-request-id");
  const echo = given("x-ms-return-client-request-id")?.toLowerCase() === "true" && clientRequestId !== undefined;
  return {
    ...response,
    headers: {
      "cache-control": "no-cache",
      pragma: "no-cache",
      expires: "-1",
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "x-ms-request-id": requestId,
      "x-ms-correlation-request-id": given("x-ms-correlation-request-id") ?? requestId,
      ...(echo ? { "x-ms-client-request-id": clientRequestId } : {}),
      ...response.headers,
    },
  };
}

function send(response: ServerResponse, { status, headers, body }: ArmResponse): void {
  if (response.headersSent || response.destroyed) return;
  if (body === undefined) {
    response.writeHead(status, { ...headers, ...(status === 204 ? {} : { "content-length": "0" }) }).end();
    return;
  }
  const text = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    ...headers,
    "content-type": "application/json; charset=utf-8",
    "content-length": String(text.length),
  });
  response.end(text);
}
