import type { LocalWorld } from "../core/localWorld.ts";
import type { JsonObject, Principal, StoredResource } from "../core/resourceType.ts";
import { sameText } from "../core/sameText.ts";
import type { QueryEngine } from "./kql/queryEngine.ts";
import { QueryError, UnsupportedQuery } from "./kql/queryError.ts";
import { badArgument, LogsError } from "./logsError.ts";
import { queryAnswer } from "./queryAnswer.ts";
import { type QueryRequest, readQueryRequest } from "./queryRequest.ts";
import { settleLogs } from "./settleLogs.ts";
import { workspaceRows } from "./workspaceRows.ts";

const WORKSPACE_TYPE = "Microsoft.OperationalInsights/workspaces";

/**
 * To run a query, and to read a table in it: a role may have the second for some tables only.
 * Source: learn.microsoft.com/azure/azure-monitor/logs/manage-access (table-level access), checked 2026-11.
 */
const QUERY_ACTION = `${WORKSPACE_TYPE}/query/read`;
const tableAction = (table: string): string => `${WORKSPACE_TYPE}/query/${table}/read`;

export interface Query {
  readonly world: LocalWorld;
  readonly engine: QueryEngine;
  readonly caller: Principal;
  /** What the path names: the workspace's customerId, or its resource id. */
  readonly workspace: string;
  readonly body: JsonObject;
  readonly prefer: string;
}

/** Answers one query as the service does. Throws LogsError. */
export function answerQuery({ world, engine, caller, workspace: named, body, prefer }: Query): JsonObject {
  const now = world.clock.now();
  const workspace = workspaceNamed(world, named);
  if (!world.isAllowed(caller.objectId, QUERY_ACTION, workspace.id)) throw insufficientAccess();
  const request = readQueryRequest(body, prefer, now);
  world.state.turn(() => settleLogs(world));
  const source = workspaceRows({
    log: world.workspaceLog,
    workspaceResourceId: workspace.id,
    customerId: String(workspace.body.properties?.customerId ?? ""),
    nowEpochMs: now,
    ...(request.timespan === undefined ? {} : { timespan: request.timespan }),
    mayRead: (table) => world.isAllowed(caller.objectId, tableAction(table), workspace.id),
  });
  const forcePartial = world.takeFault("query.partial", workspace.id) !== undefined;
  const answer = translatingErrors(() => queryAnswer(engine.execute(request.query, source, now), forcePartial));
  return { ...answer, ...extras(request) };
}

function workspaceNamed(world: LocalWorld, named: string): StoredResource {
  const found = world.store
    .list(WORKSPACE_TYPE, "/")
    .find(({ id, body }) => sameText(String(body.properties?.customerId ?? ""), named) || sameText(id, named));
  if (found !== undefined) return found;
  throw new LogsError(404, "WorkspaceNotFoundError", "The workspace could not be found");
}

function insufficientAccess(): LogsError {
  return new LogsError(
    403,
    "InsufficientAccessError",
    "The provided credentials have insufficient access to perform the requested operation",
  );
}

function translatingErrors(work: () => JsonObject): JsonObject {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnsupportedQuery) {
      throw new LogsError(501, "NotImplementedInLocalAzure", error.message);
    }
    if (!(error instanceof QueryError)) throw error;
    const { kind, code, message, place } = error;
    const what = kind === "SyntaxError" ? "A recognition error occurred in the query." : "A semantic error occurred.";
    throw badArgument({ code: kind, message: what, innererror: { code, message, ...place } });
  }
}

function extras({ query, includesStatistics, includesRender }: QueryRequest): JsonObject {
  const visualization = /\|\s*render\s+(\w+)/.exec(query)?.[1] ?? null;
  return {
    // The stand-in measures nothing that would say something about Azure's own times.
    ...(includesStatistics ? { statistics: { query: { executionTime: 0, resourceUsage: {} } } } : {}),
    ...(includesRender ? { render: { visualization } } : {}),
  };
}
