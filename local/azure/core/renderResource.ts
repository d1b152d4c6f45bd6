import type { LocalWorld } from "./localWorld.ts";
import { mannersOf } from "./providerManners.ts";
import type { InlineChildren, JsonObject, ResourceType, StoredResource } from "./resourceType.ts";

/** The resource as ARM shows it: its children of the inline kind inside, its identity on top, its etag where the type has one. */
export function renderResource(world: LocalWorld, resource: StoredResource): JsonObject {
  const type = world.registry.find(resource.type);
  const shown = type === undefined ? resource.body : renderBody(world, resource, type);
  return {
    name: resource.name,
    id: shownId(resource),
    ...(type?.etags === true ? { etag: shownEtag(resource) } : {}),
    type: type?.shownType ?? resource.type,
    ...shown,
  };
}

/** The id in the spelling of its provider. */
export function shownId({ id, type }: { readonly id: string; readonly type: string }): string {
  return mannersOf(type).lowerCaseGroups ? id.replace("/resourceGroups/", "/resourcegroups/") : id;
}

function shownEtag({ etag, type }: StoredResource): string {
  return mannersOf(type).bareEtags ? etag.replace(/^W\/"(.*)"$/, "$1") : etag;
}

/** The etag in its header: quoted, and weak where the provider marks it so. */
export function etagHeader(resource: StoredResource): string {
  return mannersOf(resource.type).bareEtags ? `"${shownEtag(resource)}"` : resource.etag;
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
