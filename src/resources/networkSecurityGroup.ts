/**
 * The gateway subnet's security group, rules inside: a group without Allow_GWM cannot be attached to a subnet that has
 * a gateway, and the rule cannot be taken away from one that has.
 * Source: learn.microsoft.com/azure/application-gateway/configuration-infrastructure, checked 2026-11.
 */
import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import { ids, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/** Ports on which Azure's gateway manager reaches a v2 gateway. */
const GATEWAY_MANAGER_PORTS = "65200-65535";

/** The port of the seed's one listener. */
const INGRESS_PORT = "80";

export const gatewaySecurityGroup: ResourceDefinition = {
  apiVersion: apiVersions.network,
  id: ids.gatewaySecurityGroup,
  shared: ["properties.securityRules"],
  desired: (spec) => ({
    location: spec.location,
    tags: tagsOf(spec),
    properties: { securityRules: [gatewayManagerRule(), ingressRule(spec)] },
  }),
};

function gatewayManagerRule(): JsonObject {
  return {
    name: "Allow_GWM",
    properties: {
      description: "Required for Gateway Manager.",
      priority: 100,
      direction: "Inbound",
      access: "Allow",
      protocol: "Tcp",
      sourceAddressPrefix: "GatewayManager",
      sourcePortRange: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: GATEWAY_MANAGER_PORTS,
    },
  };
}

/** The seed opens the public address, but the packet that a security group sees is addressed to the subnet already. */
function ingressRule(spec: EnvironmentSpec): JsonObject {
  const subnet = spec.spoke.subnets.find((candidate) => candidate.name === spec.gateway.subnet);
  return {
    name: "agic_allow",
    properties: {
      description: "Required allow rule for Ingress Controller.",
      priority: 120,
      direction: "Inbound",
      access: "Allow",
      protocol: "Tcp",
      sourceAddressPrefix: "*",
      sourcePortRange: "*",
      destinationAddressPrefix: subnet?.addressPrefix,
      destinationPortRange: INGRESS_PORT,
    },
  };
}
