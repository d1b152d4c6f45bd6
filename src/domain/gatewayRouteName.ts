/**
 * Whose a route in the gateway's table is. Azure's routes have no tags, so a route is known to be ours by its name alone:
 * "<cluster>_", then no other underscore. Nothing else may decide this.
 */
import { v5 as uuidv5 } from "uuid";

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

/** The one of these clusters that a route of the gateway's table is kept for; undefined for a foreign route. */
export function ownerOf(clusters: readonly string[], name: string): string | undefined {
  return clusters.find((cluster) => isRouteOf(cluster, name));
}

/** What the cloud provider puts between a node's name and the range in a route's name when nodes have several. Source: github.com/kubernetes-sigs/cloud-provider-azure pkg/consts (RouteNameFmt "%s____%s"), checked 2026-11. */
const NODE_NAME_END = "____";

/** The node that a route of a cluster's table is named after: "<node>", with several ranges a node "<node>____<range>". */
export function nodeNameOfRoute(route: string): string {
  return route.split(NODE_NAME_END)[0] ?? "";
}

/** Whether a route of the gateway's table is named after this node of the cluster. */
export function isGatewayRouteToNode(cluster: string, node: string, name: string): boolean {
  const own = name.toLowerCase();
  const severalRanges = `${cluster}_${node}${NODE_NAME_END.replaceAll("_", "-")}`.toLowerCase();
  return own === gatewayRouteName(cluster, node).toLowerCase() || own.startsWith(severalRanges);
}
