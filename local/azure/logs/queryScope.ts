import type { LocalWorld } from "../core/localWorld.ts";
import type { Principal, StoredResource } from "../core/resourceType.ts";
import { sameText } from "../core/sameText.ts";
import type { RowSource } from "./kql/scope.ts";
import { LogsError } from "./logsError.ts";
import type { QueryRequest } from "./queryRequest.ts";
import { type WorkspaceRowsOptions, workspaceRows } from "./workspaceRows.ts";

const WORKSPACE_TYPE = "Microsoft.OperationalInsights/workspaces";

/**
 * To run a query, and to read a table in it: a role may have the second for some tables only. Whoever asks for a resource's
 * own logs needs the right on the resource and none on workspaces, as long as these leave it at that.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/manage-access (table-level access, resource-context), checked 2026-11.
 */
const QUERY_ACTION = `${WORKSPACE_TYPE}/query/read`;
const tableAction = (table: string): string => `${WORKSPACE_TYPE}/query/${table}/read`;
const RESOURCE_ACTION = "Microsoft.Insights/logs/read";

/** Workspaces of one query at most. Source: learn.microsoft.com/azure/azure-monitor/logs/cross-workspace-query, checked 2026-11. */
const MOST_WORKSPACES = 100;

/** What a query looks into: a workspace by its customerId or resource id, or all that a resource has logged. */
export type QueryScope =
  | { readonly kind: "workspace"; readonly name: string }
  | { readonly kind: "resource"; readonly resourceId: string };

interface RowsInScope {
  readonly id: string;
  readonly source: RowSource;
}

export interface Asking {
  readonly world: LocalWorld;
  readonly caller: Principal;
  readonly request: QueryRequest;
}

/** The rows that the caller may see within the scope, and the id of the workspace or resource. Throws LogsError. */
export function rowsInScope(scope: QueryScope, asking: Asking): RowsInScope {
  return scope.kind === "workspace" ? rowsOfWorkspaces(scope.name, asking) : rowsOfResource(scope.resourceId, asking);
}

function rowsOfWorkspaces(name: string, asking: Asking): RowsInScope {
  const { world, caller, request } = asking;
  const first = workspaceNamed(world, name);
  if (first === undefined) throw new LogsError(404, "WorkspaceNotFoundError", "The workspace could not be found");
  const others = request.workspaces.map((other) => workspaceNamed(world, other) ?? unresolved());
  const all = [...new Map([first, ...others].map((one) => [one.id.toLowerCase(), one])).values()];
  if (all.length > MOST_WORKSPACES) throw unresolved();
  if (all.some(({ id }) => !world.isAllowed(caller.objectId, QUERY_ACTION, id))) throw insufficientAccess();
  return { id: first.id, source: joinedRows(all.map((workspace) => workspaceRows(rowsOf(workspace, asking)))) };
}

function rowsOfResource(resourceId: string, asking: Asking): RowsInScope {
  const { world, caller, request } = asking;
  if (world.store.get(resourceId) === undefined) {
    const message = `The resource ${resourceId.toLowerCase()} was not found`;
    throw new LogsError(404, "ResourceNotFoundError", message);
  }
  if (!world.isAllowed(caller.objectId, RESOURCE_ACTION, resourceId)) {
    const message = `User '${caller.objectId}' does not have access to read logs for this resource`;
    throw insufficientAccess({ code: "AuthorizationFailedError", message });
  }
  if (request.workspaces.length > 0) {
    const message = "The local Azure cannot look into further workspaces when it is asked for a resource's logs";
    throw new LogsError(501, "NotImplementedInLocalAzure", message);
  }
  const workspaces = world.store.list(WORKSPACE_TYPE, "/");
  const sources = workspaces.map((one) => workspaceRows({ ...rowsOf(one, asking), mayRead: () => true, resourceId }));
  return { id: resourceId, source: joinedRows(sources) };
}

function rowsOf(workspace: StoredResource, { world, caller, request }: Asking): WorkspaceRowsOptions {
  return {
    log: world.workspaceLog,
    workspaceResourceId: workspace.id,
    customerId: String(workspace.body.properties?.customerId ?? ""),
    nowEpochMs: world.clock.now(),
    ...(request.timespan === undefined ? {} : { timespan: request.timespan }),
    mayRead: (table) => world.isAllowed(caller.objectId, tableAction(table), workspace.id),
  };
}

/** One source of several: a table is there when one of them has it. */
function joinedRows(sources: readonly RowSource[]): RowSource {
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  return {
    has: (table) => sources.some((source) => source.has(table)),
    stream: (table, columns, sink) =>
      sources.every((source) => !source.has(table) || source.stream(table, columns, sink)),
  };
}

/**
 * By customerId, resource id, name, or subscription/group/name.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/api/cross-workspace-queries, checked 2026-11.
 */
function workspaceNamed(world: LocalWorld, name: string): StoredResource | undefined {
  return world.store.list(WORKSPACE_TYPE, "/").find(({ id, body }) => {
    const [, , subscription = "", , group = "", , , , own = ""] = id.split("/");
    const names = [String(body.properties?.customerId ?? ""), id, own, `${subscription}/${group}/${own}`];
    return names.some((one) => one !== "" && sameText(one, name));
  });
}

function unresolved(): never {
  // Azure's spelling.
  throw new LogsError(400, "FailedToResolveResource", "Resource identity could not be resovled");
}

function insufficientAccess(innererror?: { readonly code: string; readonly message: string }): LogsError {
  const message = "The provided credentials have insufficient access to perform the requested operation";
  return new LogsError(403, "InsufficientAccessError", message, innererror === undefined ? {} : { innererror });
}
