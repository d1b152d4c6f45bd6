import type { JsonObject } from "../core/resourceType.ts";
import { parseDatetime } from "./kql/timeText.ts";
import { badArgument } from "./logsError.ts";

export interface QueryRequest {
  readonly query: string;
  readonly timespan?: { readonly fromEpochMs: number; readonly toEpochMs: number };
  readonly includesStatistics: boolean;
  readonly includesRender: boolean;
}

/** Reads the body and the Prefer header of a query. */
export function readQueryRequest(body: JsonObject, prefer: string, nowEpochMs: number): QueryRequest {
  const { query, timespan, workspaces } = body;
  if (typeof query !== "string" || query.trim() === "")
    throw invalidBody("Missing or invalid 'query' argument in the request body");
  if (Array.isArray(workspaces) && workspaces.length > 0)
    throw invalidBody("The local Azure answers queries over one workspace only: leave out 'workspaces'");
  if (timespan !== undefined && timespan !== null && typeof timespan !== "string")
    throw invalidBody("The timespan is not a text");
  const span = typeof timespan === "string" ? readTimespan(timespan, nowEpochMs) : undefined;
  return {
    query,
    ...(span === undefined ? {} : { timespan: span }),
    includesStatistics: /include-statistics\s*=\s*true/i.test(prefer),
    includesRender: /include-render\s*=\s*true/i.test(prefer),
  };
}

/** A duration back from now, start/end, start/duration or duration/end. Source: ISO 8601, learn.microsoft.com/azure/azure-monitor/logs/api/timeouts. */
function readTimespan(text: string, nowEpochMs: number): NonNullable<QueryRequest["timespan"]> {
  const [first = "", second] = text.split("/");
  const [start, length] = [parseDatetime(first), durationMs(first)];
  if (second === undefined && length !== null) return { fromEpochMs: nowEpochMs - length, toEpochMs: Infinity };
  const [end, endLength] = [parseDatetime(second ?? ""), durationMs(second ?? "")];
  if (start !== null && end !== null) return { fromEpochMs: start, toEpochMs: end };
  if (start !== null && endLength !== null) return { fromEpochMs: start, toEpochMs: start + endLength };
  if (length !== null && end !== null) return { fromEpochMs: end - length, toEpochMs: end };
  throw invalidBody(`The timespan '${text}' is not valid ISO 8601`);
}

/** "P1D", "PT5M", "P1DT2H30M". */
function durationMs(text: string): number | null {
  const match = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (match === null || text === "P" || text.endsWith("T")) return null;
  const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match;
  const wholeDays = Number(weeks) * 7 + Number(days);
  return (((wholeDays * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

function invalidBody(message: string): Error {
  return badArgument({ code: "BadArgument", message });
}
