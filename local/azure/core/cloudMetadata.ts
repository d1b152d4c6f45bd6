import type { JsonObject } from "./resourceType.ts";

/** `GET /metadata/endpoints`: what `az cloud register` and terraform ask a cloud about itself. Nothing in it leaves loopback. */
export function cloudMetadata(armUrl: string, loginUrl: string, tenantId: string, apiVersion: string): JsonObject {
  const authentication = {
    loginEndpoint: loginUrl,
    audiences: ["https://management.core.windows.net/", "https://management.azure.com/"],
    tenant: tenantId,
    identityProvider: "AAD",
  };
  const suffixes = {
    storage: "core.windows.net",
    keyVaultDns: "vault.azure.net",
    acrLoginServer: "azurecr.io",
    sqlServerHostname: "database.windows.net",
  };
  const metadata: JsonObject = {
    name: "LocalAzure",
    portal: armUrl,
    authentication,
    gallery: armUrl,
    galleryEndpoint: armUrl,
    graph: armUrl,
    graphEndpoint: armUrl,
    graphAudience: armUrl,
    microsoftGraphResourceId: armUrl,
    resourceManager: armUrl,
    media: armUrl,
    batch: armUrl,
    suffixes,
  };
  // From 2019-05-01 on the answer is a list of clouds.
  return apiVersion >= "2019" && apiVersion < "2022" ? ([metadata] as unknown as JsonObject) : metadata;
}
