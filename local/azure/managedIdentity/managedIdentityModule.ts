import type { AzureModule } from "../core/resourceType.ts";
import { federatedIdentityCredential } from "./federatedIdentityCredential.ts";
import { userAssignedIdentity } from "./userAssignedIdentity.ts";

/** Microsoft.ManagedIdentity: identities and whose tokens they trust. */
export const managedIdentityModule: AzureModule = {
  resourceTypes: [userAssignedIdentity, federatedIdentityCredential],
};
