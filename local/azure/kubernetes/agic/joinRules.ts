import type { JsonObject } from "../../core/resourceType.ts";
import { listField, objectField, textField } from "../jsonFields.ts";
import { lowerName, nameIn, type RetainedParts } from "./retainedParts.ts";

interface RulesToJoin {
  readonly kept: Pick<RetainedParts, "requestRoutingRules" | "urlPathMaps">;
  /** The controller's own. */
  readonly rules: readonly JsonObject[];
  readonly pathMaps: readonly JsonObject[];
}

/**
 * One rule a listener: where the controller's own rule wants a listener that a kept rule has, the path maps are joined.
 * Source: pkg/brownfield/routing_rules.go (mergeRoutingRules) and pathmaps.go of the controller at 1.9.8.
 */
export function joinRules({ kept, rules, pathMaps }: RulesToJoin): {
  readonly rules: JsonObject[];
  readonly pathMaps: JsonObject[];
} {
  const maps = new Map<string, JsonObject>();
  for (const map of [...kept.urlPathMaps, ...pathMaps]) {
    const same = maps.get(lowerName(map));
    maps.set(lowerName(map), same === undefined ? map : withPathRulesOf(same, map));
  }
  const byListener = new Map<string, JsonObject>();
  for (const rule of [...kept.requestRoutingRules, ...rules]) {
    const listener = nameIn(rule, "httpListener") ?? "";
    const first = byListener.get(listener);
    byListener.set(listener, first === undefined ? rule : joined(first, rule, maps));
  }
  return { rules: [...byListener.values()], pathMaps: [...maps.values()] };
}

/** Two rules of one listener as one; changes the maps accordingly. */
function joined(first: JsonObject, second: JsonObject, maps: Map<string, JsonObject>): JsonObject {
  if (!isPathBased(first)) return isPathBased(second) ? joined(second, first, maps) : first;
  const mapName = nameIn(first, "urlPathMap") ?? "";
  const map = maps.get(mapName);
  if (map === undefined) return first;
  if (!isPathBased(second)) {
    maps.set(mapName, withDefaultsOf(map, second));
    return first;
  }
  const otherName = nameIn(second, "urlPathMap") ?? "";
  const other = maps.get(otherName);
  if (other === undefined || otherName === mapName) return first;
  maps.set(mapName, withPathRulesOf(map, other));
  maps.delete(otherName);
  return first;
}

function isPathBased(rule: JsonObject): boolean {
  return textField(rule, "properties", "ruleType") === "PathBasedRouting";
}

/** A map whose default leads where the basic rule leads. */
function withDefaultsOf(map: JsonObject, rule: JsonObject): JsonObject {
  const { backendAddressPool, backendHttpSettings, redirectConfiguration } = objectField(rule, "properties");
  const defaults = {
    defaultBackendAddressPool: backendAddressPool,
    defaultBackendHttpSettings: backendHttpSettings,
    defaultRedirectConfiguration: redirectConfiguration,
  };
  return { ...map, properties: { ...objectField(map, "properties"), ...defaults } };
}

/** A map with the path rules of both, each name once: the other's wins. */
function withPathRulesOf(map: JsonObject, other: JsonObject): JsonObject {
  const both = [...listField(map, "properties", "pathRules"), ...listField(other, "properties", "pathRules")];
  const pathRules = [...new Map(both.map((rule) => [lowerName(rule), rule])).values()];
  return { ...map, properties: { ...objectField(map, "properties"), pathRules } };
}
