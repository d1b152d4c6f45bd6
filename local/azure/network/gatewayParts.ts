import type { JsonObject } from "../core/resourceType.ts";
import { isObject, objectsAt, propertiesOf, textAt, valueAt } from "./jsonRead.ts";

/**
 * The collections inside an application gateway, and which of their properties point to a part of another collection.
 * Order and names are those of the ARM body.
 */
export const gatewayCollections = [
  "gatewayIPConfigurations",
  "frontendIPConfigurations",
  "frontendPorts",
  "sslCertificates",
  "trustedRootCertificates",
  "backendAddressPools",
  "backendHttpSettingsCollection",
  "probes",
  "httpListeners",
  "urlPathMaps",
  "redirectConfigurations",
  "requestRoutingRules",
] as const;

export type GatewayCollection = (typeof gatewayCollections)[number];

const pointers: readonly (readonly [
  from: GatewayCollection,
  property: string,
  to: GatewayCollection,
  required: boolean,
])[] = [
  ["backendHttpSettingsCollection", "probe", "probes", false],
  ["httpListeners", "frontendIPConfiguration", "frontendIPConfigurations", true],
  ["httpListeners", "frontendPort", "frontendPorts", true],
  ["httpListeners", "sslCertificate", "sslCertificates", false],
  ["requestRoutingRules", "httpListener", "httpListeners", true],
  ["requestRoutingRules", "backendAddressPool", "backendAddressPools", false],
  ["requestRoutingRules", "backendHttpSettings", "backendHttpSettingsCollection", false],
  ["requestRoutingRules", "urlPathMap", "urlPathMaps", false],
  ["requestRoutingRules", "redirectConfiguration", "redirectConfigurations", false],
  ["urlPathMaps", "defaultBackendAddressPool", "backendAddressPools", false],
  ["urlPathMaps", "defaultBackendHttpSettings", "backendHttpSettingsCollection", false],
  ["urlPathMaps", "defaultRedirectConfiguration", "redirectConfigurations", false],
  ["redirectConfigurations", "targetListener", "httpListeners", false],
];

const pathRulePointers = [
  ["backendAddressPool", "backendAddressPools"],
  ["backendHttpSettings", "backendHttpSettingsCollection"],
  ["redirectConfiguration", "redirectConfigurations"],
] as const;

/** One reference inside a gateway: who points, through which property, where to (undefined when it is missing). */
export interface GatewayPointer {
  readonly from: string;
  readonly property: string;
  readonly to: GatewayCollection;
  readonly required: boolean;
  readonly targetId: string | undefined;
}

export function partsOf(body: JsonObject, collection: GatewayCollection): JsonObject[] {
  return objectsAt(body, `properties.${collection}`);
}

export function partId(gatewayId: string, collection: string, name: string): string {
  return `${gatewayId}/${collection}/${name}`;
}

/** All references between the parts of a gateway. */
export function pointersIn(gatewayId: string, body: JsonObject): GatewayPointer[] {
  const direct = pointers.flatMap(([collection, property, to, required]) =>
    partsOf(body, collection).map((part) => ({
      from: partId(gatewayId, collection, textAt(part, "name") ?? ""),
      property,
      to,
      required,
      targetId: textAt(part, `properties.${property}.id`),
    })),
  );
  const inPaths = partsOf(body, "urlPathMaps").flatMap((map) =>
    objectsAt(map, "properties.pathRules").flatMap((rule) =>
      pathRulePointers.map(([property, to]) => ({
        from: `${partId(gatewayId, "urlPathMaps", textAt(map, "name") ?? "")}/pathRules/${textAt(rule, "name")}`,
        property,
        to,
        required: false,
        targetId: textAt(rule, `properties.${property}.id`),
      })),
    ),
  );
  return [...direct, ...inPaths];
}

/** The part that a reference names; references are compared by collection and name, whatever the case. */
export function partAt(body: JsonObject, reference: string | undefined): JsonObject | undefined {
  const [collection, name] = (reference ?? "").split("/").slice(-2);
  const known = gatewayCollections.find((candidate) => candidate.toLowerCase() === collection?.toLowerCase());
  if (known === undefined || name === undefined) return undefined;
  return partsOf(body, known).find((part) => textAt(part, "name")?.toLowerCase() === name.toLowerCase());
}

/** A body whose parts have their ids, types and states, as the gateway shows them; secrets of certificates are not kept. */
export function withPartIds(gatewayId: string, properties: JsonObject): JsonObject {
  const shown = gatewayCollections.map((collection) => [
    collection,
    objectsAt({ properties }, `properties.${collection}`).map((part) => withId(gatewayId, collection, part)),
  ]);
  return { ...properties, ...Object.fromEntries(shown) };
}

function withId(gatewayId: string, collection: GatewayCollection, part: JsonObject): JsonObject {
  const { data: _data, password: _password, ...kept } = propertiesOf(part);
  const id = partId(gatewayId, collection, textAt(part, "name") ?? "");
  const pathRules = objectsAt(part, "properties.pathRules").map((rule) => ({
    ...rule,
    id: `${id}/pathRules/${textAt(rule, "name")}`,
    type: "Microsoft.Network/applicationGateways/urlPathMaps/pathRules",
    properties: { ...propertiesOf(rule), provisioningState: "Succeeded" },
  }));
  return {
    ...part,
    id,
    type: `Microsoft.Network/applicationGateways/${collection}`,
    properties: {
      ...kept,
      ...(isObject(valueAt(part, "properties")) && pathRules.length > 0 ? { pathRules } : {}),
      provisioningState: "Succeeded",
    },
  };
}
