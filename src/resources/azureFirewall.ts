import { isJsonArray, type JsonObject, jsonAt, textAt } from "../domain/json.ts";
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
    // Where none names it, the words of what is missing are those of the first.
    firewallPrivateIpAddress:
      privateAddressOf(existing) ?? mustHave(existing, "properties.ipConfigurations.0.properties.privateIPAddress"),
  }),
};

/** The address in the hub; of several public addresses only one configuration may name it. */
export function privateAddressOf(firewall: JsonObject): string | undefined {
  const configurations = jsonAt(firewall, "properties.ipConfigurations");
  if (!isJsonArray(configurations)) return undefined;
  return configurations.map((each) => textAt(each, "properties.privateIPAddress")).find((text) => text !== undefined);
}
