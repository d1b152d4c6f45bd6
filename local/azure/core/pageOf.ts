import { ArmError } from "./armError.ts";
import type { ArmRequest } from "./armRequest.ts";
import type { JsonObject } from "./resourceType.ts";

/** Items a page holds when the caller wants no other number; also the most that can be wanted. Source: learn.microsoft.com/rest/api/resources/resources/list ($top), checked 2026-11. */
const PAGE_SIZE = 1_000;

/** `{value, nextLink?}`: the page that $top and $skiptoken ask for. */
export function pageOf(items: readonly JsonObject[], request: ArmRequest, usualSize = PAGE_SIZE): JsonObject {
  const size = wholeNumber(request.query.$top, "$top") ?? usualSize;
  const start = wholeNumber(request.query.$skiptoken, "$skiptoken") ?? 0;
  const end = start + Math.min(Math.max(size, 1), PAGE_SIZE);
  const value = items.slice(start, end);
  if (end >= items.length) return { value };
  const query = new URLSearchParams({ ...request.query, $skiptoken: String(end) });
  return { value, nextLink: `${request.baseUrl}${request.path}?${query}` };
}

function wholeNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text))
    throw new ArmError(
      400,
      "InvalidQueryParameterValue",
      `The value '${text}' of the query parameter '${name}' is not a whole number.`,
    );
  return Number(text);
}
