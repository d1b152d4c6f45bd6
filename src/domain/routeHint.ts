/**
 * What an event of Azure's is worth: a hint where to look, never a truth. Events come late, twice, in any order, or not at
 * all, and whoever may deliver one may also make one up, so all that is taken from it is the name of an environment.
 */
import type { EnvironmentIndex, IndexedEnvironment } from "./environmentIndex.ts";

/** An event in either delivery schema, reduced to what is looked at. */
export interface ResourceEvent {
  readonly eventId: string;
  /** "Microsoft.Resources.ResourceWriteSuccess", "Microsoft.ContainerService.NodePoolRollingSucceeded", … */
  readonly eventType: string;
  /** ARM id of what the topic watches: a subscription, a resource group or a cluster. */
  readonly topic: string;
  readonly subject: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** What happened to a resource, where the event is about an operation of ARM. */
  readonly operation?: {
    /** "Microsoft.Network/routeTables/write" */
    readonly operationName: string;
    readonly resourceId: string;
    readonly subscriptionId: string;
    /** Client id of who did it. */
    readonly appId?: string;
    readonly correlationId?: string;
  };
}

export type RouteHint =
  /** A cluster's table was written: its routes may have changed. */
  | { readonly kind: "table"; readonly environment: string; readonly cluster: string; readonly reason: string }
  /** A cluster or a pool was changed: its routes are going to change within minutes. */
  | { readonly kind: "pools"; readonly environment: string; readonly cluster: string; readonly reason: string }
  | { readonly kind: "ignored"; readonly why: Exclude<IgnoredBecause, "notUnderstood"> };

/** Why an event is not followed. A bound set, because each is counted. */
export const ignoredReasons = [
  "otherSubscription",
  /** Topic, subject and resource disagree: no topic of Azure's says that. */
  "forgedTopic",
  /** The gateway's own table: that is our write, or the sweep's business. */
  "gatewayTable",
  /** A table or a cluster of no environment. */
  "foreignResource",
  /** An operation that changes no route. */
  "otherOperation",
  /** An event of a type that says nothing about resources. */
  "unknownType",
  /** No event in either schema. It is refused, too, so that it ends with the dead letters; each attempt to deliver it counts. */
  "notUnderstood",
] as const;

export type IgnoredBecause = (typeof ignoredReasons)[number];

export function routeHint(event: ResourceEvent, index: EnvironmentIndex, subscriptionId: string): RouteHint {
  if (!isInSubscription(event, subscriptionId)) return ignored("otherSubscription");
  const place = placeOf(event);
  if (place === undefined) return ignored("unknownType");
  if (place === "forged") return ignored("forgedTopic");
  if (place.kind === undefined) return ignored("otherOperation");
  const { kind, resourceId, what } = place;
  for (const environment of index.environments) {
    if (kind === "table" && sameId(environment.gatewayTableId, resourceId)) return ignored("gatewayTable");
    const cluster = clusterAt(environment, kind, resourceId);
    if (cluster !== undefined) {
      return { kind, environment: environment.name, cluster, reason: `${what} (event ${event.eventId})` };
    }
  }
  return ignored("foreignResource");
}

function ignored(why: Extract<RouteHint, { kind: "ignored" }>["why"]): RouteHint {
  return { kind: "ignored", why };
}

function clusterAt({ clusters }: IndexedEnvironment, kind: "table" | "pools", resourceId: string): string | undefined {
  return clusters.find(
    ({ clusterId, sourceTableId }) =>
      sourceTableId !== undefined && sameId(kind === "table" ? sourceTableId : clusterId, resourceId),
  )?.name;
}

/** What the event is about: a table or a cluster by its id, and what happened to it in words. */
interface Place {
  /** Undefined: nothing that has to do with routes. */
  readonly kind: "table" | "pools" | undefined;
  readonly resourceId: string;
  readonly what: string;
}

function placeOf(event: ResourceEvent): Place | "forged" | undefined {
  if (/^Microsoft\.ContainerService\.NodePoolRolling(Started|Succeeded|Failed)$/.test(event.eventType)) {
    const isOwn = sameId(lastSegment(event.topic), event.subject);
    return isOwn
      ? { kind: "pools", resourceId: event.topic, what: `${event.eventType} of ${event.subject}` }
      : "forged";
  }
  const ended = /^Microsoft\.Resources\.Resource(Write|Delete|Action)Success$/.exec(event.eventType)?.[1];
  if (ended === undefined || event.operation === undefined) return undefined;
  const { operationName, resourceId } = event.operation;
  if (!isConsistent(event, event.operation, ended)) return "forged";
  const kind = kindOfOperation.get(operationName.toLowerCase());
  return { kind, resourceId: aboveChild(resourceId, kind), what: `${operationName} of ${lastSegment(resourceId)}` };
}

/** The operations after which routes are or will be others. Source: learn.microsoft.com/azure/role-based-access-control/permissions/containers and …/networking, checked 2026-11. */
const kindOfOperation: ReadonlyMap<string, "table" | "pools"> = new Map(
  Object.entries({
    table: ["routeTables/write", "routeTables/delete", "routeTables/routes/write", "routeTables/routes/delete"].map(
      (operation) => `Microsoft.Network/${operation}`,
    ),
    pools: [
      "write",
      "delete",
      "start/action",
      "stop/action",
      "upgradeNodeImageVersion/action",
      "agentPools/write",
      "agentPools/delete",
      "agentPools/deleteMachines/action",
      "agentPools/upgradeNodeImageVersion/action",
    ].map((operation) => `Microsoft.ContainerService/managedClusters/${operation}`),
  }).flatMap(([kind, operations]) =>
    operations.map((operation) => [operation.toLowerCase(), kind === "table" ? "table" : "pools"] as const),
  ),
);

/** Azure's topics name a scope around the subject, and subject, resource and operation name one and the same thing. */
function isConsistent(
  { topic, subject }: ResourceEvent,
  { operationName, resourceId }: NonNullable<ResourceEvent["operation"]>,
  ended: string,
): boolean {
  const [id, operation] = [resourceId.toLowerCase(), operationName.toLowerCase()];
  const verb = operation.slice(operation.lastIndexOf("/") + 1);
  const type = typeOf(id);
  return (
    sameId(subject, resourceId) &&
    id.startsWith(`${topic.toLowerCase()}/`) &&
    verb === ended.toLowerCase() &&
    type !== undefined &&
    (verb === "action" ? operation.startsWith(`${type}/`) : operation === `${type}/${verb}`)
  );
}

/** "microsoft.network/routetables/routes" of "/subscriptions/…/providers/microsoft.network/routetables/x/routes/y"; undefined for what is no id of a resource. */
function typeOf(id: string): string | undefined {
  const [, below] = id.split("/providers/");
  const [provider, ...rest] = (below ?? "").split("/");
  if (provider === undefined || rest.length === 0 || rest.length % 2 !== 0 || rest.includes("")) return undefined;
  return [provider, ...rest.filter((_, index) => index % 2 === 0)].join("/");
}

/** The table of a route, the cluster of a pool: the first resource below the provider. */
function aboveChild(resourceId: string, kind: Place["kind"]): string {
  if (kind === undefined) return resourceId;
  const segments = resourceId.split("/");
  const provider = segments.findIndex((segment) => segment.toLowerCase() === "providers");
  return segments.slice(0, provider + 4).join("/");
}

function isInSubscription({ topic, operation }: ResourceEvent, subscriptionId: string): boolean {
  const scope = `/subscriptions/${subscriptionId}`.toLowerCase();
  const isTopicOurs = topic.toLowerCase() === scope || topic.toLowerCase().startsWith(`${scope}/`);
  return isTopicOurs && (operation === undefined || sameId(operation.subscriptionId, subscriptionId));
}

function lastSegment(id: string): string {
  return id.split("/").at(-1) ?? "";
}

/** ARM's ids differ only in more than case. */
function sameId(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
