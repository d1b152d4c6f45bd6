import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { listen } from "../../listen.ts";
import { type ArmDoor, answerArm, type Outcome } from "./armDoor.ts";
import { ArmError } from "./armError.ts";
import type { ArmResponse } from "./armRequest.ts";
import type { ServerCertificate } from "./certificate.ts";
import { cloudMetadata } from "./cloudMetadata.ts";
import { errorResponse } from "./errorResponse.ts";
import { answerLocalDoor } from "./localDoor.ts";
import type { LocalWorld } from "./localWorld.ts";
import { BodyTooLarge, readBody } from "./readBody.ts";

export interface ArmServerOptions extends ArmDoor {
  readonly certificate: ServerCertificate;
  readonly port: number;
  /** What the cloud metadata names as the place to log in. */
  readonly loginUrl: string;
  readonly taskFailures: readonly string[];
}

/** ARM over HTTPS on loopback. While a request is handled the clock is held. */
export async function startArmServer(options: ArmServerOptions): Promise<Server> {
  const { keyPem, chainPem } = options.certificate;
  const server = createServer({ key: keyPem, cert: chainPem }, (request, response) => {
    const release = options.world().clock.hold();
    response.once("close", release);
    serve(options, request, response).then(
      (outcome) => (outcome === "hang" ? release() : undefined),
      (error: unknown) => reportMistake(request, response, error),
    );
  });
  await listen(server, options.port);
  return server;
}

async function serve(options: ArmServerOptions, request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
  const url = new URL(`https://x${(request.url ?? "/").replace(/^\/+/, "/")}`);
  const outcome = await answer(options, request, url);
  if (outcome === "reset") request.socket.destroy();
  else if (outcome !== "hang") send(response, withCommonHeaders(outcome, request, options.world().clock.now()));
  return outcome;
}

async function answer(options: ArmServerOptions, request: IncomingMessage, url: URL): Promise<Outcome> {
  const method = request.method ?? "GET";
  const baseUrl = `https://${request.headers.host ?? "localhost"}`;
  try {
    const bodyText = (await readBody(request)).toString();
    if (url.pathname.startsWith("/_local/")) {
      return answerLocalDoor({ ...options, world: options.world() }, method, url, bodyText);
    }
    if (url.pathname.replace(/\/+$/, "") === "/metadata/endpoints") {
      const apiVersion = url.searchParams.get("api-version") ?? "";
      const body = cloudMetadata(baseUrl, options.loginUrl, options.world().tenantId, apiVersion);
      return { status: 200, headers: {}, body };
    }
    const page = method === "GET" ? publicPage(options.world(), url) : undefined;
    if (page !== undefined) return { ...page, headers: {} };
    const service = serviceAt(options.world(), url);
    if (service !== undefined) {
      const { tokens } = options;
      return service(options.world(), { method, url, headers: request.headers, bodyText, tokens });
    }
    return answerArm(options, { method, url, bodyText, baseUrl, headers: request.headers });
  } catch (error) {
    if (error instanceof ArmError) return errorResponse(error);
    if (error instanceof BodyTooLarge) {
      // The rest of the body is never read, so the connection ends here; a client that is not told would use it again.
      const headers = { connection: "close" };
      return errorResponse(new ArmError(413, "RequestContentTooLarge", error.message, { headers }));
    }
    throw error;
  }
}

/** What a module shows to everybody at that path, as one turn. */
function publicPage(world: LocalWorld, url: URL) {
  for (const { publicPages } of world.registry.modules) {
    const show = publicPages?.[url.pathname];
    if (show !== undefined) return world.state.turn(() => show(url.searchParams, world));
  }
  return undefined;
}

function serviceAt(world: LocalWorld, url: URL) {
  const segment = url.pathname.split("/")[1] ?? "";
  return world.registry.modules.flatMap(({ services }) => services?.[segment] ?? [])[0];
}

/** A client that went away is nobody's mistake; everything else that is thrown here is ours. */
function reportMistake(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (request.errored !== null || response.destroyed) return;
  console.error(`${request.method} ${request.url} failed:`, error);
  const message = `The local Azure made a mistake: ${String(error)}`;
  send(response, errorResponse(new ArmError(500, "InternalServerError", message)));
}

function withCommonHeaders(response: ArmResponse, request: IncomingMessage, nowEpochMs: number): ArmResponse {
  const given = (name: string): string | undefined => request.headers[name]?.toString();
  const correlation = "x-ms-correlation-request-id";
  const correlationId = response.headers[correlation] ?? given(correlation) ?? randomUUID();
  const requestId = given(correlation) === undefined ? correlationId : randomUUID();
  const clientRequestId = given("x-ms-client-request-id");
  const echo = given("x-ms-return-client-request-id")?.toLowerCase() === "true" && clientRequestId !== undefined;
  return {
    ...response,
    headers: {
      date: new Date(nowEpochMs).toUTCString(),
      "cache-control": "no-cache",
      pragma: "no-cache",
      expires: "-1",
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "x-ms-request-id": requestId,
      [correlation]: correlationId,
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
  const type = "application/json; charset=utf-8";
  response.writeHead(status, { ...headers, "content-type": type, "content-length": String(text.length) });
  response.end(text);
}
