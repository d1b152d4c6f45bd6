import { ArmError } from "../core/armError.ts";
import type { ArmOperation, AzureWorld, JsonObject } from "../core/resourceType.ts";
import { probeServer } from "./backendServer.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { poolsInUse, serversOf } from "./gatewayRouting.ts";
import { textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { servedGateway } from "./servedConfiguration.ts";

export const backendHealthTask = "network.backendHealth";

/** POST {gateway}/backendhealth: 202 with a Location that answers once the probes have come back. */
export const backendHealthOperation: ArmOperation = {
  method: "POST",
  path: `{${networkType.applicationGateway}}/backendhealth`,
  action: `${networkType.applicationGateway}/backendhealth/action`,
  handle: ({ resource }) => {
    if (resource === undefined) throw new Error("backendhealth was asked for without a gateway; the path names one.");
    if (textAt(resource.body, "properties.operationalState") !== "Running") {
      throw new ArmError(
        409,
        "ApplicationGatewayNotRunning",
        `Application Gateway ${resource.id} is not running yet. Wait until its creation has ended.`,
      );
    }
    return {
      acceptedForSeconds: durations.backendHealth,
      resultTask: backendHealthTask,
      data: { gatewayId: resource.id },
      retryAfterSeconds: retryAfterSeconds.short,
    };
  },
};

/** Probes every server of every pool in use, as things stand now. */
export function backendHealth(
  data: JsonObject,
  world: AzureWorld,
): { readonly status: number; readonly body?: JsonObject } {
  const gatewayId = textAt(data, "gatewayId") ?? "";
  const configured = world.store.get(gatewayId);
  if (configured === undefined) {
    const error = new ArmError(
      404,
      "ResourceNotFound",
      `Application Gateway ${gatewayId} was deleted before its backend health was known.`,
    );
    return { status: error.status, body: { error: error.toJson() } };
  }
  const gateway = servedGateway(configured);
  const pairs = poolsInUse(gateway.body);
  const pools = [...new Set(pairs.map(({ pool }) => textAt(pool, "id") ?? ""))];
  return {
    status: 200,
    body: {
      backendAddressPools: pools.map((poolId) => ({
        backendAddressPool: { id: poolId },
        backendHttpSettingsCollection: pairs
          .filter(({ pool }) => textAt(pool, "id") === poolId)
          .map(({ pool, settings }) => ({
            backendHttpSettings: { id: textAt(settings, "id") },
            servers: serversOf(pool).map((server) => {
              const health = probeServer(world, gateway, server, settings);
              return { address: health.address, health: health.health, healthProbeLog: health.log };
            }),
          })),
      })),
    },
  };
}
