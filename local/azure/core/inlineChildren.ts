import { ArmError } from "./armError.ts";
import type { ArmRequest } from "./armRequest.ts";
import { checkReferences } from "./checkReferences.ts";
import type { LocalWorld } from "./localWorld.ts";
import { keptBody, withProvisioningState } from "./resourceBody.ts";
import { parseResourceId } from "./resourceId.ts";
import type { InlineChildren, Json, JsonObject, ResourceType, StoredResource, WriteContext } from "./resourceType.ts";

/** Until this api-version a virtual network without "subnets" meant "no subnets". Source: Microsoft.Network's breaking-change note of 2023-09-01. */
const OMITTED_MEANS_UNCHANGED_FROM = "2023-09-01";

/** The body without the children that are written inside it. */
export function withoutInlineChildren(body: JsonObject, type: ResourceType): JsonObject {
  const inline = type.inlineChildren ?? [];
  const properties = body.properties;
  if (inline.length === 0 || properties === undefined) return body;
  const kept = Object.entries(properties as JsonObject).filter(
    ([name]) => !inline.some(({ property }) => property === name),
  );
  return { ...body, properties: Object.fromEntries(kept) };
}

/** Makes the children as the parent's body says, after the parent itself is stored. Returns the ids of those written. */
export function writeInlineChildren(
  world: LocalWorld,
  request: ArmRequest,
  parent: StoredResource,
  type: ResourceType,
  state: string,
): readonly string[] {
  return (type.inlineChildren ?? []).flatMap((inline) => {
    const sent = (request.body?.properties as JsonObject | undefined)?.[inline.property];
    if ((sent === undefined || sent === null) && omittedMeansUnchanged(inline, request.apiVersion)) return [];
    const items = itemsOf(sent, inline);
    removeOthers(world, request, parent, inline, items);
    return items.map((item) => writeChild(world, request, parent, inline, item, state));
  });
}

function omittedMeansUnchanged(inline: InlineChildren, apiVersion: string): boolean {
  const rule = inline.whenOmitted ?? "byApiVersion";
  return rule === "unchanged" || (rule === "byApiVersion" && apiVersion >= OMITTED_MEANS_UNCHANGED_FROM);
}

interface InlineItem {
  readonly name: string;
  readonly body: JsonObject;
}

function itemsOf(sent: Json | undefined, inline: InlineChildren): readonly InlineItem[] {
  if (sent === undefined || sent === null) return [];
  if (!Array.isArray(sent)) throw invalid(`'${inline.property}' is not an array`);
  const items = sent.map((item) => itemOf(item, inline));
  const names = items.map((item) => item.name.toLowerCase());
  const repeated = items.find((item, index) => names.indexOf(item.name.toLowerCase()) !== index);
  if (repeated !== undefined) {
    throw new ArmError(400, "InvalidRequestFormat", "Cannot parse the request.", {
      details: [
        {
          code: "DuplicateResourceName",
          message: `Resource ${inline.property} has two child resources with the same name (${repeated.name}).`,
        },
      ],
    });
  }
  return items;
}

function itemOf(item: Json, inline: InlineChildren): InlineItem {
  if (item === null || typeof item !== "object" || Array.isArray(item))
    throw invalid(`an item of '${inline.property}' is not an object`);
  const { id, name, etag: _etag, type: _type, ...rest } = item;
  const itsName = typeof name === "string" ? name : typeof id === "string" ? id.split("/").at(-1) : undefined;
  if (itsName === undefined || itsName === "") throw invalid(`an item of '${inline.property}' has no name`);
  return { name: itsName, body: inline.shape === "flat" ? { properties: rest } : rest };
}

function removeOthers(
  world: LocalWorld,
  request: ArmRequest,
  parent: StoredResource,
  inline: InlineChildren,
  items: readonly InlineItem[],
): void {
  const kept = new Set(items.map((item) => item.name.toLowerCase()));
  const type = world.registry.find(inline.type);
  for (const child of world.store.children(parent.id, inline.type)) {
    if (kept.has(child.name.toLowerCase())) continue;
    type?.checkDelete?.(child, world);
    world.store.remove(child.id);
    type?.finishDelete?.(child, world);
    world.announce({ kind: "delete", resource: child, caller: request.caller, inline: true });
  }
}

function writeChild(
  world: LocalWorld,
  request: ArmRequest,
  parent: StoredResource,
  inline: InlineChildren,
  item: InlineItem,
  state: string,
): string {
  const type = world.registry.find(inline.type);
  const id = parseResourceId(`${parent.id}/${inline.type.split("/").at(-1)}/${item.name}`);
  if (type === undefined || id === undefined) {
    throw new Error(
      `No module defines ${inline.type}, which ${parent.type} says stands in its property "${inline.property}".`,
    );
  }
  const existing = world.store.get(id.id);
  const context: WriteContext = {
    world,
    id,
    body: item.body,
    existing,
    caller: request.caller,
    apiVersion: request.apiVersion,
  };
  type.validate?.(context);
  checkReferences(world, request, type, context);
  const body = withProvisioningState(type, keptBody(type.prepare?.(context) ?? item.body), state);
  world.store.put({ id: id.id, name: id.name, type: type.type, body });
  return id.id;
}

function invalid(what: string): ArmError {
  return new ArmError(
    400,
    "InvalidRequestContent",
    `The request content was invalid and could not be deserialized: ${what}.`,
  );
}
