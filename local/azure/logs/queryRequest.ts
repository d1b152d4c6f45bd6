import type { Json, JsonObject } from "../core/resourceType.ts";
import { parseDatetime } from "./kql/timeText.ts";
import { badArgument } from "./logsError.ts";

/** A query as it arrives: GET has it in the URL alone, POST in the body and its timespan also in the URL. */
export interface GivenQuery {
  readonly body: JsonObject;
  readonly parameters: URLSearchParams;
  readonly prefer: string;
}

export interface QueryRequest {
  readonly query: string;
  readonly timespan?: Timespan;
  /** Further workspaces. */
  readonly workspaces: readonly string[];
  readonly includesStatistics: boolean;
  readonly includesRender: boolean;
}

interface Timespan {
  readonly fromEpochMs: number;
  readonly toEpochMs: number;
}

/** Reads a query. Preferences that are not known are passed over, as RFC 7240 has it. */
export function readQueryRequest({ body, parameters, prefer }: GivenQuery, nowEpochMs: number): QueryRequest {
  const query = body.query ?? parameters.get("query");
  if (typeof query !== "string" || query.trim() === "")
    throw invalidBody("Missing or invalid 'query' argument in the request body");
  const spans = [body.timespan, parameters.get("timespan")].flatMap((one) => timespanOf(one ?? null, nowEpochMs) ?? []);
  return {
    query,
    ...(spans.length === 0 ? {} : { timespan: intersection(spans) }),
    workspaces: workspacesOf(body.workspaces ?? parameters.get("workspaces")),
    includesStatistics: /include-statistics\s*=\s*true/i.test(prefer),
    includesRender: /include-render\s*=\s*true/i.test(prefer),
  };
}

/** Of the timespan in the URL and that in the body. Source: learn.microsoft.com/azure/azure-monitor/logs/api/request-format. */
function intersection(spans: readonly Timespan[]): Timespan {
  return {
    fromEpochMs: Math.max(...spans.map(({ fromEpochMs }) => fromEpochMs)),
    toEpochMs: Math.min(...spans.map(({ toEpochMs }) => toEpochMs)),
  };
}

function workspacesOf(given: Json | undefined): readonly string[] {
  if (given === undefined || given === null || given === "") return [];
  if (typeof given === "string") return given.split(",").map((one) => one.trim());
  if (Array.isArray(given) && given.every((one) => typeof one === "string")) return given;
  throw invalidBody("'workspaces' is no list of texts");
}

function timespanOf(given: Json, nowEpochMs: number): Timespan | undefined {
  if (given === null) return undefined;
  if (typeof given !== "string") throw invalidBody("The timespan is not a text");
  return readTimespan(given, nowEpochMs);
}

/** A duration back from now, start/end, start/duration or duration/end. Source: ISO 8601, learn.microsoft.com/azure/azure-monitor/logs/api/timeouts. */
function readTimespan(text: string, nowEpochMs: number): Timespan {
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
