import { ArmError } from "../core/armError.ts";
import type { AzureWorld, JsonObject, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { checkName, checkShape } from "./bodyShape.ts";
import { durations, retryAfterSeconds } from "./durations.ts";
import { type NamedRoute, namedRoute } from "./gatewaySubnetRules.ts";
import { objectsAt, propertiesOf, textAt } from "./jsonRead.ts";
import { networkType } from "./networkType.ts";
import { checkRouteSet } from "./route.ts";
import { subnetsWith } from "./subnetUsers.ts";

/** A PUT of a table replaces all its routes: what the body leaves out is gone. */
export const routeTable: ResourceType = {
  type: networkType.routeTable,
  kind: "tracked",
  etags: true,
  settlesUnchanged: true,
  supersedable: true,
  inlineChildren: [{ property: "routes", type: networkType.route, whenOmitted: "delete" }],
  retryAfterSeconds: retryAfterSeconds.short,
  validate,
  prepare,
  putSeconds: () => durations.routeTable,
  deleteSeconds: () => durations.shortDelete,
  checkDelete,
  render,
};

function validate(context: WriteContext): void {
  checkName(context);
  checkShape(context.body, {
    "properties.disableBgpRoutePropagation": "flag",
    "properties.routes": { list: { name: { required: "text" }, properties: "object" } },
  });
  checkRouteSet(context.world, context.id.id, routesIn(context.body));
}

function routesIn(body: JsonObject): NamedRoute[] {
  return objectsAt(body, "properties.routes").map((route) =>
    namedRoute(textAt(route, "name") ?? "", propertiesOf(route)),
  );
}

function prepare(context: WriteContext): JsonObject {
  const { body, existing, world } = context;
  const { subnets: _shown, ...sent } = propertiesOf(body);
  return {
    ...body,
    properties: {
      disableBgpRoutePropagation: false,
      ...sent,
      resourceGuid: existing?.body.properties?.resourceGuid ?? world.newGuid(),
    },
  };
}

function checkDelete(resource: StoredResource, world: AzureWorld): void {
  if (subnetsWith(world, "routeTable", resource.id).length === 0) return;
  throw new ArmError(
    400,
    "InUseRouteTableCannotBeDeleted",
    `Route table ${resource.name} is in use and cannot be deleted.`,
  );
}

function render(resource: StoredResource, world: AzureWorld): JsonObject {
  const subnets = subnetsWith(world, "routeTable", resource.id).map(({ id }) => ({ id }));
  return subnets.length === 0
    ? resource.body
    : { ...resource.body, properties: { ...resource.body.properties, subnets } };
}
