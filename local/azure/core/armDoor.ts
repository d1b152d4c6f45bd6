import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { AccessTokens } from "../managedIdentity/accessTokens.ts";
import { ArmError } from "./armError.ts";
import { handleArmRequest } from "./armGateway.ts";
import { segmentsOf } from "./armPath.ts";
import type { ArmRequest, ArmResponse } from "./armRequest.ts";
import { errorCodeOf, errorResponse } from "./errorResponse.ts";
import { gatewayError } from "./gatewayError.ts";
import type { LocalWorld } from "./localWorld.ts";
import { reportRefusal } from "./reportActivity.ts";
import type { RequestLog } from "./requestLog.ts";
import type { JsonObject, Principal } from "./resourceType.ts";

export interface ArmDoor {
  readonly tokens: AccessTokens;
  readonly world: () => LocalWorld;
  readonly log: RequestLog;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly bodyText: string;
  readonly baseUrl: string;
}

/** What a request came to: an answer, or a connection that is reset or left open for ever. */
export type Outcome = ArmResponse | "reset" | "hang";

type Unauthenticated = Omit<ArmRequest, "caller" | "body">;

/** From HTTP to ARM: who calls, what a fault wants instead, the work as one turn, and a line in the log. */
export function answerArm(door: ArmDoor, http: HttpRequest): Outcome {
  const world = door.world();
  const request = understand(http);
  let caller: Principal | undefined;
  let outcome: Outcome;
  try {
    caller = authenticate(door, world, http);
    outcome = perform(world, request, caller, http);
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    if (caller !== undefined) reportRefused(world, { ...request, caller, body: undefined }, error);
    outcome = errorResponse(error, request.segments);
  }
  record(door.log, world, request, caller, outcome);
  if (typeof outcome === "string") return outcome;
  const { correlationId } = request.origin;
  return { ...outcome, headers: { "x-ms-correlation-request-id": correlationId, ...outcome.headers } };
}

/** What a refused request did has been taken back; that it was refused is remembered. */
function reportRefused(world: LocalWorld, request: ArmRequest, error: ArmError): void {
  world.state.turn(() => reportRefusal(world, request, error));
}

function understand({ method, url, headers, baseUrl }: HttpRequest): Unauthenticated {
  const query = Object.fromEntries([...url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method,
    path: url.pathname,
    segments: segmentsOf(url.pathname),
    query,
    apiVersion: query["api-version"] ?? "",
    ifMatch: headers["if-match"],
    ifNoneMatch: headers["if-none-match"],
    origin: {
      correlationId: headers["x-ms-correlation-request-id"]?.toString() ?? randomUUID(),
      clientRequestId: headers["x-ms-client-request-id"]?.toString() ?? "",
      clientIpAddress: "127.0.0.1",
    },
    baseUrl,
    isInternal: false,
  };
}

function perform(world: LocalWorld, request: Unauthenticated, caller: Principal, http: HttpRequest): Outcome {
  const path = `/${request.segments.join("/")}`;
  const fault = world.faults.takeBegin({ method: request.method, path, caller, ifMatch: request.ifMatch }, false);
  if (fault instanceof ArmError) throw fault;
  if (fault === "reset" || fault === "hang") return fault;
  const response = world.state.turn(() => handleArmRequest(world, { ...request, caller, body: parseBody(http) }));
  return fault === "loseAnswer" ? "reset" : response;
}

function authenticate({ tokens }: ArmDoor, world: LocalWorld, { headers, baseUrl }: HttpRequest): Principal {
  const hosts = ["https://management.azure.com", "https://management.core.windows.net", baseUrl];
  const audiences = hosts.flatMap((host) => [host, `${host}/`]);
  const objectId = tokens.check(headers.authorization, audiences, world.clock);
  const principal = world.directory.get(objectId);
  if (principal !== undefined) return principal;
  throw gatewayError(
    401,
    "InvalidAuthenticationToken",
    `The access token is invalid: its principal '${objectId}' does not exist in the directory any more.`,
  );
}

/** ARM takes JSON that says so; clients that forget the header are told (github.com/Azure/azure-cli/issues/28494). */
function parseBody({ bodyText: text, headers }: HttpRequest): JsonObject | undefined {
  if (text.trim() === "") return undefined;
  const mediaType = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() || "<null>";
  if (mediaType !== "application/json") {
    throw gatewayError(
      415,
      "UnsupportedMediaType",
      `The content media type '${mediaType}' is not supported. Only 'application/json' is supported.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidContent(`'${(error as Error).message}'`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw invalidContent("it is not a JSON object");
  return value as JsonObject;
}

function invalidContent(why: string): ArmError {
  const message = `The request content was invalid and could not be deserialized: ${why}.`;
  return gatewayError(400, "InvalidRequestContent", message);
}

function record(
  log: RequestLog,
  world: LocalWorld,
  request: Unauthenticated,
  caller: Principal | undefined,
  outcome: Outcome,
): void {
  const status = typeof outcome === "string" ? 0 : outcome.status;
  const code = typeof outcome === "string" ? undefined : errorCodeOf(outcome.body);
  log.add({
    method: request.method,
    path: `/${request.segments.join("/")}`,
    apiVersion: request.apiVersion,
    principal: caller?.objectId ?? "",
    status,
    ...(status >= 400 && code !== undefined ? { code } : {}),
    ...(request.ifMatch === undefined ? {} : { ifMatch: request.ifMatch }),
    atEpochMs: world.clock.now(),
  });
}
