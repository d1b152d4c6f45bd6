import type { Clock } from "../../clock.ts";
import { platformPrincipal } from "../core/platformPrincipal.ts";
import type { ResourceStore, StoredResource } from "../core/resourceType.ts";
import { builtInRoles } from "./builtInRoles.ts";
import { grants, grantsData, permissionsOf, type RolePermission } from "./roleDefinition.ts";

export const ROLE_ASSIGNMENT_TYPE = "Microsoft.Authorization/roleAssignments";
export const ROLE_DEFINITION_TYPE = "Microsoft.Authorization/roleDefinitions";

/** Why somebody may do something. */
export interface AccessEvidence {
  readonly assignment: StoredResource;
  readonly role: string;
}

/** Answers who may do what, from the role assignments in the store. */
export class AccessControl {
  readonly #store: ResourceStore;
  readonly #clock: Clock;
  readonly #propagationSeconds: number;

  constructor(store: ResourceStore, clock: Clock, propagationSeconds: number) {
    this.#store = store;
    this.#clock = clock;
    this.#propagationSeconds = propagationSeconds;
  }

  isAllowed(objectId: string, action: string, scope: string): boolean {
    if (objectId === platformPrincipal.objectId) return true;
    return this.#effectiveAssignments(objectId, scope).some((assignment) =>
      grants(this.#permissionsOf(String(assignment.body.properties?.roleDefinitionId ?? "")), action),
    );
  }

  /** The same for what is not done through ARM: only dataActions count there, not even an owner's `*`. */
  isDataAllowed(objectId: string, action: string, scope: string): boolean {
    return this.#effectiveAssignments(objectId, scope).some((assignment) =>
      grantsData(this.#permissionsOf(String(assignment.body.properties?.roleDefinitionId ?? "")), action),
    );
  }

  /** The permissions of all roles that the principal has there. */
  permissionsAt(objectId: string, scope: string): readonly RolePermission[] {
    return this.#effectiveAssignments(objectId, scope).flatMap((assignment) =>
      this.#permissionsOf(String(assignment.body.properties?.roleDefinitionId ?? "")),
    );
  }

  /** The assignment that lets the principal do it, and the role's name; undefined for what nobody granted. */
  evidence(objectId: string, action: string, scope: string): AccessEvidence | undefined {
    for (const assignment of this.#effectiveAssignments(objectId, scope)) {
      const roleDefinitionId = String(assignment.body.properties?.roleDefinitionId ?? "");
      if (!grants(this.#permissionsOf(roleDefinitionId), action)) continue;
      return { assignment, role: this.#roleNameOf(roleDefinitionId) };
    }
    return undefined;
  }

  /** Assignments of the principal at the scope or above it that have propagated. */
  #effectiveAssignments(objectId: string, scope: string): readonly StoredResource[] {
    const target = `${scope.toLowerCase().replace(/\/+$/, "")}/`;
    return this.#assignments().filter((assignment) => {
      const properties = assignment.body.properties ?? {};
      return (
        String(properties.principalId).toLowerCase() === objectId.toLowerCase() &&
        target.startsWith(`${assignmentScope(assignment.id).toLowerCase()}/`) &&
        this.#isEffective(String(properties.createdOn ?? ""))
      );
    });
  }

  #assignments(): readonly StoredResource[] {
    return this.#store.list(ROLE_ASSIGNMENT_TYPE, "/");
  }

  /** A new assignment is not known everywhere at once: until it is, the answer is no. */
  #isEffective(createdOn: string): boolean {
    return Date.parse(createdOn) + this.#propagationSeconds * 1000 <= this.#clock.now();
  }

  #roleNameOf(roleDefinitionId: string): string {
    const name = roleDefinitionId.split("/").at(-1)?.toLowerCase() ?? "";
    const builtIn = builtInRoles.find((role) => role.name === name);
    return builtIn?.roleName ?? String(this.#customRole(name)?.body.properties?.roleName ?? "");
  }

  #permissionsOf(roleDefinitionId: string): readonly RolePermission[] {
    const name = roleDefinitionId.split("/").at(-1)?.toLowerCase() ?? "";
    const builtIn = builtInRoles.find((role) => role.name === name);
    if (builtIn !== undefined) return builtIn.permissions;
    // The id of a role may be written with any scope that can see it; only the guid says which one it is.
    return permissionsOf(this.#customRole(name)?.body.properties);
  }

  #customRole(name: string): StoredResource | undefined {
    return this.#store.list(ROLE_DEFINITION_TYPE, "/").find((role) => role.name.toLowerCase() === name);
  }
}

/** The scope that an assignment's or definition's id begins with. */
export function assignmentScope(id: string): string {
  const end = id.toLowerCase().lastIndexOf("/providers/microsoft.authorization/");
  return end < 0 ? id : id.slice(0, end);
}
