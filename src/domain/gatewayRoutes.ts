/**
 * The gateway's table follows the clusters': a gateway in front of kubenet reaches a pod only over a route to its node.
 *
 *   a cluster's table (AKS's alone)            gateway's table, as it should be
 *   aks-…000000  10.244.0.0/24 → 10.0.5.4      secureaks1_aks-…000000  10.244.0.0/24 → 10.0.5.4
 *   dzk8sfw1     0.0.0.0/0     → 10.0.0.4      –        (leads to no node; Azure refuses it there)
 *   –                                          secureaks1_aks-…000007  removed: ours, and its node is gone
 *   –                                          anything else           untouched: not ours
 *
 * Azure refuses two routes of one name, whatever its casing, and two for one prefix (RouteConflict).
 */
import { type AddressPrefix, addressNumber, containsPrefix, parsePrefix } from "./addressPrefix.ts";
import { gatewayRouteName, ownerOf } from "./gatewayRouteName.ts";
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

/** What the gateway's table must hold for a cluster, under names of the cluster's own. */
export interface ClusterRoutes {
  readonly cluster: string;
  readonly routes: readonly PodRoute[];
}

export interface RouteChanges {
  readonly added: readonly PodRoute[];
  readonly changed: readonly PodRoute[];
  /** Names. */
  readonly removed: readonly string[];
  /** Routes that cannot be written, because another one leads the same prefix elsewhere. */
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
  const nodes = parsePrefix(nodePrefix);
  return routes
    .flatMap((route): readonly PodRoute[] => {
      const prefix = parsePrefix(textAt(route, "properties.addressPrefix") ?? "");
      const hop = nextHopOf(route) ?? "";
      if (!isToAppliance(route) || prefix === undefined || !isPodPrefix(prefix, pods)) return [];
      if (nodes === undefined || !isWithin(nodes, hop)) return [];
      return [{ name: nameOf(route), addressPrefix: prefix.text, nextHopIpAddress: hop }];
    })
    .sort(inOrder);
}

/** Never a default route: Azure refuses it on a gateway's subnet unless it leads to the Internet. */
function isPodPrefix(prefix: AddressPrefix, pods: AddressPrefix): boolean {
  return prefix.prefixLengthBits > 0 && containsPrefix(pods, prefix);
}

function isWithin({ firstAddress, lastAddress }: AddressPrefix, address: string): boolean {
  const number = addressNumber(address);
  return number !== undefined && firstAddress <= number && number <= lastAddress;
}

/** What the gateway's table must hold for a cluster: its pod routes, under names of the cluster's own. */
export function gatewayRoutes(cluster: string, source: readonly PodRoute[]): ClusterRoutes {
  return {
    cluster,
    routes: source.map((route) => ({ ...route, name: gatewayRouteName(cluster, route.name) })).sort(inOrder),
  };
}

/**
 * What must change for the gateway's table to hold exactly the wanted routes of these clusters; routes of others stay, and
 * serve where they lead right. Of two wanted routes for one prefix, or of one name, the first in order is written.
 */
export function diffGatewayRoutes(current: readonly JsonObject[], wanted: readonly ClusterRoutes[]): RouteChanges {
  const clusters = wanted.map(({ cluster }) => cluster);
  const isOurs = (route: JsonObject): boolean => ownerOf(clusters, nameOf(route)) !== undefined;
  const ours = Map.groupBy(current.filter(isOurs), (route) => nameOf(route).toLowerCase());
  const foreign = current.filter((route) => !isOurs(route));
  const { free, blocked } = placed(
    foreign,
    wanted.flatMap(({ routes }) => routes),
  );
  const existing = ({ name }: PodRoute): readonly JsonObject[] => ours.get(name.toLowerCase()) ?? [];
  const isRight = (route: PodRoute): boolean => {
    const [own, ...twins] = existing(route);
    return own !== undefined && twins.length === 0 && leadsSame(own, route);
  };
  const names = new Set(free.map(({ name }) => name.toLowerCase()));
  return {
    added: free.filter((route) => existing(route).length === 0),
    changed: free.filter((route) => existing(route).length > 0 && !isRight(route)),
    removed: [...ours].flatMap(([key, routes]) => (names.has(key) ? [] : routes.map(nameOf).sort().slice(0, 1))).sort(),
    blocked,
  };
}

/** The wanted routes that have a place beside those of others, and those that have none and are not served either. */
function placed(
  foreign: readonly JsonObject[],
  wanted: readonly PodRoute[],
): { readonly free: readonly PodRoute[]; readonly blocked: RouteChanges["blocked"] } {
  const byPrefix = new Map(foreign.map((route) => [prefixOf(route), route]));
  const byName = new Map<string, JsonObject>();
  const free: PodRoute[] = [];
  const blocked: RouteChanges["blocked"][number][] = [];
  for (const route of wanted.toSorted(inOrder)) {
    const other = byPrefix.get(route.addressPrefix) ?? byName.get(route.name.toLowerCase());
    if (other === undefined) {
      free.push(route);
      byPrefix.set(route.addressPrefix, routeBody(route));
      byName.set(route.name.toLowerCase(), routeBody(route));
    } else if (!leadsSame(other, route)) blocked.push({ route, by: nameOf(other) });
  }
  return { free, blocked };
}

/** Whether nothing must be written, and nothing stands in the way. */
export function isUnchanged(changes: RouteChanges): boolean {
  return !isWrite(changes) && changes.blocked.length === 0;
}

/** Whether something is to be written. */
export function isWrite({ added, changed, removed }: RouteChanges): boolean {
  return added.length + changed.length + removed.length > 0;
}

/** The routes of the table after the changes, those of others as they were. Throws a sentence rather than lead the gateway's way out through an appliance. */
export function applyRouteChanges(current: readonly JsonObject[], changes: RouteChanges): readonly JsonObject[] {
  const written = [...changes.changed, ...changes.added];
  const open = written.find(({ addressPrefix }) => addressPrefix.endsWith("/0"));
  if (open !== undefined)
    throw new Error(`The route ${open.name} for ${open.addressPrefix} may not be in the table of a gateway's subnet.`);
  const gone = new Set(
    [...changes.removed, ...changes.changed.map(({ name }) => name)].map((name) => name.toLowerCase()),
  );
  const kept = current.filter((route) => !gone.has(nameOf(route).toLowerCase()));
  return [...kept, ...written.map(routeBody)];
}

function routeBody({ name, addressPrefix, nextHopIpAddress }: PodRoute): JsonObject {
  return { name, properties: { addressPrefix, nextHopType: "VirtualAppliance", nextHopIpAddress } };
}

function leadsSame(existing: JsonObject, { addressPrefix, nextHopIpAddress }: PodRoute): boolean {
  return isToAppliance(existing) && prefixOf(existing) === addressPrefix && nextHopOf(existing) === nextHopIpAddress;
}

function isToAppliance(route: JsonObject): boolean {
  return textAt(route, "properties.nextHopType")?.toLowerCase() === "virtualappliance";
}

export function nameOf(route: JsonObject): string {
  return textAt(route, "name") ?? "";
}

export function nextHopOf(route: JsonObject): string | undefined {
  return textAt(route, "properties.nextHopIpAddress");
}

/** The prefix of a route, or a service tag. Azure takes prefixes in one spelling only, so equal texts are equal prefixes. */
export function prefixOf(route: JsonObject): string {
  return textAt(route, "properties.addressPrefix") ?? "";
}

/** By name; what has one name in two casings has an order, too. */
function inOrder(left: PodRoute, right: PodRoute): number {
  const [one, other] = [left, right].map(({ name, addressPrefix, nextHopIpAddress }) =>
    [name.toLowerCase(), addressPrefix, nextHopIpAddress, name].join(" "),
  );
  return one === other ? 0 : (one ?? "") < (other ?? "") ? -1 : 1;
}
