import type { AzureWorld, StoredResource } from "../core/resourceType.ts";
import { textField } from "../kubernetes/jsonFields.ts";
import { fromInternet } from "../network/fromInternet.ts";
import { routeThroughGateway } from "../network/routeThroughGateway.ts";

export interface InternetRequest {
  /** Where the name resolved to. */
  readonly address: string;
  /** Host header, with the port where it is not the usual one. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** The address that the server sees. */
  readonly sourceAddress: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface InternetResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Why, in one sentence that names what decided. */
  readonly reason: string;
}

/**
 * What an address of the internet answers to a request that has reached it. Public addresses of this subscription lead
 * to what stands behind them; every other public address is a server that answers 200 to everything.
 */
export function answerOfInternet(
  world: AzureWorld,
  request: InternetRequest,
): InternetResponse | "refused" | "dropped" {
  const own = publicAddressNamed(world, request.address);
  if (own === undefined) {
    return {
      status: 200,
      headers: { "content-type": "text/plain" },
      body: "ok\n",
      reason: "a server of the simulated internet",
    };
  }
  const arrival = fromInternet(world, {
    clientAddress: request.sourceAddress,
    destinationAddress: request.address,
    port: request.port,
  });
  const gateway = arrival.gatewayId === undefined ? undefined : world.store.get(arrival.gatewayId);
  if (!arrival.allowed || gateway === undefined) return "dropped";
  return routeThroughGateway(world, gateway, {
    host: request.host,
    path: request.path,
    port: request.port,
    clientAddress: request.sourceAddress,
    headers: request.headers,
  });
}

function publicAddressNamed(world: AzureWorld, address: string): StoredResource | undefined {
  return world.store
    .list("Microsoft.Network/publicIPAddresses", `/subscriptions/${world.subscriptionId}`)
    .find((resource) => textField(resource.body, "properties", "ipAddress") === address);
}
