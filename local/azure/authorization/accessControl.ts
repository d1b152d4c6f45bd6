import type { Clock } from "../../clock.ts";
import { platformPrincipal } from "../core/platformPrincipal.ts";
import type { ResourceStore, StoredResource } from "../core/resourceType.ts";
import { builtInRoles } from "./builtInRoles.ts";
import { grants, permissionsOf, type RolePermission } from "./roleDefinition.ts";

export const ROLE_ASSIGNMENT_TYPE = "Microsoft.Authorization/roleAssignments";
export const ROLE_DEFINITION_TYPE = "Microsoft.Authorization/roleDefinitions";

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

  #permissionsOf(roleDefinitionId: string): readonly RolePermission[] {
    const name = roleDefinitionId.split("/").at(-1)?.toLowerCase() ?? "";
    const builtIn = builtInRoles.find((role) => role.name === name);
    if (builtIn !== undefined) return builtIn.permissions;
    // The id of a role may be written with any scope that can see it; only the guid says which one it is.
    const custom = this.#store.list(ROLE_DEFINITION_TYPE, "/").find((role) => role.name.toLowerCase() === name);
    return permissionsOf(custom?.body.properties);
  }
}

/** The scope that an assignment's or definition's id begins with. */
export function assignmentScope(id: string): string {
  const end = id.toLowerCase().lastIndexOf("/providers/microsoft.authorization/");
  return end < 0 ? id : id.slice(0, end);
}
