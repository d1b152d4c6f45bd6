/** The Table API for incidents: GET (one, or by an encoded query), POST and PATCH. */
import { QueryMistake, type Row, selectRows } from "./encodedQuery.ts";
import { type IncidentTable, TableRefusal } from "./incidentTable.ts";

export interface TableAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export const TABLE_PATH = "/api/now/table/incident";

const PARAMETERS: ReadonlySet<string> = new Set(["sysparm_query", "sysparm_fields", "sysparm_limit", "sysparm_offset"]);
/** Rows of an answer when nobody asks for fewer. Source: ServiceNow docs, Table API, sysparm_limit, read 2026-11. */
const LIMIT = 10_000;

export interface TableRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

export function answerTable(table: IncidentTable, { method, url, body }: TableRequest): TableAnswer {
  try {
    const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.has(name));
    if (unknown !== undefined) throw new TableRefusal(400, "Invalid parameter", `${unknown} is not understood here`);
    const id = url.pathname.slice(TABLE_PATH.length + 1);
    const fields = url.searchParams.get("sysparm_fields")?.split(",");
    switch (`${method} ${id === "" ? "all" : "one"}`) {
      case "GET all":
        return { status: 200, body: { result: list(table, url).map((row) => shown(row, fields)) } };
      case "GET one":
        return found(table.get(id)?.row, fields);
      case "POST all": {
        const { row } = table.create(fieldsOf(body));
        const location = `${url.origin}${TABLE_PATH}/${row.sys_id}`;
        return { status: 201, headers: { location }, body: { result: shown(row, fields) } };
      }
      case "PATCH one":
        return found(table.change(id, fieldsOf(body))?.row, fields);
      default:
        throw new TableRefusal(405, "Method Not Allowed", `${method} is not understood here`);
    }
  } catch (error) {
    if (error instanceof TableRefusal) return failure(error.status, error.message, error.detail);
    if (error instanceof QueryMistake) return failure(400, "Invalid query", error.message);
    throw error;
  }
}

export function failure(status: number, message: string, detail: string): TableAnswer {
  return { status, body: { error: { message, detail }, status: "failure" } };
}

function list(table: IncidentTable, url: URL): readonly Row[] {
  const rows = selectRows(
    table.all.map(({ row }) => row),
    url.searchParams.get("sysparm_query") ?? "",
  );
  const offset = Number(url.searchParams.get("sysparm_offset") ?? 0);
  return rows.slice(offset, offset + Number(url.searchParams.get("sysparm_limit") ?? LIMIT));
}

function found(row: Row | undefined, fields: readonly string[] | undefined): TableAnswer {
  if (row === undefined)
    return failure(404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval");
  return { status: 200, body: { result: shown(row, fields) } };
}

/** Journals are never read back here: their text stands elsewhere. */
function shown(row: Row, fields: readonly string[] | undefined): Row {
  const whole: Row = { ...row, work_notes: "", comments: "" };
  if (fields === undefined) return whole;
  return Object.fromEntries(fields.flatMap((name) => (whole[name] === undefined ? [] : [[name, whole[name]]])));
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {}
  throw new TableRefusal(400, "Exception while reading request", "The payload is not valid JSON");
}
