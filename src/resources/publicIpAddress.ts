import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import { ids, ingressHost, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import { mustHave } from "./mustHave.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

export const firewallPublicIp: ResourceDefinition = {
  ...publicIpAddressRules(),
  id: ids.firewallPublicIp,
  desired: publicIpAddressBody,
  outputs: (existing) => ({ firewallPublicIpAddress: mustHave(existing, "properties.ipAddress") }),
};

export const gatewayPublicIp: ResourceDefinition = {
  ...publicIpAddressRules(),
  id: ids.gatewayPublicIp,
  desired: (spec) => {
    const body = publicIpAddressBody(spec);
    const { domainNameLabel } = spec.gateway;
    if (domainNameLabel === undefined) return body;
    return { ...body, properties: { ...STATIC_ADDRESS, dnsSettings: { domainNameLabel } } };
  },
  outputs: (existing, spec) => {
    const known = { gatewayPublicIpAddress: mustHave(existing, "properties.ipAddress") };
    const host = ingressHost(spec, known);
    return host === undefined ? known : { ...known, ingressHost: host };
  },
};

const STATIC_ADDRESS = { publicIPAllocationMethod: "Static", publicIPAddressVersion: "IPv4" } as const;

/** Zones are chosen at creation and for ever. */
function publicIpAddressRules() {
  return { apiVersion: apiVersions.network, createOnly: ["zones"] } as const;
}

function publicIpAddressBody(spec: EnvironmentSpec): JsonObject {
  return {
    location: spec.location,
    tags: tagsOf(spec),
    ...(spec.zones.length > 0 ? { zones: spec.zones } : {}),
    sku: { name: "Standard" },
    properties: STATIC_ADDRESS,
  };
}
