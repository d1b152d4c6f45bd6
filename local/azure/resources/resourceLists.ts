import { actionOf } from "../core/authorize.ts";
import { coreOf } from "../core/coreOf.ts";
import { resourceGroupNotFound } from "../core/notFound.ts";
import type {
  ArmOperation,
  JsonObject,
  OperationContext,
  OperationResult,
  StoredResource,
} from "../core/resourceType.ts";
import { parseResourceFilter } from "./resourceFilter.ts";

/** Fields of a resource that the generic lists show; its properties are only on the resource itself. */
const SHOWN = ["location", "tags", "sku", "kind", "identity", "zones", "managedBy", "plan"] as const;

/** The lists of resources of all types, in a subscription and in a group. */
export const resourceLists: readonly ArmOperation[] = [
  {
    method: "GET",
    path: "/subscriptions/{subscriptionId}/resources",
    action: "",
    handle: (context) => list(context, `/subscriptions/${context.params.subscriptionId}`),
  },
  {
    method: "GET",
    path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/resources",
    action: "Microsoft.Resources/subscriptions/resourceGroups/read",
    handle(context) {
      const name = context.params.resourceGroupName ?? "";
      const id = `/subscriptions/${context.params.subscriptionId}/resourceGroups/${name}`;
      if (context.world.store.get(id) === undefined) throw resourceGroupNotFound(name);
      return list(context, id);
    },
  },
];

function list({ world, query, caller }: OperationContext, scope: string): OperationResult {
  const matches = parseResourceFilter(query?.$filter);
  const registry = coreOf(world).registry;
  const found = world.store.below(scope).filter((resource) => {
    const type = registry.find(resource.type);
    return type?.kind === "tracked" && type.type !== "Microsoft.Resources/resourceGroups";
  });
  const readable = found.filter((resource) =>
    world.isAllowed(caller.objectId, actionOf(resource.type, "read"), resource.id),
  );
  return { status: 200, body: { value: readable.filter(matches).map(summary) } };
}

function summary(resource: StoredResource): JsonObject {
  const shown = SHOWN.flatMap((name) =>
    resource.body[name] === undefined ? [] : [[name, resource.body[name]] as const],
  );
  return { id: resource.id, name: resource.name, type: resource.type, ...Object.fromEntries(shown) };
}
