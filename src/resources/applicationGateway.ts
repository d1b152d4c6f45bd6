/**
 * The gateway is made with the least that Azure demands. From then on its inside (pools, listeners, rules, settings,
 * probes, ports) belongs to the ingress controller, which writes the whole gateway again and again; ours are the tier,
 * the scale, HTTP/2, the WAF policy, the subnet and the address in front.
 */
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import { ids, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/** The names that the Azure CLI gives the first parts of a gateway, as in the seed. */
const parts = {
  ipConfiguration: "appGatewayFrontendIP",
  frontend: "appGatewayFrontendIP",
  port: "appGatewayFrontendPort",
  pool: "appGatewayBackendPool",
  settings: "appGatewayBackendHttpSettings",
  listener: "appGatewayHttpListener",
  rule: "rule1",
} as const;

/** Priority of the first rule; v2 wants one between 1 and 20000. Source: learn.microsoft.com/azure/application-gateway/multiple-site-overview, checked 2026-11. */
const FIRST_RULE_PRIORITY = 19_500;

export const applicationGateway: ResourceDefinition = {
  apiVersion: apiVersions.network,
  shared: ["properties.frontendIPConfigurations"],
  createOnly: [
    "zones",
    "properties.frontendPorts",
    "properties.backendAddressPools",
    "properties.backendHttpSettingsCollection",
    "properties.httpListeners",
    "properties.requestRoutingRules",
  ],
  id: ids.gateway,
  desired: (spec) => ({
    location: spec.location,
    tags: tagsOf(spec),
    ...(spec.zones.length > 0 ? { zones: spec.zones } : {}),
    properties: { ...ownProperties(spec), ...firstInside(spec) },
  }),
  outputs: (_existing, spec) => ({ gatewayId: ids.gateway(spec) }),
};

function ownProperties(spec: EnvironmentSpec): JsonObject {
  const { minCapacity, maxCapacity } = spec.gateway;
  return {
    sku: { name: "WAF_v2", tier: "WAF_v2" },
    autoscaleConfiguration: { minCapacity, maxCapacity },
    enableHttp2: true,
    firewallPolicy: { id: ids.wafPolicy(spec) },
    gatewayIPConfigurations: [{ name: parts.ipConfiguration, properties: { subnet: { id: ids.gatewaySubnet(spec) } } }],
    frontendIPConfigurations: [
      { name: parts.frontend, properties: { publicIPAddress: { id: ids.gatewayPublicIp(spec) } } },
    ],
  };
}

/** One listener on port 80 that leads nowhere: Azure takes no gateway without one. */
function firstInside(spec: EnvironmentSpec): JsonObject {
  const part = (collection: string, name: string): JsonObject => ({ id: `${ids.gateway(spec)}/${collection}/${name}` });
  return {
    frontendPorts: [{ name: parts.port, properties: { port: 80 } }],
    backendAddressPools: [{ name: parts.pool, properties: { backendAddresses: [] } }],
    backendHttpSettingsCollection: [
      {
        name: parts.settings,
        properties: { port: 80, protocol: "Http", cookieBasedAffinity: "Disabled", requestTimeout: 30 },
      },
    ],
    httpListeners: [
      {
        name: parts.listener,
        properties: {
          frontendIPConfiguration: part("frontendIPConfigurations", parts.frontend),
          frontendPort: part("frontendPorts", parts.port),
          protocol: "Http",
        },
      },
    ],
    requestRoutingRules: [
      {
        name: parts.rule,
        properties: {
          ruleType: "Basic",
          priority: FIRST_RULE_PRIORITY,
          httpListener: part("httpListeners", parts.listener),
          backendAddressPool: part("backendAddressPools", parts.pool),
          backendHttpSettings: part("backendHttpSettingsCollection", parts.settings),
        },
      },
    ],
  };
}
