import { ArmError } from "../core/armError.ts";
import { coreOf } from "../core/coreOf.ts";
import type { JsonObject, ListQuery, ResourceType, StoredResource, WriteContext } from "../core/resourceType.ts";
import { sameText } from "../core/sameText.ts";
import { assignmentScope, ROLE_ASSIGNMENT_TYPE, ROLE_DEFINITION_TYPE } from "./accessControl.ts";
import { builtInRoles } from "./builtInRoles.ts";
import { GUID } from "./guid.ts";

/** Microsoft.Authorization/roleAssignments: who has which role where. A condition is kept and shown, and not evaluated. */
export const roleAssignmentResource: ResourceType = {
  type: ROLE_ASSIGNMENT_TYPE,
  kind: "extension",
  provisioningState: false,
  putSeconds: () => 0,
  validate(context) {
    checkName(context);
    checkUpdate(context);
    if (context.existing !== undefined) return;
    checkRole(context);
    checkPrincipal(context);
    checkTwin(context);
  },
  prepare: ({ body, existing, world, caller }) =>
    existing?.body ?? newAssignment(propertiesOf(body), world.clock.now(), caller.objectId),
  render: (resource) => ({
    ...resource.body,
    properties: { ...resource.body.properties, scope: assignmentScope(resource.id) },
  }),
  notFound: (id) => new ArmError(404, "RoleAssignmentNotFound", `The role assignment '${id.name}' is not found.`),
  list: listAssignments,
};

function propertiesOf(body: JsonObject): JsonObject {
  return (body.properties ?? {}) as JsonObject;
}

/** What is kept of an assignment; `scope` is not: it is a part of the id, and would look like a reference. */
export function newAssignment(sent: JsonObject, nowEpochMs: number, callerObjectId: string): JsonObject {
  const now = new Date(nowEpochMs).toISOString();
  return {
    properties: {
      roleDefinitionId: sent.roleDefinitionId,
      principalId: sent.principalId,
      principalType: sent.principalType ?? "ServicePrincipal",
      ...(sent.description === undefined ? {} : { description: sent.description }),
      condition: sent.condition ?? null,
      conditionVersion: sent.conditionVersion ?? null,
      createdOn: now,
      updatedOn: now,
      createdBy: callerObjectId,
      updatedBy: callerObjectId,
      delegatedManagedIdentityResourceId: null,
    },
  };
}

function checkName({ id }: WriteContext): void {
  if (GUID.test(id.name)) return;
  throw new ArmError(
    400,
    "InvalidRoleAssignmentId",
    `The role assignment ID '${id.name}' is not valid. The role assignment ID must be a GUID.`,
  );
}

/** An assignment is never changed: the same one again is accepted, another under its name is not. */
function checkUpdate({ body, existing }: WriteContext): void {
  if (existing === undefined) return;
  const sent = propertiesOf(body);
  const isSame =
    sameText(roleNameOf(sent), roleNameOf(existing.body.properties)) &&
    sameText(String(sent.principalId), String(existing.body.properties?.principalId));
  if (!isSame) {
    throw new ArmError(
      400,
      "RoleAssignmentUpdateNotPermitted",
      "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    );
  }
}

function checkRole({ body, world }: WriteContext): void {
  const roleId = String(propertiesOf(body).roleDefinitionId ?? "");
  const name = roleNameOf(propertiesOf(body));
  const exists =
    builtInRoles.some((role) => sameText(role.name, name)) ||
    world.store.list(ROLE_DEFINITION_TYPE, "/").some((role) => sameText(role.name, name));
  if (/\/providers\/microsoft\.authorization\/roledefinitions\/[^/]+$/i.test(roleId) && exists) return;
  throw new ArmError(
    400,
    "RoleDefinitionDoesNotExist",
    `The specified role definition with ID '${name.replaceAll("-", "")}' does not exist.`,
  );
}

/** The directory is copied around the world: for a while after its making only a caller who says what it is may assign to it. */
function checkPrincipal({ body, world }: WriteContext): void {
  const { principalId, principalType } = propertiesOf(body);
  const core = coreOf(world);
  if (typeof principalId !== "string" || !GUID.test(principalId)) {
    throw new ArmError(400, "InvalidPrincipalId", "A valid principal ID must be provided for role assignment.");
  }
  const principal = core.directory.get(principalId);
  const isReplicated =
    principal !== undefined && world.clock.now() >= principal.createdAtEpochMs + core.replicationSeconds * 1000;
  if (principal === undefined || (!isReplicated && principalType !== "ServicePrincipal")) {
    throw new ArmError(
      400,
      "PrincipalNotFound",
      `Principal ${principalId.replaceAll("-", "")} does not exist in the directory ${world.tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
    );
  }
  if (principalType !== undefined && principalType !== principal.kind) {
    throw new ArmError(
      400,
      "UnmatchedPrincipalType",
      `The PrincipalId '${principalId.replaceAll("-", "")}' has type '${principal.kind}' , which is different from specified PrinciaplType '${String(principalType)}'.`,
    );
  }
}

function checkTwin({ id, body, world }: WriteContext): void {
  const sent = propertiesOf(body);
  const scope = assignmentScope(id.id);
  const twin = world.store
    .list(ROLE_ASSIGNMENT_TYPE, "/")
    .find(
      (one) =>
        sameText(assignmentScope(one.id), scope) &&
        sameText(roleNameOf(one.body.properties), roleNameOf(sent)) &&
        sameText(String(one.body.properties?.principalId), String(sent.principalId)),
    );
  if (twin === undefined) return;
  throw new ArmError(
    409,
    "RoleAssignmentExists",
    `The role assignment already exists. The ID of the existing role assignment is ${twin.name.replaceAll("-", "")}.`,
  );
}

function roleNameOf(properties: JsonObject | undefined): string {
  return (
    String(properties?.roleDefinitionId ?? "")
      .split("/")
      .at(-1) ?? ""
  );
}

/** Assignments that hold at the scope (from above too) and those below it, less what the filter leaves out. */
function listAssignments({ world, scope, filter, caller }: ListQuery): readonly StoredResource[] {
  if (!world.isAllowed(caller.objectId, `${ROLE_ASSIGNMENT_TYPE}/read`, scope)) {
    throw new ArmError(
      403,
      "AuthorizationFailed",
      `The client '${caller.appId}' with object id '${caller.objectId}' does not have authorization to perform action '${ROLE_ASSIGNMENT_TYPE}/read' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    );
  }
  const { atScope, principalId } = parseAssignmentFilter(filter);
  const own = `${scope.toLowerCase()}/`;
  return world.store.list(ROLE_ASSIGNMENT_TYPE, "/").filter((assignment) => {
    const itsScope = `${assignmentScope(assignment.id).toLowerCase()}/`;
    const isAbove = own.startsWith(itsScope);
    const isBelow = !isAbove && itsScope.startsWith(own);
    if (!isAbove && (atScope || !isBelow)) return false;
    return principalId === undefined || sameText(String(assignment.body.properties?.principalId), principalId);
  });
}

function parseAssignmentFilter(filter: string | undefined): {
  readonly atScope: boolean;
  readonly principalId?: string;
} {
  let atScope = false;
  let principalId: string | undefined;
  const terms = filter === undefined || filter.trim() === "" ? [] : filter.split(/\s+and\s+/i);
  for (const term of terms) {
    const id = /^\s*(?:principalId\s+eq\s+'([^']+)'|assignedTo\('([^']+)'\))\s*$/i.exec(term);
    if (id !== null) principalId = id[1] ?? id[2];
    else if (/^\s*atScope\(\)\s*$/i.test(term)) atScope = true;
    else {
      throw new ArmError(
        400,
        "UnsupportedQuery",
        `The filter '${filter}' is not supported. Supported filters are either 'atScope()', 'principalId eq '{value}'' or 'assignedTo('{value}')'.`,
      );
    }
  }
  return { atScope, ...(principalId === undefined ? {} : { principalId }) };
}
