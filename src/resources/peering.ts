import type { JsonObject } from "../domain/json.ts";
import { ids } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

export const hubToSpokePeering: ResourceDefinition = {
  apiVersion: apiVersions.network,
  createdWith: { parentApiVersion: apiVersions.network },
  id: ids.hubToSpokePeering,
  desired: (spec) => peeringBody(ids.spoke(spec)),
};

export const spokeToHubPeering: ResourceDefinition = {
  apiVersion: apiVersions.network,
  createdWith: { parentApiVersion: apiVersions.network },
  id: ids.spokeToHubPeering,
  desired: (spec) => peeringBody(ids.hub(spec)),
};

/** Access and nothing more: forwarded traffic is only needed between spokes, transit only towards a VPN. */
function peeringBody(remote: string): JsonObject {
  return {
    properties: {
      remoteVirtualNetwork: { id: remote },
      allowVirtualNetworkAccess: true,
      allowForwardedTraffic: false,
      allowGatewayTransit: false,
      useRemoteGateways: false,
    },
  };
}
