import { randomUUID } from "node:crypto";
import { ArmError } from "./armError.ts";
import type { StoredResource } from "./resourceType.ts";

/** Throws 412 when the resource is not as If-Match or If-None-Match want it. */
export function checkEtagConditions(
  id: string,
  existing: StoredResource | undefined,
  conditions: { readonly ifMatch: string | undefined; readonly ifNoneMatch: string | undefined },
): void {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch !== undefined && !(existing !== undefined && (ifMatch === "*" || listed(ifMatch, existing.etag)))) {
    throw preconditionFailed(
      existing === undefined
        ? `Etag provided in if-match header ${shown(ifMatch)} does not match: resource ${id} does not exist in NRP data store.`
        : `Etag provided in if-match header ${shown(ifMatch)} does not match etag ${existing.etag} of resource ${id} in NRP data store.`,
    );
  }
  if (
    ifNoneMatch !== undefined &&
    existing !== undefined &&
    (ifNoneMatch === "*" || listed(ifNoneMatch, existing.etag))
  ) {
    throw preconditionFailed(
      `Etag provided in if-none-match header ${shown(ifNoneMatch)} matches etag ${existing.etag} of resource ${id} in NRP data store.`,
    );
  }
}

/** Weak and strong spellings of an etag mean the same here: Azure compares the guid. */
function listed(header: string, etag: string): boolean {
  return header.split(",").some((candidate) => opaque(candidate) === opaque(etag));
}

function opaque(etag: string): string {
  return etag.trim().replace(/^W\//, "").replaceAll('"', "");
}

/** Somebody else's write has come between a caller's read and its own. */
export function overtaken(id: string, ifMatch: string): ArmError {
  return preconditionFailed(
    `Etag provided in if-match header ${shown(ifMatch)} does not match etag W/"${randomUUID()}" of resource ${id} in NRP data store.`,
  );
}

function shown(header: string): string {
  return header === "*" ? header : `W/"${opaque(header)}"`;
}

function preconditionFailed(message: string): ArmError {
  const detail = { code: "PreconditionFailedEtagMismatch", message };
  return new ArmError(412, "PreconditionFailed", "Precondition failed.", { details: [detail] });
}
