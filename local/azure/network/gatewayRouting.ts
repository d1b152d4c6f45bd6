import type { JsonObject } from "../core/resourceType.ts";
import { partAt, partsOf } from "./gatewayParts.ts";
import { idAt, numberAt, objectsAt, oneOrMany, sameText, textAt, textsAt } from "./jsonRead.ts";

/** Where a gateway's rules lead a request to. */
export type GatewayTarget =
  | { readonly kind: "pool"; readonly pool: JsonObject; readonly settings: JsonObject; readonly rule: string }
  | { readonly kind: "redirect"; readonly redirect: JsonObject; readonly rule: string }
  | { readonly kind: "none"; readonly reason: string };

/** Finds listener, rule and path of a request: rules in the order of their priority, the first whose listener takes the host and port. */
export function routeRequest(
  body: JsonObject,
  request: { readonly host: string; readonly path: string; readonly port: number },
): GatewayTarget {
  const rules = [...partsOf(body, "requestRoutingRules")].sort((left, right) => priorityOf(left) - priorityOf(right));
  const rule = rules.find((candidate) => listens(body, candidate, request));
  if (rule === undefined) {
    return { kind: "none", reason: `no listener takes host ${request.host} on port ${request.port}` };
  }
  const name = textAt(rule, "name") ?? "";
  const map = partAt(body, idAt(rule, "properties.urlPathMap"));
  if (map === undefined) return targetOf(body, rule, ["", name]);
  const pathRule = objectsAt(map, "properties.pathRules").find((candidate) =>
    textsAt(candidate, "properties.paths").some((pattern) => matchesPath(pattern, request.path)),
  );
  return pathRule === undefined
    ? targetOf(body, map, ["default", `${name}, default of path map ${textAt(map, "name")}`])
    : targetOf(body, pathRule, ["", `${name}, path rule ${textAt(pathRule, "name")}`]);
}

/** Rules of old api-versions have no priority and come last, in their order. */
function priorityOf(rule: JsonObject): number {
  return numberAt(rule, "properties.priority") ?? Number.MAX_SAFE_INTEGER;
}

function listens(
  body: JsonObject,
  rule: JsonObject,
  request: { readonly host: string; readonly port: number },
): boolean {
  const listener = partAt(body, idAt(rule, "properties.httpListener"));
  const port = partAt(body, idAt(listener, "properties.frontendPort"));
  if (listener === undefined || numberAt(port, "properties.port") !== request.port) return false;
  const hosts = oneOrMany(listener, "properties.hostName", "properties.hostNames");
  return hosts.length === 0 || hosts.some((pattern) => matchesHost(pattern, request.host));
}

/** Host names of listeners take `*` for any characters and `?` for one. */
function matchesHost(pattern: string, host: string): boolean {
  const expression = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`).test(host.toLowerCase());
}

/** Paths compare without case and without the query; a `*` stands at the end only. */
function matchesPath(pattern: string, path: string): boolean {
  const wanted = pattern.toLowerCase();
  const own = path.split("?")[0]?.toLowerCase() ?? "";
  return wanted.endsWith("*") ? own.startsWith(wanted.slice(0, -1)) : own === wanted;
}

function targetOf(
  body: JsonObject,
  holder: JsonObject,
  [prefix, rule]: readonly [prefix: string, rule: string],
): GatewayTarget {
  const property = (name: string) =>
    `properties.${prefix === "" ? name[0]?.toLowerCase() : `${prefix}${name[0]}`}${name.slice(1)}`;
  const redirect = partAt(body, idAt(holder, property("RedirectConfiguration")));
  if (redirect !== undefined) return { kind: "redirect", redirect, rule };
  const pool = partAt(body, idAt(holder, property("BackendAddressPool")));
  const settings = partAt(body, idAt(holder, property("BackendHttpSettings")));
  if (pool !== undefined && settings !== undefined) return { kind: "pool", pool, settings, rule };
  return { kind: "none", reason: `rule ${rule} leads to no pool` };
}

/** The pools and settings that rules join, each pair once: what backend health speaks of. */
export function poolsInUse(body: JsonObject): { readonly pool: JsonObject; readonly settings: JsonObject }[] {
  const holders = [
    ...partsOf(body, "requestRoutingRules").map((rule) => targetOf(body, rule, ["", ""])),
    ...partsOf(body, "urlPathMaps").flatMap((map) => [
      targetOf(body, map, ["default", ""]),
      ...objectsAt(map, "properties.pathRules").map((rule) => targetOf(body, rule, ["", ""])),
    ]),
  ];
  const pairs = holders.flatMap((target) => (target.kind === "pool" ? [target] : []));
  return pairs.filter(
    (pair, index) =>
      pairs.findIndex(
        (other) =>
          sameText(textAt(other.pool, "id"), textAt(pair.pool, "id")) &&
          sameText(textAt(other.settings, "id"), textAt(pair.settings, "id")),
      ) === index,
  );
}

/** The servers of a pool, as written: addresses or names. */
export function serversOf(pool: JsonObject): string[] {
  return objectsAt(pool, "properties.backendAddresses").flatMap(
    (address) => textAt(address, "ipAddress") ?? textAt(address, "fqdn") ?? [],
  );
}

export function isHttps(settings: JsonObject): boolean {
  return sameText(textAt(settings, "properties.protocol"), "Https");
}

export function portOf(settings: JsonObject): number {
  return numberAt(settings, "properties.port") ?? (isHttps(settings) ? 443 : 80);
}
