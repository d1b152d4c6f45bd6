import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { listen } from "../../listen.ts";
import type { LocalWorld } from "../core/localWorld.ts";
import { readBody } from "../core/readBody.ts";
import { sameText } from "../core/sameText.ts";
import type { AccessTokens } from "./accessTokens.ts";

/**
 * The identity endpoint that Azure puts beside an app, on loopback and without TLS. Three forms of asking:
 *   App Service 2019-08-01   GET  /msi/token?api-version=2019-08-01&resource=…   X-IDENTITY-HEADER: …
 *   App Service 2017-09-01   GET or POST with api-version=2017-09-01             secret: …
 *   virtual machine          GET  /metadata/identity/oauth2/token?resource=…     Metadata: true
 *   virtual machine, older   POST /oauth2/token (form)                           Metadata: true
 * Which identity answers is chosen with client_id, object_id or mi_res_id; without, it is the app's. Every identity in the
 * directory can be asked for: on a machine that stands for all of Azure, each of them is somewhere at home.
 */
export interface TokenServerOptions {
  readonly tokens: AccessTokens;
  readonly world: () => LocalWorld;
  /** The secret that the App Service forms need. */
  readonly identityHeader: string;
  /** Client id of the identity that answers when none is chosen. */
  readonly defaultClientId: string;
  readonly port: number;
}

export async function startTokenServer(
  options: TokenServerOptions,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => refuse(response, 500, String(error)));
  });
  await listen(server, options.port);
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/msi/token` };
}

async function answer(options: TokenServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const release = options.world().clock.hold();
  response.once("close", release);
  const url = new URL(`http://x${(request.url ?? "/").replace(/^\/+/, "/")}`);
  const parameters = url.searchParams;
  if (request.method === "POST") {
    for (const [name, value] of new URLSearchParams((await readBody(request)).toString())) parameters.set(name, value);
  } else if (request.method !== "GET") {
    return refuse(response, 405, `The method ${request.method} is not supported.`);
  }
  const isMachineForm = request.headers.metadata?.toString().toLowerCase() === "true";
  const secret = request.headers["x-identity-header"] ?? request.headers.secret;
  if (!isMachineForm && secret !== options.identityHeader) {
    return refuse(response, 401, "The header X-IDENTITY-HEADER (or secret, or Metadata: true) is missing or wrong.");
  }
  const resource = parameters.get("resource") ?? parameters.get("scope")?.replace(/\/\.default$/, "");
  if (!resource) return refuse(response, 400, "The parameter 'resource' is missing.");
  const world = options.world();
  const principal = chosenPrincipal(world, parameters, options.defaultClientId);
  if (principal === undefined)
    return refuse(response, 400, "No managed identity was found for the given client_id, object_id or mi_res_id.");
  const token = options.tokens.issue(principal, resource, world.clock, principal.resourceId);
  const isOldForm = parameters.get("api-version") === "2017-09-01";
  send(response, 200, {
    access_token: token.accessToken,
    client_id: principal.appId,
    expires_in: String(token.lifetimeSeconds),
    expires_on: isOldForm ? oldDate(token.expiresOnEpochSeconds) : String(token.expiresOnEpochSeconds),
    not_before: String(token.expiresOnEpochSeconds - token.lifetimeSeconds),
    resource,
    token_type: "Bearer",
  });
}

function chosenPrincipal(world: LocalWorld, parameters: URLSearchParams, defaultClientId: string) {
  const clientId = parameters.get("client_id") ?? parameters.get("clientid");
  const objectId = parameters.get("object_id") ?? parameters.get("principal_id");
  const resourceId = parameters.get("mi_res_id") ?? parameters.get("msi_res_id");
  if (objectId) return world.directory.get(objectId);
  if (resourceId) return world.directory.find((one) => sameText(one.resourceId ?? "", resourceId));
  return world.directory.find((one) => sameText(one.appId, clientId || defaultClientId));
}

/** "11/23/2026 14:05:09 +00:00": the date form of the 2017-09-01 protocol. */
function oldDate(epochSeconds: number): string {
  const [date = "", time = ""] = new Date(epochSeconds * 1000).toISOString().split("T");
  const [year, month, day] = date.split("-");
  return `${month}/${day}/${year} ${time.slice(0, 8)} +00:00`;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const error = status === 401 ? "unauthorized" : "invalid_request";
  send(response, status, { statusCode: status, message, error, error_description: message });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}
