/**
 * The gateway's table follows the cluster's: a gateway in front of kubenet reaches a pod only over a route to its node.
 *
 *   cluster's table (AKS's alone)              gateway's table, as it should be
 *   aks-…000000  10.244.0.0/24 → 10.0.5.4      secureaks1_aks-…000000  10.244.0.0/24 → 10.0.5.4
 *   dzk8sfw1     0.0.0.0/0     → 10.0.0.4      –        (leads to no node; Azure refuses it there)
 *   –                                          secureaks1_aks-…000007  removed: ours, and its node is gone
 *   –                                          anything else           untouched: not ours
 *
 * Azure's routes have no tags, so a route is known to be ours by its name: "<cluster>_", then no other underscore.
 */
import { v5 as uuidv5 } from "uuid";
import { containsAddress, containsPrefix, parsePrefix } from "./addressPrefix.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonAt, textAt } from "./json.ts";

/** A way to the pods of one node. Its next hop is always a virtual appliance: the node. */
export interface PodRoute {
  readonly name: string;
  readonly addressPrefix: string;
  readonly nextHopIpAddress: string;
}

/** Where the pods and the nodes of a cluster are, in CIDR notation. */
export interface PodPlace {
  readonly podCidr: string;
  readonly nodePrefix: string;
}

export interface RouteChanges {
  readonly added: readonly PodRoute[];
  readonly changed: readonly PodRoute[];
  /** Names. */
  readonly removed: readonly string[];
  /** Routes that cannot be written, because somebody else's leads the same prefix elsewhere. */
  readonly blocked: readonly { readonly route: PodRoute; readonly by: string }[];
}

/** The routes of a table in ARM's form. */
export function routesOf(table: JsonObject): readonly JsonObject[] {
  const routes: Json | undefined = jsonAt(table, "properties.routes");
  return isJsonArray(routes) ? routes.filter(isJsonObject) : [];
}

/** The routes of a cluster's table that lead to the pods of its nodes, in the order of their names. */
export function podRoutes(routes: readonly JsonObject[], { podCidr, nodePrefix }: PodPlace): readonly PodRoute[] {
  const pods = parsePrefix(podCidr);
  if (pods === undefined) throw new Error(`"${podCidr}" is no pod CIDR; podNetworkMistakes must refuse it.`);
  return routes
    .flatMap((route): readonly PodRoute[] => {
      const prefix = parsePrefix(textAt(route, "properties.addressPrefix") ?? "");
      const hop = textAt(route, "properties.nextHopIpAddress") ?? "";
      if (!isToAppliance(route) || prefix === undefined || !containsPrefix(pods, prefix)) return [];
      if (!containsAddress(nodePrefix, hop)) return [];
      return [{ name: nameOf(route), addressPrefix: prefix.text, nextHopIpAddress: hop }];
    })
    .sort(byName);
}

/** What the gateway's table must hold for a cluster: its pod routes, under names of the cluster's own. */
export function gatewayRoutes(cluster: string, source: readonly PodRoute[]): readonly PodRoute[] {
  return source.map((route) => ({ ...route, name: gatewayRouteName(cluster, route.name) })).sort(byName);
}

/** The longest name of a route, in characters. Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, checked 2026-11. */
const ROUTE_NAME_CHARACTERS = 80;

/** Namespace of the digests that keep shortened names apart; fixed, so that a route has the same name every time. */
const ROUTE_NAME_NAMESPACE = "0d1a1a3e-6c53-5a0c-9d0c-6c1f3f1f6a58";
const DIGEST_CHARACTERS = 8;

/** "<cluster>_<route>". A name with more underscores, or a longer one than Azure takes, is cut and ends in a digest of the whole. */
export function gatewayRouteName(cluster: string, route: string): string {
  const plain = `${cluster}_${route}`;
  if (plain.length <= ROUTE_NAME_CHARACTERS && !route.includes("_")) return plain;
  const digest = uuidv5(route.toLowerCase(), ROUTE_NAME_NAMESPACE).slice(0, DIGEST_CHARACTERS);
  const kept = `${cluster}_${route.replaceAll("_", "-")}`.slice(0, ROUTE_NAME_CHARACTERS - DIGEST_CHARACTERS - 1);
  return `${kept}-${digest}`;
}

/** Whether a route of the gateway's table is one that we keep for this cluster. Another cluster's name may begin like this one's. */
export function isRouteOf(cluster: string, name: string): boolean {
  const prefix = `${cluster}_`.toLowerCase();
  return name.toLowerCase().startsWith(prefix) && !name.slice(prefix.length).includes("_");
}

/** What must change for the gateway's table to hold exactly the wanted routes of a cluster; routes of others stay, and serve where they lead right. */
export function diffGatewayRoutes(
  cluster: string,
  current: readonly JsonObject[],
  wanted: readonly PodRoute[],
): RouteChanges {
  const ours = current.filter((route) => isRouteOf(cluster, nameOf(route)));
  const foreign = current.filter((route) => !isRouteOf(cluster, nameOf(route)));
  const inTheWay = (route: PodRoute): JsonObject | undefined =>
    foreign.find((other) => textAt(other, "properties.addressPrefix") === route.addressPrefix);
  const free = wanted.filter((route) => inTheWay(route) === undefined);
  const existing = (route: PodRoute): JsonObject | undefined =>
    ours.find((other) => sameName(nameOf(other), route.name));
  return {
    added: free.filter((route) => existing(route) === undefined).sort(byName),
    changed: free
      .filter((route) => {
        const other = existing(route);
        return other !== undefined && !leadsSame(other, route);
      })
      .sort(byName),
    removed: ours
      .map(nameOf)
      .filter((name) => !free.some((route) => sameName(route.name, name)))
      .sort(),
    blocked: wanted
      .flatMap((route) => {
        const other = inTheWay(route);
        return other === undefined || leadsSame(other, route) ? [] : [{ route, by: nameOf(other) }];
      })
      .sort((left, right) => byName(left.route, right.route)),
  };
}

/** Whether nothing must be written, and nothing stands in the way. */
export function isUnchanged({ added, changed, removed, blocked }: RouteChanges): boolean {
  return added.length + changed.length + removed.length + blocked.length === 0;
}

/** The routes of the table after the changes, those of others as they were. Throws a sentence rather than lead the gateway's way out through an appliance. */
export function applyRouteChanges(current: readonly JsonObject[], changes: RouteChanges): readonly JsonObject[] {
  const written = [...changes.changed, ...changes.added];
  const open = written.find(({ addressPrefix }) => parsePrefix(addressPrefix)?.prefixLengthBits === 0);
  if (open !== undefined)
    throw new Error(`The route ${open.name} for ${open.addressPrefix} may not be in the table of a gateway's subnet.`);
  const gone = [...changes.removed, ...changes.changed.map(({ name }) => name)];
  const kept = current.filter((route) => !gone.some((name) => sameName(name, nameOf(route))));
  return [...kept, ...written.map(routeBody)];
}

function routeBody({ name, addressPrefix, nextHopIpAddress }: PodRoute): JsonObject {
  return { name, properties: { addressPrefix, nextHopType: "VirtualAppliance", nextHopIpAddress } };
}

function leadsSame(existing: JsonObject, { addressPrefix, nextHopIpAddress }: PodRoute): boolean {
  return (
    isToAppliance(existing) &&
    textAt(existing, "properties.addressPrefix") === addressPrefix &&
    textAt(existing, "properties.nextHopIpAddress") === nextHopIpAddress
  );
}

function isToAppliance(route: JsonObject): boolean {
  return textAt(route, "properties.nextHopType")?.toLowerCase() === "virtualappliance";
}

function nameOf(route: JsonObject): string {
  return textAt(route, "name") ?? "";
}

/** ARM's names differ only in more than case. */
function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
