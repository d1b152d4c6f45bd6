/**
 * The seam of the local Azure: the core (HTTP, envelopes, long operations, ETags, RBAC, throttling, faults) on one side,
 * the resource types on the other. A resource type says only what is particular to it; everything ARM does for all
 * types alike is done once, in the core.
 */
import type { Clock } from "../../clock.ts";
import type { ArmActivity } from "./armActivity.ts";
import type { ArmError } from "./armError.ts";
import type { ModuleDoors } from "./moduleDoors.ts";
import type { ResourceId } from "./resourceId.ts";

export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json | undefined;
}

/** A resource as it is kept. `body` holds every top-level field but id, name, type and etag: location, tags, sku, zones, identity, properties … */
export interface StoredResource {
  readonly id: string;
  readonly name: string;
  /** In ARM's spelling, e.g. "Microsoft.Network/virtualNetworks/subnets". */
  readonly type: string;
  readonly etag: string;
  readonly body: JsonObject & { properties?: JsonObject };
}

/** What the store can be asked and told. Ids are compared without regard to case, as ARM does. */
export interface ResourceStore {
  get(id: string): StoredResource | undefined;
  /** Direct children of a resource (optionally of one type), in the order of creation. */
  children(parentId: string, type?: string): StoredResource[];
  /** All resources of a type at or below a scope (subscription, resource group or resource id). */
  list(type: string, scope: string): StoredResource[];
  /** Every resource below a scope, whatever its type. */
  below(scope: string): StoredResource[];
  /** Creates or replaces; gives a new etag to the resource and to the resources whose etag moves with it (parents and inline children). */
  put(resource: Omit<StoredResource, "etag">): StoredResource;
  remove(id: string): void;
  /** Resources that mention the id, or one below it, anywhere in their body (linked access, in-use checks). */
  referencesTo(id: string): StoredResource[];
}

/** Who calls: the principal of the access token. */
export interface Principal {
  /** Object id of the service principal, managed identity or user. */
  readonly objectId: string;
  /** Client id (application id). */
  readonly appId: string;
  readonly kind: "ServicePrincipal" | "User";
  readonly displayName: string;
}

/** Everything a resource type may use. The core implements it; there is one per running local Azure. */
export interface AzureWorld {
  readonly clock: Clock;
  readonly store: ResourceStore;
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** Seeded, so that runs with the same seed give the same ids and numbers. */
  newGuid(): string;
  /** Seeded, uniform in [0, 1). */
  random(): number;
  /** An address of Azure's public space that nobody else has, e.g. "20.31.0.7". */
  newPublicAddress(): string;
  /** Makes a directory object for a managed identity; it is visible to role assignments only after the directory's replication delay. */
  createPrincipal(displayName: string): Principal;
  removePrincipal(objectId: string): void;
  /** Whether RBAC lets the principal perform an action (e.g. "Microsoft.Network/virtualNetworks/subnets/join/action") on a scope now. */
  isAllowed(objectId: string, action: string, scope: string): boolean;
  /** Runs the named task of a module after a delay of Azure time; survives a restart with --state. */
  schedule(task: string, delaySeconds: number, data: JsonObject): void;
  /** The error that a scripted fault wants here, once; modules call it at named points (e.g. "aks.routeTableWrite"). */
  takeFault(point: string, resourceId: string): ArmError | undefined;
  /** A PUT or DELETE made by Azure's own services (cluster identity, AGIC …) through the same door as everyone: RBAC, locks, etags and events included. */
  armRequest(request: InternalArmRequest): InternalArmResponse;
  /** Appends a row to a table of a workspace's log, e.g. "AZFWNetworkRule"; it happened at an instant, by default now, which is its TimeGenerated when it has none. */
  log(workspaceResourceId: string, table: string, row: JsonObject, atEpochMs?: number): void;
}

export interface InternalArmRequest {
  readonly principal: Principal;
  readonly method: "GET" | "PUT" | "DELETE" | "POST";
  /** Path without the host and without api-version, e.g. "/subscriptions/…/routeTables/rt". */
  readonly path: string;
  readonly apiVersion: string;
  readonly body?: JsonObject;
  readonly ifMatch?: string;
}

export interface InternalArmResponse {
  readonly status: number;
  readonly body?: JsonObject;
}

export interface WriteContext {
  readonly world: AzureWorld;
  readonly id: ResourceId;
  /** The body as sent. */
  readonly body: JsonObject;
  readonly existing: StoredResource | undefined;
  readonly caller: Principal;
  readonly apiVersion: string;
}

/** A resource named inside a body. The core checks that it exists and that the caller may use it. */
export interface Reference {
  readonly id: string;
  /** JSON path in words for the error text, e.g. "properties.subnets[0].properties.routeTable". */
  readonly path: string;
  /** What the caller needs on it, e.g. "Microsoft.Network/routeTables/join/action"; omitted: existence only. */
  readonly action?: string;
  /** False: may be missing (e.g. in another subscription). Default true: 400 InvalidResourceReference. */
  readonly mustExist?: boolean;
}

export interface ResourceType {
  /** In ARM's spelling. */
  readonly type: string;
  /** "tracked" has a location and tags; "child" lives below its parent; "extension" can sit on any resource (role assignments, diagnostic settings …). */
  readonly kind: "tracked" | "proxy" | "child" | "extension";
  /**
   * Properties of a parent that are children of their own in ARM (subnets of a virtual network). The core splits them off
   * on PUT (each goes through its own type's validate, references, prepare and finishPut, after the parent's) and shows
   * them on GET, before `render`. The kept parent body never holds them.
   */
  readonly inlineChildren?: readonly InlineChildren[];
  /** Whether PATCH of tags is offered. Default: tracked resources do, others do not. */
  readonly patchTags?: boolean;
  /** False: the type shows no properties.provisioningState (role assignments, identities). Default true. */
  readonly provisioningState?: boolean;
  /** True: a new write cancels a running one on the same lock (CanceledAndSupersededDueToAnotherOperation) when both types say so, instead of being refused. */
  readonly supersedable?: boolean;
  /** How the provider spells the type in its answers, where that is not ARM's spelling. */
  readonly shownType?: string;
  /** True: a PUT that changes nothing is done when it is answered, though it names an operation as always. */
  readonly settlesUnchanged?: boolean;
  /** Whether the etag is shown in the body and in the ETag header of a GET, and If-Match is honoured (Microsoft.Network: yes). */
  readonly etags?: boolean;

  /** Throws ArmError (400 family) for bodies that Azure refuses at once: names, schema, cross-resource rules. */
  validate?(context: WriteContext): void;
  references?(context: WriteContext): readonly Reference[];
  /** The body to keep: what was sent, defaults filled in, read-only fields kept from the existing one. Throws ArmError. */
  prepare?(context: WriteContext): JsonObject;
  /** Azure seconds from acceptance to Succeeded; 0 is a synchronous write. Source: `durations` beside each provider's types. */
  putSeconds(context: WriteContext): number;
  /** Azure seconds that a PUT still lacks when its time is up, because somebody outside of Azure must answer first; 0: none. */
  remainingSeconds?(resource: StoredResource, world: AzureWorld): number;
  deleteSeconds?(resource: StoredResource, world: AzureWorld): number;
  /** Items in a page of its lists when the caller wants no other number; default: the core's. */
  readonly pageSize?: number;
  /** Seconds in the Retry-After of a long operation's answers; undefined sends none. */
  readonly retryAfterSeconds?: number;
  /** Scopes on which no two operations may run at once (409 AnotherOperationInProgress), e.g. the parent virtual network. The resource itself always is one. */
  locks?(context: WriteContext): readonly string[];
  /** When the operation ends: computed properties (addresses, identities, child resources). Returning an error ends it as Failed. */
  finishPut?(
    resource: StoredResource,
    world: AzureWorld,
  ): { readonly body?: JsonObject; readonly error?: ArmError } | undefined;
  /** Throws ArmError while the resource may not be deleted (InUse…CannotBeDeleted). A parent speaks for its children: theirs are not asked. */
  checkDelete?(resource: StoredResource, world: AzureWorld): void;
  /** After the resource is gone. */
  finishDelete?(resource: StoredResource, world: AzureWorld): void;
  /** Last change before a resource is shown (computed reverse references, peeringState …); returns the whole body, inline children included. */
  render?(resource: StoredResource, world: AzureWorld): JsonObject;
  /** The 404 of a GET, where the provider words it in its own way. */
  notFound?(id: ResourceId): ArmError;
  /** Resources of this type that are not kept in the store (built-in role definitions). */
  find?(id: ResourceId, world: AzureWorld): StoredResource | undefined;
  /** What a list at a scope shows, where it is not simply what lies at or below it. */
  list?(query: ListQuery): readonly StoredResource[];
}

export interface InlineChildren {
  readonly property: string;
  readonly type: string;
  /** "resource": items are `{name, properties}` (default); "flat": items are `{name, …properties}` (agentPoolProfiles). */
  readonly shape?: "resource" | "flat";
  /** What a parent PUT without the property means. Default "byApiVersion": "unchanged" from 2023-09-01 on, else "delete". */
  readonly whenOmitted?: "byApiVersion" | "unchanged" | "delete";
}

export interface ListQuery {
  readonly world: AzureWorld;
  /** Subscription, resource group or resource id. */
  readonly scope: string;
  /** The raw $filter. */
  readonly filter: string | undefined;
  readonly caller: Principal;
}

/** A POST on a resource, or a GET that is no resource (kubernetesVersions). */
export interface ArmOperation {
  readonly method: "GET" | "POST";
  /** Path pattern after the host, e.g. "/subscriptions/{subscriptionId}/providers/Microsoft.ContainerService/locations/{location}/kubernetesVersions" or "{Microsoft.ContainerService/managedClusters}/runCommand". A type in braces stands for a resource id of that type. */
  readonly path: string;
  /** The RBAC action, e.g. "Microsoft.ContainerService/managedClusters/runcommand/action". */
  readonly action: string;
  handle(context: OperationContext): OperationResult;
}

export interface OperationContext {
  readonly world: AzureWorld;
  readonly params: Readonly<Record<string, string>>;
  /** The resource, where the pattern names a type. */
  readonly resource: StoredResource | undefined;
  readonly body: JsonObject;
  readonly caller: Principal;
  readonly apiVersion: string;
  /** Query parameters by lower-case name, e.g. "$filter". */
  readonly query?: Readonly<Record<string, string>>;
}

/** Now, or by 202 + Location: the result is asked for when the time is up, from data that survives a restart. */
export type OperationResult =
  | { readonly status: number; readonly body?: JsonObject }
  | {
      readonly acceptedForSeconds: number;
      /** Path of the Location, e.g. "/…/managedClusters/c/commandResults/{guid}"; omitted: a generic operationResults URL. */
      readonly location?: string;
      /** Name of the module's task that is run when the time is up and computes the result. */
      readonly resultTask: string;
      readonly data: JsonObject;
      readonly retryAfterSeconds?: number;
    };

/** One area of Azure. `tasks` run by `world.schedule`; a task started for an accepted operation returns that operation's result. */
export interface AzureModule extends ModuleDoors {
  readonly resourceTypes: readonly ResourceType[];
  readonly operations?: readonly ArmOperation[];
  readonly tasks?: Readonly<
    Record<
      string,
      (data: JsonObject, world: AzureWorld) => { readonly status: number; readonly body?: JsonObject } | undefined
    >
  >;
  /** Called after every resource change that has taken effect (operation end, synchronous write, delete), whoever made it. */
  onChanged?(change: ResourceChange, world: AzureWorld): void;
  /** Called for every request that meant to change something, when it has ended: what the activity log would say. */
  onActivity?(activity: ArmActivity, world: AzureWorld): void;
}

export interface ResourceChange {
  readonly kind: "write" | "delete";
  readonly resource: StoredResource;
  readonly caller: Principal;
  /** True for a child that was written or removed inside its parent's PUT: ARM raises no event of its own for it. */
  readonly inline?: boolean;
}
