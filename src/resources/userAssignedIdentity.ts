import type { EnvironmentSpec } from "../domain/environmentSpec.ts";
import type { JsonObject } from "../domain/json.ts";
import { ids, tagsOf } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import { mustHave } from "./mustHave.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/** What AKS itself acts as in the network. */
export const clusterIdentity: ResourceDefinition = {
  apiVersion: apiVersions.managedIdentity,
  id: ids.clusterIdentity,
  desired: identityBody,
  outputs: (existing, spec) => ({
    clusterIdentityId: ids.clusterIdentity(spec),
    clusterIdentityPrincipalId: mustHave(existing, "properties.principalId"),
  }),
};

/** What the ingress controller acts as at the gateway; in the gateway's group, because the node group is AKS's alone. */
export const agicIdentity: ResourceDefinition = {
  apiVersion: apiVersions.managedIdentity,
  id: ids.agicIdentity,
  desired: identityBody,
  outputs: (existing, spec) => ({
    agicIdentityId: ids.agicIdentity(spec),
    agicIdentityClientId: mustHave(existing, "properties.clientId"),
    agicIdentityPrincipalId: mustHave(existing, "properties.principalId"),
  }),
};

function identityBody(spec: EnvironmentSpec): JsonObject {
  return { location: spec.location, tags: tagsOf(spec) };
}
