import type {
  AzureWorld,
  JsonObject,
  Reference,
  ResourceType,
  StoredResource,
  WriteContext,
} from "../core/resourceType.ts";
import { checkFirewallBody } from "./azureFirewallChecks.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { usableAddress } from "./ipv4.ts";
import { idAt, objectsAt, propertiesOf, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { subnetPrefixes } from "./topology.ts";

/** A firewall in a virtual network (AZFW_VNet), with classic rules or with a policy. */
export const azureFirewall: ResourceType = {
  type: networkType.firewall,
  kind: "tracked",
  etags: true,
  retryAfterSeconds: retryAfterSeconds.long,
  validate: checkFirewallBody,
  references,
  prepare,
  putSeconds: ({ existing }) => (existing === undefined ? durations.firewallCreate : durations.firewallUpdate),
  deleteSeconds: () => durations.longDelete,
  finishPut,
};

function references(context: WriteContext): Reference[] {
  const path = "properties.ipConfigurations[].properties";
  const configurations = objectsAt(context.body, "properties.ipConfigurations");
  const policyId = idAt(context.body, "properties.firewallPolicy");
  return [
    ...configurations.flatMap((configuration) => [
      ...reference(idAt(configuration, "properties.subnet"), `${path}.subnet`, networkType.subnet),
      ...reference(
        idAt(configuration, "properties.publicIPAddress"),
        `${path}.publicIPAddress`,
        networkType.publicIpAddress,
      ),
    ]),
    ...reference(policyId, "properties.firewallPolicy", networkType.firewallPolicy),
  ];
}

function reference(id: string | undefined, path: string, type: string): Reference[] {
  return id === undefined ? [] : [{ id, path, action: `${type}/join/action` }];
}

function prepare(context: WriteContext): JsonObject {
  const { body, id, existing } = context;
  const sent = propertiesOf(body);
  const known = objectsAt(existing?.body, "properties.ipConfigurations")[0];
  const privateIPAddress = textAt(known, "properties.privateIPAddress");
  return {
    ...body,
    properties: {
      threatIntelMode: "Alert",
      additionalProperties: {},
      networkRuleCollections: [],
      applicationRuleCollections: [],
      natRuleCollections: [],
      ...sent,
      sku: { name: "AZFW_VNet", tier: textAt(body, "properties.sku.tier") ?? "Standard" },
      ipConfigurations: objectsAt(body, "properties.ipConfigurations").map((configuration) => ({
        ...configuration,
        id: `${id.id}/azureFirewallIpConfigurations/${textAt(configuration, "name")}`,
        type: `${networkType.firewall}/azureFirewallIpConfigurations`,
        properties: {
          privateIPAllocationMethod: "Dynamic",
          ...propertiesOf(configuration),
          provisioningState: "Succeeded",
          ...(privateIPAddress === undefined ? {} : { privateIPAddress }),
        },
      })),
    },
  };
}

/** Once made, the firewall has the first usable address of its subnet, for good. */
function finishPut(resource: StoredResource, world: AzureWorld): { readonly body: JsonObject } | undefined {
  const configurations = objectsAt(resource.body, "properties.ipConfigurations");
  const subnet = world.store.get(
    configurations.map((item) => idAt(item, "properties.subnet")).find((id) => id !== undefined) ?? "",
  );
  const prefix = subnet && subnetPrefixes(subnet)[0];
  if (prefix === undefined) return undefined;
  const privateIPAddress = usableAddress(prefix, 0);
  const ipConfigurations = configurations.map((configuration) => ({
    ...configuration,
    properties: { ...propertiesOf(configuration), privateIPAddress },
  }));
  return { body: { ...resource.body, properties: { ...resource.body.properties, ipConfigurations } } };
}
