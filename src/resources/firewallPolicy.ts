import { type EgressCollection, type EgressRule, egressCollections } from "../domain/egressRules.ts";
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import { ids, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

export const firewallPolicy: ResourceDefinition = {
  apiVersion: apiVersions.network,
  id: ids.firewallPolicy,
  desired: (spec) => ({
    location: spec.location,
    tags: tagsOf(spec),
    properties: { sku: { tier: spec.firewall.skuTier }, threatIntelMode: "Deny" },
  }),
};

export const firewallNetworkRules: ResourceDefinition = {
  ...ruleCollectionGroup("network"),
  id: ids.firewallNetworkRules,
};
export const firewallApplicationRules: ResourceDefinition = {
  ...ruleCollectionGroup("application"),
  id: ids.firewallApplicationRules,
};

/** One group of collections, ours as a whole: a collection that is not in the rules of the ticket is taken away. */
function ruleCollectionGroup(kind: EgressCollection["kind"]): Omit<ResourceDefinition, "id"> {
  return {
    apiVersion: apiVersions.network,
    createdWith: { parentApiVersion: apiVersions.network },
    desired: (spec) => ({
      properties: {
        priority: spec.firewall.rules[`${kind}Priority`],
        ruleCollections: egressCollections(spec)
          .filter((collection) => collection.kind === kind)
          .map((collection) => collectionBody(spec, collection)),
      },
    }),
  };
}

function collectionBody(spec: EnvironmentSpec, collection: EgressCollection): JsonObject {
  return {
    ruleCollectionType: "FirewallPolicyFilterRuleCollection",
    name: collection.name,
    priority: collection.priority,
    action: { type: "Allow" },
    rules: collection.rules.map((rule) => ruleBody(spec, rule)),
  };
}

function ruleBody(spec: EnvironmentSpec, rule: EgressRule): JsonObject {
  const about = { name: rule.name, description: rule.description, sourceAddresses: spec.firewall.rules.sourcePrefixes };
  if (rule.kind === "network") {
    return {
      ...about,
      ruleType: "NetworkRule",
      ipProtocols: rule.protocols,
      destinationAddresses: rule.destinations,
      destinationPorts: rule.ports,
    };
  }
  return {
    ...about,
    ruleType: "ApplicationRule",
    protocols: rule.protocols.map(({ type, port }) => ({ protocolType: type, port })),
    ...(rule.fqdnTags === undefined ? {} : { fqdnTags: rule.fqdnTags }),
    ...(rule.fqdns === undefined ? {} : { targetFqdns: rule.fqdns }),
  };
}
