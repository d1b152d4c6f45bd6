import { ArmError } from "../core/armError.ts";
import type { AzureWorld, JsonObject, Principal } from "../core/resourceType.ts";
import { objectField, textField } from "../kubernetes/jsonFields.ts";

/** The ids of the user-assigned identities of a body. */
export function userAssignedIds(body: JsonObject): string[] {
  return Object.keys(objectField(body, "identity", "userAssignedIdentities"));
}

/** Throws unless the body has an identity that a cluster can work with. */
export function checkIdentity(body: JsonObject): void {
  const type = textField(body, "identity", "type");
  if (type === undefined || type === "None") {
    throw new ArmError(
      400,
      "InvalidIdentityType",
      "A managed cluster needs an identity: send identity.type UserAssigned with one user-assigned identity, or SystemAssigned.",
    );
  }
  if (type !== "UserAssigned" && type !== "SystemAssigned") {
    throw new ArmError(400, "InvalidIdentityType", `Identity type '${type}' is not supported for managed clusters.`);
  }
  const count = userAssignedIds(body).length;
  if (type === "UserAssigned" && count !== 1) {
    throw new ArmError(
      400,
      "InvalidUserAssignedIdentities",
      `A managed cluster has exactly one user-assigned identity; ${count} were sent.`,
    );
  }
  if (type === "SystemAssigned" && count > 0) {
    throw new ArmError(
      400,
      "InvalidUserAssignedIdentities",
      "userAssignedIdentities must be empty for identity type SystemAssigned.",
    );
  }
}

/** The identity as it is shown and kept: with its object and client ids. A system-assigned one is made at the first write. */
export function resolvedIdentity(
  world: AzureWorld,
  body: JsonObject,
  existing: JsonObject | undefined,
  clusterName: string,
): JsonObject {
  const [id] = userAssignedIds(body);
  if (id !== undefined) {
    const properties = objectField(world.store.get(id)?.body, "properties");
    const ids = { principalId: properties.principalId ?? "", clientId: properties.clientId ?? "" };
    return { type: "UserAssigned", userAssignedIdentities: { [id]: ids } };
  }
  if (textField(existing, "identity", "type") === "SystemAssigned") return objectField(existing, "identity");
  const principal = world.createPrincipal(clusterName);
  return { type: "SystemAssigned", principalId: principal.objectId, tenantId: world.tenantId };
}

/** The principal as which the cluster's own controllers act. */
export function clusterPrincipal(world: AzureWorld, body: JsonObject): Principal | undefined {
  const [id] = userAssignedIds(body);
  if (id === undefined) {
    const objectId = textField(body, "identity", "principalId");
    return objectId === undefined
      ? undefined
      : { objectId, appId: objectId, kind: "ServicePrincipal", displayName: "cluster" };
  }
  const identity = world.store.get(id);
  const objectId = textField(identity?.body, "properties", "principalId");
  const appId = textField(identity?.body, "properties", "clientId");
  if (identity === undefined || objectId === undefined || appId === undefined) return undefined;
  return { objectId, appId, kind: "ServicePrincipal", displayName: identity.name };
}

/**
 * What the cluster's identity needs on the node subnet. With a user-assigned identity AKS checks it when the cluster is
 * asked for; a system-assigned one does not exist by then and is checked by nobody.
 * Source: learn.microsoft.com/azure/aks/concepts-identity (AKS cluster identity permissions), checked 2026-11.
 */
const SUBNET_ACTIONS = [
  "Microsoft.Network/virtualNetworks/subnets/read",
  "Microsoft.Network/virtualNetworks/subnets/join/action",
];

/** Throws AuthorizationFailed, as Azure words it for the cluster's identity, unless it may use the subnet. */
export function checkSubnetAccess(world: AzureWorld, body: JsonObject, subnetId: string): void {
  const principal = userAssignedIds(body).length === 0 ? undefined : clusterPrincipal(world, body);
  if (principal === undefined) return;
  const missing = SUBNET_ACTIONS.find((action) => !world.isAllowed(principal.objectId, action, subnetId));
  if (missing === undefined) return;
  throw new ArmError(
    403,
    "LinkedAuthorizationFailed",
    `Reconcile vnet subnet failed: the client '${principal.appId}' with object id '${principal.objectId}' does not have authorization to perform action '${missing}' over scope '${subnetId}' or the scope is invalid. If access was recently granted, please refresh your credentials. Grant the cluster's user-assigned identity Network Contributor on the subnet before the cluster is created.`,
  );
}
