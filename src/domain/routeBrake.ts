/**
 * What keeps a wrong truth from taking pods off the gateway. A route is lost when after the write nothing has its name, its
 * prefix or its next hop: a node that was made again keeps its name and gets another range, or another address, and that
 * is no loss. A route whose node is really gone, or whose cluster has left kubenet, may be lost. A node is gone when no machine has
 * its name: its address may be another's by then, and counts only as long as that one is not reached by a route of its own.
 *
 *   more than half of our routes would be lost    nothing at all is written: what says so may itself be wrong
 *   a node that lives would lose its last route   that route stays, everything else is written
 *
 * Both wait for somebody to confirm exactly these losses.
 */
import { v5 as uuidv5 } from "uuid";
import { gatewayRouteName, isGatewayRouteToNode, ownerOf } from "./gatewayRouteName.ts";
import { applyRouteChanges, nameOf, nextHopOf, prefixOf, type RouteChanges } from "./gatewayRoutes.ts";
import type { JsonObject } from "./json.ts";
import { type ClusterView, isStaying } from "./routeTruths.ts";

/** A change that is not written until it is confirmed. */
export interface RouteBrake {
  /** Stands for exactly these losses: what is confirmed. */
  readonly digest: string;
  readonly reason: "mostRoutes" | "lastRouteOfNode";
  /** Routes that would be lost, and how many of ours there are that they are measured against. */
  readonly lostCount: number;
  readonly ownCount: number;
  /** The first of them, by name. */
  readonly lost: readonly LostRoute[];
}

export interface LostRoute {
  readonly name: string;
  readonly addressPrefix: string;
  readonly nextHopIpAddress: string;
}

/** More lost routes than this are counted and not listed. */
export const LOST_ROUTES_LISTED = 10;

/** Namespace of the digests of held changes; fixed, so that the same change has the same digest at every look. */
const DIGEST_NAMESPACE = "9a5e8f55-6a08-5f9c-a1d8-41e3b3a3b0c2";

export interface Braking {
  /** What may be written now. */
  readonly changes: RouteChanges;
  /** What is held back, if anything. */
  readonly brake?: RouteBrake;
  /** Digest of what would be held back, had it not been confirmed. */
  readonly released?: string;
}

/** Takes out of the changes what must not be written unless `confirmed` is its digest. */
export function routeBrake(
  current: readonly JsonObject[],
  changes: RouteChanges,
  clusters: readonly ClusterView[],
  confirmed?: string,
): Braking {
  const next = applyRouteChanges(current, changes);
  const own = ownRoutes(current, clusters).filter(mayNotGo(next));
  const lost = unserved(own, next).filter(isNowhereIn(next));
  if (lost.length * 2 > own.length) {
    const brake = brakeOf("mostRoutes", lost, own.length);
    const held = { added: [], changed: [], removed: [], blocked: changes.blocked };
    return brake.digest === confirmed ? { changes, released: confirmed } : { changes: held, brake };
  }
  const { rest, held } = withoutLastRoutes(current, changes, own);
  if (held.length === 0) return { changes };
  const brake = brakeOf("lastRouteOfNode", held, own.length);
  return brake.digest === confirmed ? { changes, released: confirmed } : { changes: rest, brake };
}

/** A route of ours as it is in the gateway's table, and what is known of its node. */
interface OwnRoute {
  readonly route: JsonObject;
  /**
   * gone: its cluster has left kubenet, or no node there has its name or its address. heir: the address is another node's,
   * which may have inherited it. there: the node it is named after is there to stay, or nobody knows.
   */
  readonly standing: "gone" | "heir" | "there";
  /** The node that is there to stay, is named in it and that it leads to. */
  readonly node?: string;
}

/** A node that has inherited an address needs no route of the one before, once it has its own. */
function mayNotGo(next: readonly JsonObject[]): (own: OwnRoute) => boolean {
  const reached = new Set(next.map(nextHopOf));
  return ({ route, standing }) => standing === "there" || (standing === "heir" && !reached.has(nextHopOf(route)));
}

function ownRoutes(current: readonly JsonObject[], clusters: readonly ClusterView[]): readonly OwnRoute[] {
  const judged = clusters.filter(({ manner }) => manner !== "keep");
  const names = judged.map(({ truths }) => truths.cluster);
  const classify = new Map(judged.map((view) => [view.truths.cluster, classifier(view)]));
  return current.flatMap((route) => classify.get(ownerOf(names, nameOf(route)) ?? "")?.(route) ?? []);
}

/** Looks a route up among the nodes of its cluster. */
function classifier({ truths: { cluster, nodes }, manner }: ClusterView): (route: JsonObject) => OwnRoute {
  if (manner !== "follow") return (route) => ({ route, standing: "gone" });
  if (nodes === undefined) return (route) => ({ route, standing: "there" });
  const staying = nodes.filter(isStaying);
  const routeNames = new Set(staying.map((node) => gatewayRouteName(cluster, node.name).toLowerCase()));
  const byAddress = new Map(staying.map((node) => [node.address, node]));
  const isNamed = (name: string): boolean =>
    routeNames.has(name.toLowerCase()) || staying.some((node) => isGatewayRouteToNode(cluster, node.name, name));
  return (route) => {
    const name = nameOf(route);
    const ledTo = byAddress.get(nextHopOf(route) ?? "");
    if (ledTo !== undefined && isGatewayRouteToNode(cluster, ledTo.name, name))
      return { route, standing: "there", node: ledTo.name };
    if (isNamed(name)) return { route, standing: "there" };
    return { route, standing: ledTo === undefined ? "gone" : "heir" };
  };
}

/** Those whose prefix nothing leads any more. */
function unserved(own: readonly OwnRoute[], next: readonly JsonObject[]): readonly OwnRoute[] {
  const served = new Set(next.map(prefixOf));
  return own.filter(({ route }) => !served.has(prefixOf(route)));
}

/** Whether nothing has the name of a route, nor leads where it does. */
function isNowhereIn(next: readonly JsonObject[]): (own: OwnRoute) => boolean {
  const names = new Set(next.map((route) => nameOf(route).toLowerCase()));
  const reached = new Set(next.map(nextHopOf));
  return ({ route }) => !names.has(nameOf(route).toLowerCase()) && !reached.has(nextHopOf(route));
}

/** Holding one route back may cost another one its successor, so it is looked at again until nothing more must be held. */
function withoutLastRoutes(
  current: readonly JsonObject[],
  changes: RouteChanges,
  own: readonly OwnRoute[],
): { readonly rest: RouteChanges; readonly held: readonly OwnRoute[] } {
  let held: readonly OwnRoute[] = [];
  for (let round = 0; round <= own.length; round++) {
    const rest = without(changes, held);
    const next = applyRouteChanges(current, rest);
    const reached = new Set(next.map(nextHopOf));
    const more = unserved(own, next).filter(({ route, node }) => node !== undefined && !reached.has(nextHopOf(route)));
    if (more.length === 0) return { rest, held };
    held = [...held, ...more];
  }
  throw new Error("Routes that must be held back do not come to an end; every round holds at least one more.");
}

function without(changes: RouteChanges, held: readonly OwnRoute[]): RouteChanges {
  const names = new Set(held.map(({ route }) => nameOf(route).toLowerCase()));
  const isFree = (name: string): boolean => !names.has(name.toLowerCase());
  return {
    ...changes,
    changed: changes.changed.filter(({ name }) => isFree(name)),
    removed: changes.removed.filter(isFree),
  };
}

function brakeOf(reason: RouteBrake["reason"], lost: readonly OwnRoute[], ownCount: number): RouteBrake {
  const routes = lost
    .map(({ route }) => ({
      name: nameOf(route),
      addressPrefix: prefixOf(route),
      nextHopIpAddress: nextHopOf(route) ?? "",
    }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const text = routes.map((route) => [route.name.toLowerCase(), route.addressPrefix, route.nextHopIpAddress].join(" "));
  return {
    digest: uuidv5(text.sort().join("\n"), DIGEST_NAMESPACE),
    reason,
    lostCount: routes.length,
    ownCount,
    lost: routes.slice(0, LOST_ROUTES_LISTED),
  };
}
