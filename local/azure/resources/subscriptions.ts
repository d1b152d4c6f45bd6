import { regions } from "../core/locations.ts";
import type { ArmOperation, AzureWorld, JsonObject } from "../core/resourceType.ts";

/** What a client asks before it asks for anything else: tenants, subscriptions, locations. */
export const subscriptionOperations: readonly ArmOperation[] = [
  {
    method: "GET",
    path: "/tenants",
    action: "",
    handle: ({ world }) => ({ status: 200, body: { value: [tenant(world)] } }),
  },
  {
    method: "GET",
    path: "/subscriptions",
    action: "",
    handle: ({ world, caller }) => {
      const scope = `/subscriptions/${world.subscriptionId}`;
      const mayRead = world.isAllowed(caller.objectId, "Microsoft.Resources/subscriptions/read", scope);
      // A list shows what the caller may see; one who may see nothing gets an empty one.
      return {
        status: 200,
        body: { value: mayRead || seesSomething(world, caller.objectId) ? [subscription(world)] : [] },
      };
    },
  },
  {
    method: "GET",
    path: "/subscriptions/{subscriptionId}",
    action: "Microsoft.Resources/subscriptions/read",
    handle: ({ world }) => ({ status: 200, body: subscription(world) }),
  },
  {
    method: "GET",
    path: "/subscriptions/{subscriptionId}/locations",
    action: "Microsoft.Resources/subscriptions/locations/read",
    handle: ({ world }) => ({
      status: 200,
      body: {
        value: regions.map(([name, displayName]) => ({
          id: `/subscriptions/${world.subscriptionId}/locations/${name}`,
          name,
          type: "Region",
          displayName,
          regionalDisplayName: displayName,
          metadata: { regionType: "Physical", regionCategory: "Recommended" },
        })),
      },
    }),
  },
];

function seesSomething(world: AzureWorld, objectId: string): boolean {
  return world.store
    .list("Microsoft.Authorization/roleAssignments", "/")
    .some((assignment) => assignment.body.properties?.principalId === objectId);
}

function subscription(world: AzureWorld): JsonObject {
  return {
    id: `/subscriptions/${world.subscriptionId}`,
    authorizationSource: "RoleBased",
    managedByTenants: [],
    subscriptionId: world.subscriptionId,
    tenantId: world.tenantId,
    displayName: "Local Azure",
    state: "Enabled",
    subscriptionPolicies: {
      locationPlacementId: "Public_2014-09-01",
      quotaId: "PayAsYouGo_2014-09-01",
      spendingLimit: "Off",
    },
  };
}

function tenant(world: AzureWorld): JsonObject {
  return {
    id: `/tenants/${world.tenantId}`,
    tenantId: world.tenantId,
    countryCode: "NL",
    displayName: "Local Azure",
    domains: ["local.example"],
    tenantCategory: "Home",
    defaultDomain: "local.example",
    tenantType: "AAD",
  };
}
