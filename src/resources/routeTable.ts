/** The route tables of cluster and gateway. With kubenet AKS writes the nodes' routes into the cluster's, so of its routes only the default one is ours, by a step of its own. */
import { ids, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import { mustKnow } from "./mustHave.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

export const clusterRouteTable: ResourceDefinition = {
  apiVersion: apiVersions.network,
  id: ids.routeTable,
  // A gateway in the hub must not bring a second default route by BGP.
  desired: (spec) => ({
    location: spec.location,
    tags: tagsOf(spec),
    properties: { disableBgpRoutePropagation: true },
  }),
};

/** The table of the gateway's subnet: empty at first; its routes follow the cluster's, by a step of their own. A default route must not come into it by BGP. */
export const gatewayRouteTable: ResourceDefinition = { ...clusterRouteTable, id: ids.gatewayRouteTable };

/** Everything that has no nearer route goes to the firewall. */
export const defaultRoute: ResourceDefinition = {
  apiVersion: apiVersions.network,
  id: ids.defaultRoute,
  desired: (_spec, outputs) => ({
    properties: {
      addressPrefix: "0.0.0.0/0",
      nextHopType: "VirtualAppliance",
      nextHopIpAddress: mustKnow(outputs, "firewallPrivateIpAddress"),
    },
  }),
};
