/** The parts of a gateway that a controller in shared mode leaves alone, because they lead to prohibited targets. */
import type { JsonObject } from "../../core/resourceType.ts";
import { listField, objectField, textField, textsField } from "../jsonFields.ts";
import type { OwnedCollections } from "./gatewayConfiguration.ts";
import { type GatewayTarget, isProhibited } from "./prohibitedTargets.ts";

export type RetainedParts = Omit<OwnedCollections, "frontendPorts"> & { readonly redirectConfigurations: JsonObject[] };

/** Source: pkg/brownfield of the controller at 1.9.8: rules by their targets, everything else by what points to it. */
export function retainedParts(
  body: JsonObject,
  prohibited: readonly GatewayTarget[],
  namePrefix: string,
): RetainedParts {
  const parts = (collection: string): JsonObject[] => listField(body, "properties", collection);
  const maps = parts("urlPathMaps").map((map) => withoutPathRulesOf(map, namePrefix));
  const listeners = parts("httpListeners");
  const known = { listeners, maps };
  const rules = parts("requestRoutingRules");
  const keptRules = rules.filter((rule) => {
    const hosts = hostsOfRule(rule, known.listeners);
    const whole = hosts.map((host) => ({ host, path: "" }));
    return [...whole, ...pathTargets(rule, known)].some((target) => isProhibited(target, prohibited));
  });
  const keptMaps = maps.filter((map) =>
    rules
      .filter((rule) => nameIn(rule, "urlPathMap") === lowerName(map))
      .some((rule) => pathTargets(rule, known).some((target) => isProhibited(target, prohibited))),
  );
  const keptListeners = new Set(keptRules.map((rule) => nameIn(rule, "httpListener")));
  const pointed = (property: string): Set<string | undefined> =>
    new Set([...keptRules.map((rule) => nameIn(rule, property)), ...keptMaps.flatMap((map) => inMap(map, property))]);
  const keptSettings = parts("backendHttpSettingsCollection").filter((settings) =>
    pointed("backendHttpSettings").has(lowerName(settings)),
  );
  const keptProbes = new Set(keptSettings.map((settings) => nameIn(settings, "probe")));
  const keptPools = pointed("backendAddressPool");
  const keptRedirects = pointed("redirectConfiguration");
  return {
    requestRoutingRules: keptRules,
    urlPathMaps: keptMaps,
    httpListeners: listeners.filter(
      (listener) => keptListeners.has(lowerName(listener)) || isNamed(listener, prohibited),
    ),
    backendAddressPools: parts("backendAddressPools").filter((pool) => keptPools.has(lowerName(pool))),
    backendHttpSettingsCollection: keptSettings,
    probes: parts("probes").filter((probe) => keptProbes.has(lowerName(probe))),
    redirectConfigurations: parts("redirectConfigurations").filter((redirect) =>
      keptRedirects.has(lowerName(redirect)),
    ),
  };
}

/** The name of the part that a property references, in lower case. */
export function nameIn(part: JsonObject, property: string): string | undefined {
  return textField(part, "properties", property, "id")?.split("/").at(-1)?.toLowerCase();
}

export function lowerName(part: JsonObject): string {
  return String(part.name).toLowerCase();
}

/**
 * The controller takes the path rules that look like its own out of every map and makes them anew. Without a prefix it
 * takes out those of every controller without one.
 */
function withoutPathRulesOf(map: JsonObject, namePrefix: string): JsonObject {
  const pathRules = listField(map, "properties", "pathRules").filter(
    (rule) => !String(rule.name).startsWith(`${namePrefix}pr-`),
  );
  return { ...map, properties: { ...objectField(map, "properties"), pathRules } };
}

/** The hosts of a listener; empty for the one that takes every host. */
export function hostsOfListener(listener: JsonObject): string[] {
  const one = textField(listener, "properties", "hostName");
  return one === undefined || one === "" ? textsField(listener, "properties", "hostNames") : [one];
}

/** The hosts of a rule, [""] for all of them; none when its listener is missing. */
function hostsOfRule(rule: JsonObject, listeners: readonly JsonObject[]): string[] {
  const listener = listeners.find((candidate) => lowerName(candidate) === nameIn(rule, "httpListener"));
  if (listener === undefined) return [];
  const hosts = hostsOfListener(listener);
  return hosts.length === 0 ? [""] : hosts;
}

function pathTargets(
  rule: JsonObject,
  known: { readonly listeners: readonly JsonObject[]; readonly maps: readonly JsonObject[] },
): GatewayTarget[] {
  const map = known.maps.find((candidate) => lowerName(candidate) === nameIn(rule, "urlPathMap"));
  const paths = listField(map, "properties", "pathRules").flatMap((pathRule) =>
    textsField(pathRule, "properties", "paths"),
  );
  return hostsOfRule(rule, known.listeners).flatMap((host) => paths.map((path) => ({ host, path })));
}

/** A listener whose very host is on the list stays, whatever the paths on the list. */
function isNamed(listener: JsonObject, prohibited: readonly GatewayTarget[]): boolean {
  return hostsOfListener(listener).some((host) => prohibited.some((target) => target.host === host));
}

/** The parts of a kind that a path map and its rules point to. */
function inMap(map: JsonObject, property: string): (string | undefined)[] {
  const ofDefault = `default${property.charAt(0).toUpperCase()}${property.slice(1)}`;
  const pathRules = listField(map, "properties", "pathRules");
  return [nameIn(map, ofDefault), ...pathRules.map((pathRule) => nameIn(pathRule, property))];
}
