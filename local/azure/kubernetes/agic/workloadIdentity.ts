import type { AzureWorld, Principal, StoredResource } from "../../core/resourceType.ts";
import type { ClusterObjects, KubernetesObject } from "../clusterObjects.ts";
import { labelsOf, namespaceOf } from "../clusterObjects.ts";
import { objectField, textField, textsField } from "../jsonFields.ts";

const AUDIENCE = "api://AzureADTokenExchange";
const CLIENT_ID_ANNOTATION = "azure.workload.identity/client-id";

export type SignIn = { readonly principal: Principal } | { readonly problem: string };

/**
 * Exchanges a pod's service account token for the identity that its service account names, as Entra does: the
 * federated credential must name this issuer, this subject and this audience.
 * Source: learn.microsoft.com/azure/aks/workload-identity-overview.
 */
export function signInAsWorkload(cluster: ClusterObjects, pod: KubernetesObject): SignIn {
  const properties = objectField(cluster.cluster?.body, "properties");
  const webhookRuns = objectField(properties, "securityProfile", "workloadIdentity").enabled === true;
  const isLabelled = labelsOf(pod)["azure.workload.identity/use"] === "true";
  if (!webhookRuns || !isLabelled) {
    return {
      problem:
        "no service account token is projected into the pod: the cluster needs securityProfile.workloadIdentity and the pod the label azure.workload.identity/use",
    };
  }
  const accountName = textField(pod, "spec", "serviceAccountName") ?? "default";
  const account = cluster.get("ServiceAccount", namespaceOf(pod), accountName);
  const clientId = textField(account, "metadata", "annotations", CLIENT_ID_ANNOTATION);
  if (clientId === undefined)
    return { problem: `service account ${namespaceOf(pod)}/${accountName} has no annotation ${CLIENT_ID_ANNOTATION}` };
  const identity = identityWithClientId(cluster.world, clientId);
  if (identity === undefined) {
    return {
      problem: `AADSTS700016: Application with identifier '${clientId}' was not found in the directory '${cluster.world.tenantId}'.`,
    };
  }
  const issuer = textField(properties, "oidcIssuerProfile", "issuerURL") ?? "";
  return exchange(cluster.world, identity, issuer, `system:serviceaccount:${namespaceOf(pod)}:${accountName}`);
}

function identityWithClientId(world: AzureWorld, clientId: string): StoredResource | undefined {
  return world.store
    .list("Microsoft.ManagedIdentity/userAssignedIdentities", `/subscriptions/${world.subscriptionId}`)
    .find((identity) => textField(identity.body, "properties", "clientId")?.toLowerCase() === clientId.toLowerCase());
}

function exchange(world: AzureWorld, identity: StoredResource, issuer: string, subject: string): SignIn {
  const credentials = world.store.children(
    identity.id,
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
  );
  const clientId = textField(identity.body, "properties", "clientId") ?? "";
  if (credentials.length === 0) {
    return {
      problem: `AADSTS70025: The client '${clientId}'(${identity.name}) has no configured federated identity credentials.`,
    };
  }
  const matches = credentials.some(
    (credential) =>
      textField(credential.body, "properties", "issuer") === issuer &&
      textField(credential.body, "properties", "subject") === subject &&
      textsField(credential.body, "properties", "audiences").includes(AUDIENCE),
  );
  if (!matches) {
    return {
      problem: `AADSTS700213: No matching federated identity record found for presented assertion subject '${subject}'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion (issuer '${issuer}', audience '${AUDIENCE}').`,
    };
  }
  const objectId = textField(identity.body, "properties", "principalId") ?? "";
  return { principal: { objectId, appId: clientId, kind: "ServicePrincipal", displayName: identity.name } };
}
