import type { LocalWorld } from "../core/localWorld.ts";
import type { JsonObject, Principal } from "../core/resourceType.ts";
import type { QueryEngine } from "./kql/queryEngine.ts";
import { QueryError, UnsupportedQuery } from "./kql/queryError.ts";
import { badArgument, LogsError } from "./logsError.ts";
import { queryAnswer } from "./queryAnswer.ts";
import { type GivenQuery, type QueryRequest, readQueryRequest } from "./queryRequest.ts";
import { type QueryScope, rowsInScope } from "./queryScope.ts";
import { renderInstruction } from "./renderInstruction.ts";
import { settleLogs } from "./settleLogs.ts";

export interface Query {
  readonly world: LocalWorld;
  readonly engine: QueryEngine;
  readonly caller: Principal;
  readonly scope: QueryScope;
  readonly given: GivenQuery;
}

/** Answers one query as the service does. Throws LogsError. */
export function answerQuery({ world, engine, caller, scope, given }: Query): JsonObject {
  const now = world.clock.now();
  const request = readQueryRequest(given, now);
  const { id, source } = rowsInScope(scope, { world, caller, request });
  world.state.turn(() => settleLogs(world));
  const forcePartial = world.takeFault("query.partial", id) !== undefined;
  const answer = translatingErrors(() => queryAnswer(engine.execute(request.query, source, now), forcePartial));
  return { ...answer, ...extras(request) };
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
  return {
    // The stand-in measures nothing that would say something about Azure's own times.
    ...(includesStatistics ? { statistics: { query: { executionTime: 0, resourceUsage: {} } } } : {}),
    ...(includesRender ? { render: renderInstruction(query) } : {}),
  };
}
