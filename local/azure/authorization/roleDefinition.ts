import type { JsonObject } from "../core/resourceType.ts";

/** A role as both the built-in list and custom role resources keep it. */
export interface RoleDefinition {
  /** The guid that names it. */
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  readonly permissions: readonly RolePermission[];
}

export interface RolePermission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

/** Whether one of the permissions grants the action: named by its actions and not taken away by its notActions. */
export function grants(permissions: readonly RolePermission[], action: string): boolean {
  return permissions.some(
    ({ actions, notActions }) =>
      actions.some((pattern) => actionMatches(pattern, action)) &&
      !notActions.some((pattern) => actionMatches(pattern, action)),
  );
}

/** The same for what is not done through ARM. */
export function grantsData(permissions: readonly RolePermission[], action: string): boolean {
  return permissions.some(
    ({ dataActions, notDataActions }) =>
      dataActions.some((pattern) => actionMatches(pattern, action)) &&
      !notDataActions.some((pattern) => actionMatches(pattern, action)),
  );
}

/** The permissions of a role definition's properties, with what is left out filled in as empty. */
export function permissionsOf(properties: JsonObject | undefined): readonly RolePermission[] {
  const permissions = properties?.permissions;
  if (!Array.isArray(permissions)) return [];
  return permissions.map((permission) => {
    const sets = (permission ?? {}) as Readonly<Record<string, readonly string[] | undefined>>;
    return {
      actions: sets.actions ?? [],
      notActions: sets.notActions ?? [],
      dataActions: sets.dataActions ?? [],
      notDataActions: sets.notDataActions ?? [],
    };
  });
}

const compiled = new Map<string, RegExp>();

/** Wildcards stand for any characters, slashes included; case does not matter. */
function actionMatches(pattern: string, action: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    const source = pattern
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*");
    expression = new RegExp(`^${source}$`, "i");
    compiled.set(pattern, expression);
  }
  return expression.test(action);
}
