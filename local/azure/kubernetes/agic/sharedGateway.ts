/**
 * The gateway as a controller in shared mode writes it: the parts that lead to prohibited targets stay as they were read,
 * everything else is replaced by what the controller's own ingresses ask for.
 *
 * The controller's own parts win by name. Without a prefix of its own it makes the same names as every other controller
 * for the same namespace, service and port, and then takes the other's pools, settings and probes over.
 * Source: pkg/brownfield and pkg/appgw of the controller at 1.9.8.
 */
import type { JsonObject } from "../../core/resourceType.ts";
import { listField, numberField, objectField, textField } from "../jsonFields.ts";
import type { OwnedCollections } from "./gatewayConfiguration.ts";
import { joinRules } from "./joinRules.ts";
import type { GatewayTarget } from "./prohibitedTargets.ts";
import { hostsOfListener, nameIn, type RetainedParts, retainedParts } from "./retainedParts.ts";

/** All collections of a gateway that a controller writes. */
export type WrittenCollections = OwnedCollections & { readonly redirectConfigurations: JsonObject[] };

export interface SharedWrite {
  /** The gateway as it was read. */
  readonly gateway: { readonly id: string; readonly body: JsonObject };
  /** What the controller's own ingresses ask for. */
  readonly own: OwnedCollections;
  readonly prohibited: readonly GatewayTarget[];
  readonly namePrefix: string;
}

/** The collections to write. */
export function sharedGateway({ gateway, own, prohibited, namePrefix }: SharedWrite): WrittenCollections {
  const kept = retainedParts(gateway.body, prohibited, namePrefix);
  const ports = listField(gateway.body, "properties", "frontendPorts");
  const mine = withExistingPorts(own, ports);
  const { listeners, winners } = joinListeners(gateway.id, kept.httpListeners, mine.httpListeners);
  const rules = mine.requestRoutingRules.map((rule) => withListener(rule, winners));
  const joined = joinRules({ kept, rules, pathMaps: mine.urlPathMaps });
  return {
    backendAddressPools: byName(kept.backendAddressPools, mine.backendAddressPools),
    backendHttpSettingsCollection: byName(kept.backendHttpSettingsCollection, mine.backendHttpSettingsCollection),
    probes: byName(kept.probes, mine.probes),
    frontendPorts: usedPorts([...ports, ...mine.frontendPorts], listeners),
    httpListeners: sorted(listeners),
    urlPathMaps: sorted(joined.pathMaps),
    requestRoutingRules: sorted(withPriorities(joined.rules, kept, listeners)),
    redirectConfigurations: kept.redirectConfigurations,
  };
}

/** A gateway has each port number once: the controller's listeners take the part that is there, whatever its name. */
function withExistingPorts(own: OwnedCollections, existing: readonly JsonObject[]): OwnedCollections {
  const aliases = new Map<string, string>();
  for (const port of own.frontendPorts) {
    const same = existing.find((candidate) => portNumber(candidate) === portNumber(port));
    if (same !== undefined) aliases.set(String(port.name), String(same.name));
  }
  return {
    ...own,
    frontendPorts: own.frontendPorts.filter((port) => !aliases.has(String(port.name))),
    httpListeners: own.httpListeners.map((listener) => {
      const id = textField(listener, "properties", "frontendPort", "id") ?? "";
      const alias = aliases.get(id.split("/").at(-1) ?? "");
      if (alias === undefined) return listener;
      const frontendPort = { id: id.replace(/[^/]+$/, alias) };
      return { ...listener, properties: { ...objectField(listener, "properties"), frontendPort } };
    }),
  };
}

function portNumber(port: JsonObject): number | undefined {
  return numberField(port, "properties", "port");
}

function usedPorts(ports: readonly JsonObject[], listeners: readonly JsonObject[]): JsonObject[] {
  const used = new Set(listeners.map((listener) => nameIn(listener, "frontendPort")));
  return sorted(ports.filter((port) => used.has(String(port.name).toLowerCase())));
}

/** Of two listeners for the same thing the kept one stays; `winners` tells the others' rules which id to name. */
function joinListeners(gatewayId: string, kept: readonly JsonObject[], own: readonly JsonObject[]) {
  const listeners = [...kept];
  const winners = new Map<string, string>();
  for (const listener of own) {
    const same = kept.find((candidate) => placeOf(candidate) === placeOf(listener));
    if (same === undefined) listeners.push(listener);
    else winners.set(String(listener.name).toLowerCase(), `${gatewayId}/httpListeners/${same.name}`);
  }
  return { listeners, winners };
}

/** What a listener waits for: hosts, protocol, port and frontend. */
function placeOf(listener: JsonObject): string {
  const protocol = textField(listener, "properties", "protocol");
  return JSON.stringify([
    hostsOfListener(listener),
    protocol,
    nameIn(listener, "frontendPort"),
    nameIn(listener, "frontendIPConfiguration"),
  ]).toLowerCase();
}

function withListener(rule: JsonObject, winners: ReadonlyMap<string, string>): JsonObject {
  const id = winners.get(nameIn(rule, "httpListener") ?? "");
  if (id === undefined) return rule;
  return { ...rule, properties: { ...objectField(rule, "properties"), httpListener: { id } } };
}

/** Rules of listeners with a host come first, those for every host last. Source: pkg/appgw/requestroutingrules.go, assignPriorityWhereMissing. */
const FIRST_PRIORITY = { withHost: 19_005, withoutHost: 19_500, most: 20_000, step: 5 } as const;

/** Kept rules keep their priority; the controller's own take the next free ones. */
function withPriorities(
  rules: readonly JsonObject[],
  kept: RetainedParts,
  listeners: readonly JsonObject[],
): JsonObject[] {
  const keptNames = new Set(kept.requestRoutingRules.map((rule) => rule.name));
  const taken = new Set(
    rules
      .filter((rule) => keptNames.has(rule.name))
      .flatMap((rule) => numberField(rule, "properties", "priority") ?? []),
  );
  const ownFirst = (rule: JsonObject): number => numberField(rule, "properties", "priority") ?? 0;
  return rules
    .toSorted((left, right) => ownFirst(left) - ownFirst(right))
    .map((rule) => {
      if (keptNames.has(rule.name)) return rule;
      const listener = listeners.find(
        (candidate) => String(candidate.name).toLowerCase() === nameIn(rule, "httpListener"),
      );
      const hasHost = listener !== undefined && hostsOfListener(listener).length > 0;
      let priority: number = hasHost ? FIRST_PRIORITY.withHost : FIRST_PRIORITY.withoutHost;
      while (taken.has(priority) && priority < FIRST_PRIORITY.most) priority += FIRST_PRIORITY.step;
      taken.add(priority);
      return { ...rule, properties: { ...objectField(rule, "properties"), priority } };
    });
}

/** All parts, each name once: the later wins. */
function byName(...groups: readonly (readonly JsonObject[])[]): JsonObject[] {
  return sorted([...new Map(groups.flat().map((part) => [String(part.name).toLowerCase(), part])).values()]);
}

function sorted(parts: readonly JsonObject[]): JsonObject[] {
  return parts.toSorted((left, right) => (String(left.name) < String(right.name) ? -1 : 1));
}
