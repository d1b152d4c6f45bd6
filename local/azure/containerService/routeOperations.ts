/**
 * The route controller's thinking: which routes a cluster's table lacks or has too many, and what a batch makes of the
 * table. Source: kubernetes-sigs/cloud-provider-azure vendor/k8s.io/cloud-provider/controllers/route and
 * pkg/provider/azure_routes.go at 7b31c76 (2026-08).
 */
import type { JsonObject } from "../core/resourceType.ts";
import { textField } from "../kubernetes/jsonFields.ts";
import { contains, parsePrefix } from "../network/ipv4.ts";

/** A node that pods of its own range live on. */
export interface RoutedNode {
  readonly name: string;
  readonly podCidr: string;
  readonly address: string;
}

export type RouteOperation =
  | { readonly kind: "add"; readonly name: string; readonly podCidr: string; readonly nextHop: string }
  | { readonly kind: "delete"; readonly name: string };

export interface RoutePlan {
  readonly operations: readonly RouteOperation[];
  /** Nodes whose route is there. */
  readonly routed: readonly string[];
}

/**
 * Compares nodes with routes by name and prefix; the next hop is not looked at. Routes outside the pod range are nobody's
 * business, those inside it that belong to no node go. Deletions come first, so that a node with another range keeps its name.
 */
export function planRoutes(nodes: readonly RoutedNode[], routes: readonly JsonObject[], podRange: string): RoutePlan {
  const own = routes.filter((route) => isInside(podRange, prefixOf(route)));
  const belongs = (route: JsonObject, node: RoutedNode): boolean =>
    sameName(nameOf(route), node.name) && prefixOf(route) === node.podCidr;
  const stale = own.filter((route) => !nodes.some((node) => belongs(route, node)));
  const [routed, missing] = partition(nodes, (node) => own.some((route) => belongs(route, node)));
  return {
    operations: [
      ...stale.map((route) => ({ kind: "delete", name: nameOf(route) }) as const),
      ...missing.map(
        ({ name, podCidr, address }) => ({ kind: "add", name, podCidr, nextHop: address }) satisfies RouteOperation,
      ),
    ],
    routed: routed.map((node) => node.name),
  };
}

/** What a batch makes of a table's routes; `isDirty` is false when nothing would change, and then nothing is written. */
export function applyOperations(
  routes: readonly JsonObject[],
  operations: readonly RouteOperation[],
): { readonly routes: readonly JsonObject[]; readonly isDirty: boolean } {
  let current = [...routes];
  let isDirty = false;
  for (const operation of operations) {
    const before = current.find((route) => sameName(nameOf(route), operation.name));
    const kept = current.filter((route) => !isReplacedBy(operation, nameOf(route)));
    if (operation.kind === "delete") isDirty ||= kept.length < current.length;
    else isDirty ||= before === undefined || !leadsAlike(before, operation);
    current = operation.kind === "delete" ? kept : [...kept, routeFor(operation)];
  }
  return { routes: current, isDirty };
}

/** Whether a table has what the operations were to bring about. */
export function isCarriedOut(routes: readonly JsonObject[], operations: readonly RouteOperation[]): boolean {
  return !applyOperations(routes, operations.filter(isFinal)).isDirty;
}

/** A deletion that a later addition of the same name replaces says nothing of the end. */
function isFinal(operation: RouteOperation, index: number, all: readonly RouteOperation[]): boolean {
  return operation.kind === "add" || !all.slice(index + 1).some((later) => isReplacedBy(operation, later.name));
}

/** A deletion takes along every route whose name begins with its own (names of the dual-stack form). */
function isReplacedBy(operation: RouteOperation, name: string): boolean {
  if (operation.kind === "add") return sameName(name, operation.name);
  return name.toLowerCase().startsWith(operation.name.toLowerCase());
}

function routeFor(operation: Extract<RouteOperation, { kind: "add" }>): JsonObject {
  return {
    name: operation.name,
    properties: {
      addressPrefix: operation.podCidr,
      nextHopType: "VirtualAppliance",
      nextHopIpAddress: operation.nextHop,
    },
  };
}

function leadsAlike(route: JsonObject, operation: Extract<RouteOperation, { kind: "add" }>): boolean {
  return (
    prefixOf(route) === operation.podCidr && textField(route, "properties", "nextHopIpAddress") === operation.nextHop
  );
}

function isInside(podRange: string, prefix: string): boolean {
  const outer = parsePrefix(podRange);
  const inner = parsePrefix(prefix);
  return outer !== undefined && inner !== undefined && contains(outer, inner);
}

function nameOf(route: JsonObject): string {
  return textField(route, "name") ?? "";
}

function prefixOf(route: JsonObject): string {
  return textField(route, "properties", "addressPrefix") ?? "";
}

function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function partition<T>(items: readonly T[], matches: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [items.filter(matches), items.filter((item) => !matches(item))];
}
