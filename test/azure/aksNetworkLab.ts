import type { JsonObject } from "../../local/azure/core/resourceType.ts";
import { startLocalAzure } from "../../local/azure/localAzure.ts";
import { VirtualClock } from "../../local/clock.ts";
import { API_VERSION, LOCATION, type NetworkLab } from "./networkLab.ts";

/** Wednesday, 4 November 2026, noon: where virtual time starts. */
const START = Date.UTC(2026, 10, 4, 12);

/** A network lab whose local Azure keeps its state in a file, so that it can be started again. */
export async function startKeptNetworkLab(statePath: string): Promise<NetworkLab> {
  const clock = new VirtualClock(START);
  const azure = await startLocalAzure({ clock, seed: 7, statePath });
  const group = `/subscriptions/${azure.subscriptionId}/resourceGroups/lab`;
  const id = (path: string) => `${group}/providers/Microsoft.Network/${path}`;
  const send = (method: "GET" | "PUT" | "DELETE", path: string, body?: JsonObject) =>
    azure.world.armRequest({
      principal: azure.operator,
      method,
      path,
      apiVersion: API_VERSION,
      ...(body === undefined ? {} : { body }),
    });
  const settle = () => clock.advance(1_000_000);
  const put = (path: string, body: JsonObject) => String(send("PUT", id(path), { location: LOCATION, ...body }).status);
  send("PUT", group, { location: LOCATION });
  return {
    azure,
    clock,
    world: azure.world,
    group,
    id,
    put,
    settle,
    async make(path, body) {
      const answer = put(path, body);
      if (!answer.startsWith("20")) throw new Error(`PUT ${path}: ${answer}`);
      await settle();
      return send("GET", id(path)).body ?? {};
    },
    async remove(path) {
      const answer = String(send("DELETE", id(path)).status);
      await settle();
      return answer;
    },
    get: (path) => send("GET", id(path)).body ?? {},
    stop: () => azure.stop(),
  };
}
