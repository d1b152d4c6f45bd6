import type { AzureWorld, JsonObject } from "../../local/azure/core/resourceType.ts";
import { type LocalAzure, startLocalAzure } from "../../local/azure/localAzure.ts";
import { VirtualClock } from "../../local/clock.ts";

/** Wednesday, 4 November 2026, noon: where virtual time starts. */
const START = Date.UTC(2026, 10, 4, 12);

export const LOCATION = "westeurope";
export const API_VERSION = "2024-05-01";

/** A local Azure with one resource group, written to as the subscription's owner without HTTP in between. */
export interface NetworkLab {
  readonly azure: LocalAzure;
  readonly clock: VirtualClock;
  readonly world: AzureWorld;
  /** "/subscriptions/…/resourceGroups/lab" */
  readonly group: string;
  /** Id of a Microsoft.Network resource in the group: `id("virtualNetworks/hub")`. */
  id(path: string): string;
  /** PUTs and waits until the operation has ended; throws when it was refused. Returns the resource as it is then. */
  make(path: string, body: JsonObject, apiVersion?: string): Promise<JsonObject>;
  /** PUTs and says how it was refused: "400 Code" (or "201" when it was not). Waits for nothing. */
  put(path: string, body: JsonObject, apiVersion?: string): string;
  /** DELETEs, waits, and says how it was answered. */
  remove(path: string): Promise<string>;
  get(path: string): JsonObject;
  /** Lets all running operations end. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export async function startNetworkLab(): Promise<NetworkLab> {
  const clock = new VirtualClock(START);
  const azure = await startLocalAzure({ clock, seed: 7 });
  const group = `/subscriptions/${azure.subscriptionId}/resourceGroups/lab`;
  const send = (method: "GET" | "PUT" | "DELETE", id: string, body?: JsonObject, apiVersion = API_VERSION) =>
    azure.world.armRequest({
      principal: azure.operator,
      method,
      path: id,
      apiVersion,
      ...(body === undefined ? {} : { body }),
    });
  send("PUT", group, { location: LOCATION }, "2024-03-01");
  const id = (path: string) => `${group}/providers/Microsoft.Network/${path}`;
  const settle = () => clock.advance(1_000_000);
  const put = (path: string, body: JsonObject, apiVersion?: string) =>
    outcome(send("PUT", id(path), located(path, body), apiVersion));
  return {
    azure,
    clock,
    world: azure.world,
    group,
    id,
    put,
    settle,
    async make(path, body, apiVersion) {
      const answer = put(path, body, apiVersion);
      if (!answer.startsWith("20")) throw new Error(`PUT ${path}: ${answer}`);
      await settle();
      return send("GET", id(path)).body ?? {};
    },
    async remove(path) {
      const answer = outcome(send("DELETE", id(path)));
      await settle();
      return answer;
    },
    get: (path) => send("GET", id(path)).body ?? {},
    stop: () => azure.stop(),
  };
}

/** Top-level resources have a location; children have none. */
function located(path: string, body: JsonObject): JsonObject {
  return path.split("/").length === 2 ? { location: LOCATION, ...body } : body;
}

function outcome(answer: { readonly status: number; readonly body?: JsonObject }): string {
  const error = answer.body?.error as JsonObject | undefined;
  return error === undefined ? String(answer.status) : `${answer.status} ${error.code}`;
}
