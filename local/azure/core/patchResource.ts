import type { ArmRequest, ArmResponse } from "./armRequest.ts";
import { actionOf, requireAccess } from "./authorize.ts";
import { checkEtagConditions } from "./etagConditions.ts";
import { gatewayError } from "./gatewayError.ts";
import type { LocalWorld } from "./localWorld.ts";
import { methodNotAllowed } from "./methodNotAllowed.ts";
import { resourceNotFound } from "./notFound.ts";
import { renderResource } from "./renderResource.ts";
import { reportDone } from "./reportActivity.ts";
import { requireLivingGroup, requirePlace } from "./requirePlace.ts";
import type { ResourceId } from "./resourceId.ts";
import type { JsonObject, ResourceType } from "./resourceType.ts";
import { checkTags } from "./tagRules.ts";

/** PATCH: the tags of a resource are replaced by those sent, nothing else. Other changes go by PUT. */
export function patchResource(world: LocalWorld, request: ArmRequest, id: ResourceId, type: ResourceType): ArmResponse {
  if (!(type.patchTags ?? type.kind === "tracked")) throw methodNotAllowed("PATCH", ["GET", "PUT", "DELETE"]);
  requireAccess(world, request.caller, actionOf(type.type, "write"), id.id);
  requirePlace(world, id);
  requireLivingGroup(world, id);
  const existing = world.store.get(id.id);
  if (existing === undefined) throw resourceNotFound(id, type);
  if (type.etags === true) checkEtagConditions(id.id, existing, request);
  const tags = tagsOf(request.body);
  checkTags(tags);
  const stored = world.store.put({ ...existing, body: { ...existing.body, tags } });
  world.announce({ kind: "write", resource: stored, caller: request.caller });
  reportDone(world, request);
  return { status: 200, headers: {}, body: renderResource(world, stored) };
}

function tagsOf(body: JsonObject | undefined): JsonObject {
  const { tags, ...rest } = body ?? {};
  const other = Object.keys(rest).find((name) => rest[name] !== undefined && !isEmpty(rest[name]));
  if (other !== undefined) {
    throw gatewayError(
      400,
      "InvalidRequestContent",
      `The request content was invalid: PATCH changes tags only here, and the body has '${other}'. Send the whole resource with PUT.`,
    );
  }
  if (tags === null || typeof tags !== "object" || Array.isArray(tags)) {
    throw gatewayError(
      400,
      "InvalidRequestContent",
      "The request content was invalid and could not be deserialized: 'tags' is missing or is not an object.",
    );
  }
  return tags;
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value as object).length === 0);
}
