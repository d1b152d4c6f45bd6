/**
 * What of an adopted gateway is not ours, and what of it an ingress controller would take away. It keeps off hosts, so it
 * keeps listeners that have one, their rules, and all that these lead to; everything else on the gateway it takes for its
 * own and clears. Source: github.com/Azure/application-gateway-kubernetes-ingress pkg/brownfield (1.9.8), checked 2026-11.
 */
import type { SurveyInput } from "../domain/adoptionSurvey.ts";
import { nameOfId, sameId } from "../domain/armId.ts";
import { gatewayPartPrefix } from "../domain/gatewayShare.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonAt, textAt } from "../domain/json.ts";
import { isPartOfAny, nameOf, partsOf } from "./gatewayRelease.ts";

/** Collections that a controller writes, and what in kept parts leads to each. */
const collections = {
  httpListeners: [],
  requestRoutingRules: [],
  urlPathMaps: ["urlPathMap"],
  redirectConfigurations: ["redirectConfiguration", "defaultRedirectConfiguration"],
  backendAddressPools: ["backendAddressPool", "defaultBackendAddressPool"],
  backendHttpSettingsCollection: ["backendHttpSettings", "defaultBackendHttpSettings"],
  probes: ["probe"],
  frontendPorts: ["frontendPort"],
} as const;

type Collection = keyof typeof collections;

/** Collections for TCP and TLS, which the controller's api-version (2021-03-01) does not know, and so would drop. */
const unknownToController = ["listeners", "routingRules", "backendSettingsCollection"];

/** Listeners that no controller of the environment's has made. */
export function foreignListeners(gateway: JsonObject, clusters: readonly string[]): readonly JsonObject[] {
  return foreign(gateway, "httpListeners", clusters);
}

/** The hosts of a listener; none for the one that takes every host. */
export function hostsOf(listener: JsonObject): readonly string[] {
  const one = textAt(listener, "properties.hostName");
  if (one !== undefined && one !== "") return [one];
  const several = jsonAt(listener, "properties.hostNames");
  return isJsonArray(several) ? several.filter((each) => typeof each === "string") : [];
}

/** Sentences about what the controller would destroy, or take for its own. */
export function wouldBeLost(what: string, gateway: JsonObject, input: SurveyInput): readonly string[] {
  const { clusters, hasWorkedThere, spec } = input;
  const kept = keptNames(gateway, clusters);
  const names = (collection: Collection): readonly string[] =>
    foreign(gateway, collection, clusters)
      .map(nameOf)
      .filter((name) => !kept[collection].some((each) => sameId(each, name)));
  const hostless = names("httpListeners");
  const rest = (Object.keys(collections) as Collection[])
    .filter((each) => each !== "httpListeners")
    .flatMap((each) => names(each).map((name) => `${each}/${name}`));
  const dropped = unknownToController.filter((each) => partsOf(propertiesOf(gateway), each).length > 0);
  const prefix = gatewayPartPrefix(spec.cluster.name);
  const alike = (Object.keys(collections) as Collection[])
    .flatMap((each) => partsOf(propertiesOf(gateway), each).map(nameOf))
    .filter((name) => name.startsWith(prefix));
  return [
    ...(hostless.length === 0
      ? []
      : [
          `${what} has listeners for every host (${hostless.join(", ")}), which the ingress controller would take away; give each a host name, or have it removed.`,
        ]),
    ...(rest.length === 0
      ? []
      : [
          `${what} has parts that no listener with a host leads to (${rest.join(", ")}), which the ingress controller would take away; have them removed, or led to.`,
        ]),
    ...(dropped.length === 0
      ? []
      : [
          `${what} serves TCP or TLS (${dropped.join(", ")}), which the ingress controller does not know and would drop with its first write; name another gateway.`,
        ]),
    ...(hasWorkedThere || alike.length === 0
      ? []
      : [
          `${what} has parts whose names begin like those of ${spec.cluster.name} (${alike.join(", ")}); give the cluster another name.`,
        ]),
  ];
}

/** What stays for the sake of listeners with a host, by collection. */
function keptNames(gateway: JsonObject, clusters: readonly string[]): Readonly<Record<Collection, readonly string[]>> {
  const all = (collection: Collection): readonly JsonObject[] => foreign(gateway, collection, clusters);
  const listeners = all("httpListeners").filter((each) => hostsOf(each).length > 0);
  const rules = all("requestRoutingRules").filter((rule) =>
    listeners.some((listener) => sameId(nameOf(listener), nameAt(rule, "httpListener"))),
  );
  const maps = all("urlPathMaps").filter((map) =>
    rules.some((rule) => sameId(nameAt(rule, "urlPathMap"), nameOf(map))),
  );
  const leading = [...rules, ...maps, ...maps.flatMap((map) => partsOf(propertiesOf(map), "pathRules"))];
  const ledTo = (from: readonly JsonObject[], collection: Collection): readonly string[] =>
    from.flatMap((part) => collections[collection].map((property) => nameAt(part, property)));
  const settings = ledTo(leading, "backendHttpSettingsCollection");
  const keptSettings = all("backendHttpSettingsCollection").filter((each) =>
    settings.some((name) => sameId(name, nameOf(each))),
  );
  return {
    httpListeners: listeners.map(nameOf),
    requestRoutingRules: rules.map(nameOf),
    urlPathMaps: maps.map(nameOf),
    redirectConfigurations: ledTo(leading, "redirectConfigurations"),
    backendAddressPools: ledTo(leading, "backendAddressPools"),
    backendHttpSettingsCollection: settings,
    probes: ledTo(keptSettings, "probes"),
    frontendPorts: ledTo(listeners, "frontendPorts"),
  };
}

/** With a port of theirs the controllers' listeners may have gone to the operator's. */
function foreign(gateway: JsonObject, collection: Collection, clusters: readonly string[]): readonly JsonObject[] {
  return partsOf(propertiesOf(gateway), collection).filter((part) => !isPartOfAny(clusters, part));
}

function nameAt(part: JsonObject, property: string): string {
  return nameOfId(textAt(part, `properties.${property}.id`) ?? "");
}

function propertiesOf(body: JsonObject): JsonObject {
  const { properties }: { readonly properties?: Json | undefined } = body;
  return isJsonObject(properties) ? properties : {};
}
