import { ArmError } from "../core/armError.ts";
import { coreOf } from "../core/coreOf.ts";
import { regions } from "../core/locations.ts";
import type { ArmOperation, AzureWorld, JsonObject } from "../core/resourceType.ts";

/**
 * Api-versions that are named to clients that pick one from the list (`az resource`, terraform). Any well-formed version
 * is accepted: the bodies of the types here are the same in all of them.
 */
const NAMED_API_VERSIONS = ["2026-01-01", "2025-05-01", "2024-05-01", "2023-09-01", "2022-09-01", "2021-04-01"];

/** The resource providers: all that there are are registered from the start. */
export const providerOperations: readonly ArmOperation[] = [
  {
    method: "GET",
    path: "/subscriptions/{subscriptionId}/providers",
    action: "Microsoft.Resources/subscriptions/providers/read",
    handle: ({ world }) => {
      const value = coreOf(world).registry.namespaces.map((namespace) => provider(world, namespace));
      return { status: 200, body: { value } };
    },
  },
  {
    method: "GET",
    path: "/subscriptions/{subscriptionId}/providers/{namespace}",
    action: "Microsoft.Resources/subscriptions/providers/read",
    handle: ({ world, params }) => ({ status: 200, body: provider(world, params.namespace ?? "") }),
  },
  {
    method: "POST",
    path: "/subscriptions/{subscriptionId}/providers/{namespace}/register",
    action: "Microsoft.Resources/subscriptions/providers/register/action",
    handle: ({ world, params }) => ({ status: 200, body: provider(world, params.namespace ?? "") }),
  },
];

function provider(world: AzureWorld, name: string): JsonObject {
  const { registry } = coreOf(world);
  const namespace = registry.namespace(name);
  if (namespace === undefined) {
    throw new ArmError(404, "InvalidResourceNamespace", `The resource namespace '${name}' is invalid.`);
  }
  const types = registry.types.filter((type) => type.type.startsWith(`${namespace}/`));
  return {
    id: `/subscriptions/${world.subscriptionId}/providers/${namespace}`,
    namespace,
    registrationState: "Registered",
    registrationPolicy: "RegistrationRequired",
    resourceTypes: types.map((type) => ({
      resourceType: type.type.slice(namespace.length + 1),
      locations: type.kind === "tracked" ? regions.map(([, displayName]) => displayName) : [],
      apiVersions: NAMED_API_VERSIONS,
      capabilities: type.kind === "tracked" ? "SupportsTags, SupportsLocation" : "None",
    })),
  };
}
