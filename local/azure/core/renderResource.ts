import type { LocalWorld } from "./localWorld.ts";
import type { InlineChildren, JsonObject, ResourceType, StoredResource } from "./resourceType.ts";

/** The resource as ARM shows it: its children of the inline kind inside, its identity on top, its etag where the type has one. */
export function renderResource(world: LocalWorld, resource: StoredResource): JsonObject {
  const type = world.registry.find(resource.type);
  const shown = type === undefined ? resource.body : renderBody(world, resource, type);
  return {
    name: resource.name,
    id: resource.id,
    ...(type?.etags === true ? { etag: resource.etag } : {}),
    type: resource.type,
    ...shown,
  };
}

function renderBody(world: LocalWorld, resource: StoredResource, type: ResourceType): JsonObject {
  const body = withInlineChildren(world, resource, type);
  const shown = type.render?.({ ...resource, body }, world) ?? body;
  const { id: _id, name: _name, type: _type, etag: _etag, ...rest } = shown;
  return rest;
}

/** The body with the inline children in place, each as its own type shows it. */
function withInlineChildren(world: LocalWorld, resource: StoredResource, type: ResourceType): StoredResource["body"] {
  if (type.inlineChildren === undefined) return resource.body;
  const shown: JsonObject = {};
  for (const inline of type.inlineChildren) {
    const children = world.store.children(resource.id, inline.type);
    shown[inline.property] = children.map((child) => renderInline(world, child, inline));
  }
  return { ...resource.body, properties: { ...resource.body.properties, ...shown } };
}

function renderInline(world: LocalWorld, child: StoredResource, inline: InlineChildren): JsonObject {
  const { type, ...shown } = renderResource(world, child);
  if (inline.shape !== "flat") return { ...shown, type };
  return { name: child.name, ...(shown.properties as JsonObject | undefined) };
}
