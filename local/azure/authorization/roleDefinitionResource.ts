import { ArmError } from "../core/armError.ts";
import type { ResourceId } from "../core/resourceId.ts";
import type {
  AzureWorld,
  Json,
  JsonObject,
  ListQuery,
  ResourceType,
  StoredResource,
  WriteContext,
} from "../core/resourceType.ts";
import { sameText } from "../core/sameText.ts";
import { ROLE_ASSIGNMENT_TYPE, ROLE_DEFINITION_TYPE } from "./accessControl.ts";
import { builtInRoles } from "./builtInRoles.ts";
import { GUID } from "./guid.ts";
import { permissionsOf, type RoleDefinition } from "./roleDefinition.ts";

/** Microsoft.Authorization/roleDefinitions: the built-in roles, to read, and custom ones, to write. */
export const roleDefinitionResource: ResourceType = {
  type: ROLE_DEFINITION_TYPE,
  kind: "extension",
  provisioningState: false,
  putSeconds: () => 0,
  validate: validateRole,
  prepare: prepareRole,
  find: (id, world) => {
    const builtIn = builtInRoles.find((role) => sameText(role.name, id.name));
    return builtIn === undefined ? customRole(id, world) : asResource(builtIn, world);
  },
  notFound: (id) =>
    new ArmError(
      404,
      "RoleDefinitionDoesNotExist",
      `The specified role definition with ID '${id.name.replaceAll("-", "")}' does not exist.`,
    ),
  checkDelete(resource, world) {
    const isUsed = world.store
      .list(ROLE_ASSIGNMENT_TYPE, "/")
      .some((assignment) =>
        sameText(String(assignment.body.properties?.roleDefinitionId).split("/").at(-1) ?? "", resource.name),
      );
    if (isUsed) {
      throw new ArmError(
        400,
        "RoleDefinitionHasAssignments",
        "There are existing role assignments referencing role (code: RoleDefinitionHasAssignments).",
      );
    }
  },
  list: listRoles,
};

/** A custom role read through a scope other than the one it was written at. */
function customRole(id: ResourceId, world: AzureWorld): StoredResource | undefined {
  return world.store.list(ROLE_DEFINITION_TYPE, "/").find((role) => sameText(role.name, id.name));
}

function validateRole({ id, body, world }: WriteContext): void {
  const fail = (code: string, message: string): never => {
    throw new ArmError(400, code, message);
  };
  if (!GUID.test(id.name))
    fail(
      "InvalidRoleDefinitionId",
      `The role definition ID '${id.name}' is not valid. The role definition ID must be a GUID.`,
    );
  if (builtInRoles.some((role) => sameText(role.name, id.name))) {
    fail("CannotModifyBuiltInRole", `The role definition '${id.name}' is a built-in role and cannot be changed.`);
  }
  const properties = body.properties as JsonObject | undefined;
  const roleName = properties?.roleName;
  if (typeof roleName !== "string" || roleName === "") {
    throw new ArmError(
      400,
      "InvalidRequestContent",
      "The request content was invalid: 'properties.roleName' is missing.",
    );
  }
  if (strings(properties?.assignableScopes).length === 0) {
    fail(
      "MissingAssignableScopes",
      "The role definition has no assignable scopes: 'properties.assignableScopes' must name at least one.",
    );
  }
  for (const action of permissionsOf(properties).flatMap((one) => [...one.actions, ...one.notActions])) {
    if (!/^(\*|[A-Za-z*][\w.*-]*(\/[\w.*-]+)*)$/.test(action)) {
      fail("InvalidActionOrNotAction", `'${action}' does not match any of the actions supported by the providers.`);
    }
  }
  const namesake = world.store
    .list(ROLE_DEFINITION_TYPE, "/")
    .find((role) => sameText(String(role.body.properties?.roleName), roleName));
  if (namesake !== undefined && !sameText(namesake.name, id.name)) {
    throw new ArmError(
      409,
      "RoleDefinitionWithSameNameExists",
      "A custom role with the same name already exists in this directory. Use a different name (code: RoleDefinitionWithSameNameExists).",
    );
  }
}

function prepareRole({ body, existing, world, caller }: WriteContext): JsonObject {
  const properties = (body.properties ?? {}) as JsonObject;
  const now = new Date(world.clock.now()).toISOString();
  return {
    properties: {
      roleName: properties.roleName,
      type: "CustomRole",
      description: properties.description ?? "",
      assignableScopes: properties.assignableScopes,
      permissions: permissionsOf(properties) as unknown as Json,
      createdOn: existing?.body.properties?.createdOn ?? now,
      updatedOn: now,
      createdBy: existing?.body.properties?.createdBy ?? caller.objectId,
      updatedBy: caller.objectId,
    },
  };
}

/** Built-in and custom roles that the scope can see; the filter knows roleName, type and atScope(). */
function listRoles({ world, scope, filter }: ListQuery): readonly StoredResource[] {
  const custom = world.store
    .list(ROLE_DEFINITION_TYPE, "/")
    .filter((role) =>
      strings(role.body.properties?.assignableScopes).some(
        (assignable) => covers(assignable, scope) || covers(scope, assignable),
      ),
    );
  const all = [...builtInRoles.map((role) => asResource(role, world)), ...custom];
  return all.filter(parseRoleFilter(filter));
}

function covers(outer: string, inner: string): boolean {
  return outer === "/" || `${inner.toLowerCase()}/`.startsWith(`${outer.toLowerCase().replace(/\/+$/, "")}/`);
}

function parseRoleFilter(filter: string | undefined): (role: StoredResource) => boolean {
  const terms = filter === undefined || filter.trim() === "" ? [] : filter.split(/\s+and\s+/i);
  const tests = terms.map((term) => {
    if (/^\s*atScope(AndBelow)?\(\)\s*$/i.test(term)) return () => true;
    const match = /^\s*(roleName|type)\s+eq\s+'([^']*)'\s*$/i.exec(term);
    if (match === null) {
      throw new ArmError(
        400,
        "InvalidFilter",
        `The filter '${filter}' is not supported. Supported: roleName eq 'x', type eq 'BuiltInRole' or 'CustomRole', atScope().`,
      );
    }
    const property = sameText(match[1] ?? "", "type") ? "type" : "roleName";
    return (role: StoredResource) => sameText(String(role.body.properties?.[property]), match[2] ?? "");
  });
  return (role) => tests.every((test) => test(role));
}

function asResource(role: RoleDefinition, world: AzureWorld): StoredResource {
  return {
    id: `/subscriptions/${world.subscriptionId}/providers/${ROLE_DEFINITION_TYPE}/${role.name}`,
    name: role.name,
    type: ROLE_DEFINITION_TYPE,
    etag: "",
    body: {
      properties: {
        roleName: role.roleName,
        type: "BuiltInRole",
        description: role.description,
        assignableScopes: ["/"],
        permissions: role.permissions as unknown as Json,
        createdOn: "2015-02-02T21:55:09.8806423Z",
        updatedOn: "2024-01-01T00:00:00.0000000Z",
        createdBy: null,
        updatedBy: null,
      },
    },
  };
}

function strings(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
