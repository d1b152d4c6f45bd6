import { ids, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import { mustHave } from "./mustHave.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/** The firewall of the hub. Its rules are in its policy, all of them before it exists. */
export const azureFirewall: ResourceDefinition = {
  apiVersion: apiVersions.network,
  createOnly: ["zones"],
  id: ids.firewall,
  desired: (spec) => ({
    location: spec.location,
    tags: tagsOf(spec),
    ...(spec.zones.length > 0 ? { zones: spec.zones } : {}),
    properties: {
      sku: { name: "AZFW_VNet", tier: spec.firewall.skuTier },
      ipConfigurations: [
        {
          name: spec.firewall.name,
          properties: { subnet: { id: ids.firewallSubnet(spec) }, publicIPAddress: { id: ids.firewallPublicIp(spec) } },
        },
      ],
      firewallPolicy: { id: ids.firewallPolicy(spec) },
    },
  }),
  outputs: (existing, spec) => ({
    firewallId: ids.firewall(spec),
    firewallPrivateIpAddress: mustHave(existing, "properties.ipConfigurations.0.properties.privateIPAddress"),
  }),
};
