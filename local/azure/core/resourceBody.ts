import type { JsonObject, ResourceType } from "./resourceType.ts";

/** A body without what the core keeps beside it. */
export function keptBody(body: JsonObject): JsonObject {
  const { id: _id, name: _name, type: _type, etag: _etag, ...rest } = body;
  return rest;
}

/** The body with that provisioningState, for types that show one. */
export function withProvisioningState(type: ResourceType, body: JsonObject, state: string): JsonObject {
  if (type.provisioningState === false) return body;
  return { ...body, properties: { ...(body.properties as JsonObject | undefined), provisioningState: state } };
}
