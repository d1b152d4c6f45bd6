import { INGRESS_SUBJECT, ids } from "../domain/resourceNames.ts";
import { apiVersions } from "./apiVersions.ts";
import { mustKnow } from "./mustHave.ts";
import type { ResourceDefinition } from "./resourceDefinition.ts";

/** Audience of workload identity tokens. Source: learn.microsoft.com/azure/aks/workload-identity-deploy-cluster, checked 2026-11. */
const AUDIENCE = "api://AzureADTokenExchange";

/** Lets the ingress controller's service account act as its identity: no secret, and nothing of the archived pod identity. */
export const agicFederatedCredential: ResourceDefinition = {
  apiVersion: apiVersions.managedIdentity,
  // Entra ID compares these letter by letter.
  exact: ["properties.issuer", "properties.subject", "properties.audiences"],
  id: ids.agicFederatedCredential,
  desired: (_spec, outputs) => ({
    properties: { issuer: mustKnow(outputs, "oidcIssuerUrl"), subject: INGRESS_SUBJECT, audiences: [AUDIENCE] },
  }),
};
