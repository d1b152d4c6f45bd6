import type { DurableOperations } from "../durable/durableOperations.ts";
import { instanceView } from "../durable/instanceView.ts";
import { hasEnded, type InstanceFilter } from "../store/instanceTable.ts";
import type { Store } from "../store/store.ts";
import { HttpRefusal, type RequestContext } from "./requestContext.ts";

/** Instances on one page unless `top` says otherwise. Source: extension 2.13, OrchestrationStatusQueryCondition.PageSize. */
const DEFAULT_PAGE_SIZE = 100;
const CONTINUATION_HEADER = "x-ms-continuation-token";

/** GET instances: a page of instances; the header of the answer leads to the next. */
export function listInstances(context: RequestContext, store: Store): void {
  const pageSize = Number(context.query("top") ?? DEFAULT_PAGE_SIZE);
  if (!Number.isInteger(pageSize) || pageSize < 1) throw new HttpRefusal(400, "'top' must be a whole number above 0.");
  const after = pageStart(context.header(CONTINUATION_HEADER));
  const found = store.instances.list(filterOf(context), pageSize + 1, after);
  const page = found.slice(0, pageSize);
  const last = page.at(-1);
  const token =
    found.length > pageSize && last !== undefined
      ? { [CONTINUATION_HEADER]: Buffer.from(JSON.stringify([last.createdEpochMs, last.id])).toString("base64url") }
      : {};
  const showInput = context.query("showInput")?.toLowerCase() === "true";
  const views = page.map((instance) => instanceView(instance, { showInput, showHistoryOutput: false }));
  context.answerJson(200, views, token);
}

/** DELETE instances: removes the ended ones that the query names. */
export function purgeInstances(
  context: RequestContext,
  { store, operations }: { readonly store: Store; readonly operations: DurableOperations },
): void {
  const filter = filterOf(context);
  if (filter.createdFromEpochMs === undefined) {
    throw new HttpRefusal(400, "Please provide value for 'createdTimeFrom' parameter.");
  }
  const ended = store.instances.list(filter, Number.MAX_SAFE_INTEGER).filter((instance) => hasEnded(instance.status));
  for (const instance of ended) operations.purge(instance.id);
  if (ended.length === 0) context.answer(404);
  else context.answerJson(200, { instancesDeleted: ended.length });
}

function filterOf(context: RequestContext): InstanceFilter {
  const createdFromEpochMs = instant(context, "createdTimeFrom");
  const createdToEpochMs = instant(context, "createdTimeTo");
  const statuses = (context.query("runtimeStatus") ?? "").split(",").filter((status) => status !== "");
  return {
    ...(createdFromEpochMs === undefined ? {} : { createdFromEpochMs }),
    ...(createdToEpochMs === undefined ? {} : { createdToEpochMs }),
    statuses,
    idPrefix: context.query("instanceIdPrefix") ?? "",
  };
}

function instant(context: RequestContext, name: string): number | undefined {
  const text = context.query(name);
  if (text === undefined) return undefined;
  const epochMs = Date.parse(text);
  if (Number.isNaN(epochMs)) throw new HttpRefusal(400, `'${name}' must be an ISO 8601 instant.`);
  return epochMs;
}

function pageStart(token: string | undefined): { readonly createdEpochMs: number; readonly id: string } | undefined {
  if (token === undefined) return undefined;
  try {
    const [createdEpochMs, id] = JSON.parse(Buffer.from(token, "base64url").toString()) as [number, string];
    return { createdEpochMs: Number(createdEpochMs), id: String(id) };
  } catch {
    throw new HttpRefusal(400, `The header ${CONTINUATION_HEADER} is not one that this host gave.`);
  }
}
