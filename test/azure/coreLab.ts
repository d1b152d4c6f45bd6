import { Agent, request as httpsRequest } from "node:https";
import type { JsonObject, Principal } from "../../local/azure/core/resourceType.ts";
import { type LocalAzure, type LocalAzureOptions, startLocalAzure } from "../../local/azure/localAzure.ts";
import { VirtualClock } from "../../local/clock.ts";

/** Wednesday, 4 November 2026, noon: where virtual time starts. */
export const START = Date.UTC(2026, 10, 4, 12);

/** Tokens live for a day of virtual time. */
const TOKEN_REUSE_MS = 12 * 3_600_000;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  /** "404 ResourceNotFound", or just the status. */
  readonly outcome: string;
}

export interface SendOptions {
  readonly as?: Principal;
  readonly body?: JsonObject | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the api-version that is sent otherwise; "" sends none. */
  readonly apiVersion?: string;
}

/** A local Azure in virtual time, asked over its own HTTPS door by a client that knows nothing of ARM. */
export interface CoreLab {
  readonly azure: LocalAzure;
  readonly clock: VirtualClock;
  /** "/subscriptions/{id}" */
  readonly subscription: string;
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  token(principal: Principal, resource?: string): Promise<string>;
  /** Makes a resource group and returns its id. */
  group(name: string, location?: string): Promise<string>;
  /** Makes a user-assigned identity in a group and returns the principal behind it. */
  identity(groupId: string, name: string): Promise<Principal & { readonly resourceId: string }>;
  /** Gives a role by its guid at a scope, and waits until it counts. */
  grant(principal: Principal, role: string, scope: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startCoreLab(options: Partial<LocalAzureOptions> = {}): Promise<CoreLab> {
  const clock = (options.clock as VirtualClock | undefined) ?? new VirtualClock(START);
  const azure = await startLocalAzure({ ...options, clock });
  const agent = new Agent({ keepAlive: true, ca: azure.caPem });
  const tokens = new Map<string, { readonly text: string; readonly atEpochMs: number }>();
  const subscription = `/subscriptions/${azure.subscriptionId}`;

  const lab: CoreLab = {
    azure,
    clock,
    subscription,
    async send(method, path, { as = azure.operator, body, headers = {}, apiVersion = "2024-05-01" } = {}) {
      const known = tokens.get(as.objectId);
      const isFresh = known !== undefined && clock.now() - known.atEpochMs < TOKEN_REUSE_MS;
      const token = isFresh ? known.text : await lab.token(as);
      if (!isFresh) tokens.set(as.objectId, { text: token, atEpochMs: clock.now() });
      const version = apiVersion === "" ? "" : `${path.includes("?") ? "&" : "?"}api-version=${apiVersion}`;
      const all = { authorization: `Bearer ${token}`, ...headers };
      return exchange(agent, method, `${azure.armUrl}${path}${version}`, all, body);
    },
    async token(principal, resource = "https://management.azure.com") {
      const query = new URLSearchParams({ "api-version": "2019-08-01", resource, client_id: principal.appId });
      const answer = await fetch(`${azure.tokenUrl}?${query}`, {
        headers: { "x-identity-header": azure.identityHeader },
      });
      const { access_token } = (await answer.json()) as { access_token?: string };
      if (access_token === undefined) throw new Error(`No token for ${principal.displayName}: ${answer.status}`);
      return access_token;
    },
    async group(name, location = "westeurope") {
      const answer = await lab.send("PUT", `${subscription}/resourceGroups/${name}`, { body: { location } });
      return String(answer.body.id);
    },
    async identity(groupId, name) {
      const path = `${groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
      const { body } = await lab.send("PUT", path, { body: { location: "westeurope" } });
      const { principalId, clientId } = body.properties as Record<string, string>;
      return {
        objectId: String(principalId),
        appId: String(clientId),
        kind: "ServicePrincipal",
        displayName: name,
        resourceId: String(body.id),
      };
    },
    async grant(principal, role, scope) {
      const roleDefinitionId = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
      const properties = { roleDefinitionId, principalId: principal.objectId, principalType: "ServicePrincipal" };
      const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${azure.world.newGuid()}`;
      const answer = await lab.send("PUT", path, { body: { properties } });
      if (answer.status !== 201) throw new Error(`The role was not given: ${answer.outcome}`);
      await clock.advance(31_000);
    },
    async stop() {
      agent.destroy();
      await azure.stop();
    },
  };
  return lab;
}

export const ROLE = {
  contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  networkContributor: "4d97b98b-1d4f-4787-a291-c67834d212e7",
} as const;

/** The error object of an answer. */
export function errorOf(answer: Answer): {
  readonly code: string;
  readonly message: string;
  readonly details: JsonObject[];
} {
  return answer.body.error as unknown as { code: string; message: string; details: JsonObject[] };
}

function exchange(
  agent: Agent,
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: JsonObject | string | undefined,
): Promise<Answer> {
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  const type = text === undefined ? {} : { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, { method, agent, headers: { ...type, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const raw = Buffer.concat(chunks).toString();
        const parsed = (raw === "" ? {} : JSON.parse(raw)) as JsonObject;
        const status = response.statusCode ?? 0;
        const code = (parsed.error as JsonObject | undefined)?.code;
        resolve({
          status,
          headers: response.headers as Record<string, string>,
          body: parsed,
          outcome: code === undefined ? String(status) : `${status} ${code}`,
        });
      });
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(text);
  });
}
